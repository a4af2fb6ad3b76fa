/**
 * Which dialect an MQTT topic speaks, and of which device. Native topics are the platform's own (agri/v1/{deviceId}/up, hist, state, cmd);
 * ChirpStack v4 publishes to application/{applicationId}/device/{devEui}/event/{event} (its MQTT integration's default). Device ids are
 * levels of a topic and names in access lists: an id with a wildcard or a slash would speak for others (GHSA-vcg2-pq78-9mhr).
 */
import { DomainError } from '../kernel/errors.js';

export type NativeKind = 'up' | 'hist' | 'state';

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

export type Topic = NativeTopic | ChirpStackTopic;

export const DEVICE_ID_LENGTH_MAX = 64;
export const TOPIC_LENGTH_MAX = 256;
/** What to subscribe to at a broker (MQTT 5, 4.7) in order to hear all that parseTopic knows. */
export const TOPIC_FILTERS = ['agri/v1/+/up', 'agri/v1/+/hist', 'agri/v1/+/state', 'application/+/device/+/event/+'] as const;
/** Controls, invisible and private characters, halves of surrogate pairs, spaces of any kind, and what MQTT gives a meaning. */
const NOT_IN_DEVICE_ID = /[\p{C}\p{Z}\s+#/]/u;
const DEV_EUI = /^[0-9a-fA-F]{16}$/;
const APPLICATION_ID = /^[0-9A-Za-z-]{1,64}$/;
const EVENT = /^[a-z_]{1,32}$/;
const NATIVE_KINDS: ReadonlySet<string> = new Set<NativeKind>(['up', 'hist', 'state']);

export function isDeviceId(id: string): boolean {
  return id.length >= 1 && id.length <= DEVICE_ID_LENGTH_MAX && !NOT_IN_DEVICE_ID.test(id);
}

/** The id itself. Throws DEVICE_ID_INVALID. */
export function validDeviceId(id: string): string {
  if (!isDeviceId(id)) throw new DomainError('DEVICE_ID_INVALID', { lengthMax: DEVICE_ID_LENGTH_MAX });
  return id;
}

/** null for a topic that no decoder knows. */
export function parseTopic(topic: string): Topic | null {
  if (topic.length > TOPIC_LENGTH_MAX) return null;
  const levels = topic.split('/');
  return levels[0] === 'agri' ? native(levels) : chirpStack(levels);
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
  const [application, applicationId = '', device, devEui = '', event, name = ''] = levels;
  if (levels.length !== 6 || application !== 'application' || device !== 'device' || event !== 'event') return null;
  if (!APPLICATION_ID.test(applicationId) || !DEV_EUI.test(devEui) || !EVENT.test(name)) return null;
  return { format: 'CHIRPSTACK_V4', applicationId, devEui: devEui.toLowerCase(), event: name };
}

function isNativeKind(kind: string): kind is NativeKind {
  return NATIVE_KINDS.has(kind);
}
