/**
 * Which dialect an MQTT topic speaks, and of which device. Native topics are the platform's own (agri/v1/{deviceId}/up, hist, state, senml,
 * cmd); ChirpStack v4 publishes to application/{applicationId}/device/{devEui}/event/{event}, The Things Stack v3 to
 * v3/{application}@{tenant}/devices/{deviceId}/{event}, a device or gateway of ThingsBoard to v1/devices/me/… and v1/gateway/…. Device ids
 * are levels of a topic and names in access lists: an id with a wildcard or a slash would speak for others (GHSA-vcg2-pq78-9mhr).
 */
import { DomainError } from '../kernel/errors.js';

export type NativeKind = 'up' | 'hist' | 'state' | 'senml';

export interface NativeTopic {
  readonly format: 'NATIVE';
  readonly deviceId: string;
  readonly kind: NativeKind;
}

export interface ChirpStackTopic {
  readonly format: 'CHIRPSTACK_V4';
  readonly applicationId: string;
  /** Lower case. */
  readonly devEui: string;
  /** up, join, ack, txack, status, log, location, integration, or one that is not known yet. */
  readonly event: string;
}

export interface ThingsStackTopic {
  readonly format: 'THE_THINGS_STACK_V3';
  /** Of the network server; not ours. */
  readonly deviceId: string;
  /** up, join, down/ack, down/failed, location/solved, … */
  readonly event: string;
}

export interface ThingsBoardTopic {
  readonly format: 'THINGSBOARD';
  readonly of: 'DEVICE' | 'GATEWAY';
  /** OTHER: connect, disconnect, rpc, provisioning: about the connection. */
  readonly kind: 'TELEMETRY' | 'ATTRIBUTES' | 'OTHER';
}

/** A LoRaWAN gateway about itself (ChirpStack's gateway bridge), or a device that announces which topics it has (ESPHome, Home Assistant). */
export interface NetworkTopic {
  readonly format: 'NETWORK';
}

export type Topic = NativeTopic | ChirpStackTopic | ThingsStackTopic | ThingsBoardTopic | NetworkTopic;

export const DEVICE_ID_LENGTH_MAX = 64;
export const ALIAS_LENGTH_MAX = 128;
export const TOPIC_LENGTH_MAX = 256;
/**
 * What to subscribe to at a broker (MQTT 5, 4.7) in order to hear all that parseTopic knows. ThingsBoard's topics name no device, and a
 * broker does not tell who published: such devices come to the platform's own endpoint.
 */
export const TOPIC_FILTERS = [
  'agri/v1/+/up',
  'agri/v1/+/hist',
  'agri/v1/+/state',
  'agri/v1/+/senml',
  'application/+/device/+/event/+',
  'v3/+/devices/+/up',
] as const;
/** Controls, invisible and private characters, halves of surrogate pairs, spaces of any kind, and what MQTT gives a meaning. */
const NOT_IN_DEVICE_ID = /[\p{C}\p{Z}\s+#/]/u;
/** Aliases are looked up and never a level of a topic: a name with a space (ThingsBoard) and a fixed topic are welcome. */
const NOT_IN_ALIAS = /[\p{C}+#]|^\p{Z}|\p{Z}$/u;
const DEV_EUI = /^[0-9a-fA-F]{16}$/;
const APPLICATION_ID = /^[0-9A-Za-z-]{1,64}$/;
const EVENT = /^[a-z_]{1,32}$/;
const THINGS_STACK_EVENT = /^[a-z_]{1,32}(?:\/[a-z_]{1,32})?$/;
const NATIVE_KINDS: ReadonlySet<string> = new Set<NativeKind>(['up', 'hist', 'state', 'senml']);
const NETWORK =
  /^(?:(?:[^/]+\/)?gateway\/[0-9a-fA-F]{16}\/(?:event|state|command)\/[a-z_]+|(?:esphome|homeassistant|tasmota)\/discover[a-z]*\/.+)$/;
const THINGSBOARD: ReadonlyMap<string, ThingsBoardTopic> = new Map(
  (
    [
      ['v1/devices/me/telemetry', 'DEVICE', 'TELEMETRY'],
      ['v1/devices/me/attributes', 'DEVICE', 'ATTRIBUTES'],
      ['v1/gateway/telemetry', 'GATEWAY', 'TELEMETRY'],
      ['v1/gateway/attributes', 'GATEWAY', 'ATTRIBUTES'],
      ['v1/gateway/connect', 'GATEWAY', 'OTHER'],
      ['v1/gateway/disconnect', 'GATEWAY', 'OTHER'],
      ['/provision/request', 'DEVICE', 'OTHER'],
      ['/provision/response', 'DEVICE', 'OTHER'],
    ] as const
  ).map(([topic, of, kind]) => [topic, { format: 'THINGSBOARD', of, kind }]),
);

export function isDeviceId(id: string): boolean {
  return id.length >= 1 && id.length <= DEVICE_ID_LENGTH_MAX && !NOT_IN_DEVICE_ID.test(id);
}

/** The id itself. Throws DEVICE_ID_INVALID. */
export function validDeviceId(id: string): string {
  if (!isDeviceId(id)) throw new DomainError('DEVICE_ID_INVALID', { lengthMax: DEVICE_ID_LENGTH_MAX });
  return id;
}

/** What a device may be known by beside its id: DevEUI, IMEI, client id, user name, a name at its gateway, a fixed topic. */
export function isAlias(alias: string): boolean {
  return alias.length >= 1 && alias.length <= ALIAS_LENGTH_MAX && !NOT_IN_ALIAS.test(alias);
}

/** As aliases are kept and looked up: a DevEUI in lower case, anything else as it is. */
export function aliasKey(alias: string): string {
  return DEV_EUI.test(alias) ? alias.toLowerCase() : alias;
}

/** null for a topic that no decoder knows. */
export function parseTopic(topic: string): Topic | null {
  if (topic.length > TOPIC_LENGTH_MAX) return null;
  if (topic.startsWith('agri/')) return native(topic.split('/'));
  if (topic.startsWith('application/')) return chirpStack(topic.split('/'));
  if (topic.startsWith('v3/')) return thingsStack(topic.split('/'));
  return THINGSBOARD.get(topic) ?? thingsBoardRpc(topic) ?? (NETWORK.test(topic) ? { format: 'NETWORK' } : null);
}

/** Where a device hears what it is told. */
export function commandTopic(deviceId: string): string {
  return `agri/v1/${deviceId}/cmd`;
}

function native(levels: readonly string[]): NativeTopic | null {
  const [, version, deviceId = '', kind = ''] = levels;
  if (levels.length !== 4 || version !== 'v1' || !isNativeKind(kind) || !isDeviceId(deviceId)) return null;
  return { format: 'NATIVE', deviceId, kind };
}

function chirpStack(levels: readonly string[]): ChirpStackTopic | null {
  const [, applicationId = '', device, devEui = '', event, name = ''] = levels;
  if (levels.length !== 6 || device !== 'device' || event !== 'event') return null;
  if (!APPLICATION_ID.test(applicationId) || !DEV_EUI.test(devEui) || !EVENT.test(name)) return null;
  return { format: 'CHIRPSTACK_V4', applicationId, devEui: devEui.toLowerCase(), event: name };
}

function thingsStack(levels: readonly string[]): ThingsStackTopic | null {
  const [, application = '', devices, deviceId = '', ...rest] = levels;
  const event = rest.join('/');
  if (application === '' || devices !== 'devices' || !isDeviceId(deviceId) || !THINGS_STACK_EVENT.test(event)) return null;
  return { format: 'THE_THINGS_STACK_V3', deviceId, event };
}

function thingsBoardRpc(topic: string): ThingsBoardTopic | null {
  if (/^v1\/devices\/me\/(?:rpc|attributes|claim)(?:\/|$)/.test(topic)) return { format: 'THINGSBOARD', of: 'DEVICE', kind: 'OTHER' };
  return topic === 'v1/gateway/rpc' ? { format: 'THINGSBOARD', of: 'GATEWAY', kind: 'OTHER' } : null;
}

function isNativeKind(kind: string): kind is NativeKind {
  return NATIVE_KINDS.has(kind);
}
