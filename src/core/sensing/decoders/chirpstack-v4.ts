/**
 * ChirpStack v4's integration events (api/proto/integration/integration.proto, as JSON). Only `up` carries a measurement; join, status, ack,
 * txack, log, location and integration events are about the network. JSON of proto3 leaves out default values, so an absent fCnt is 0. The
 * same frame heard by several gateways is one event. `object` is what the device profile's codec made of the bytes; where there is none, the
 * message stands without values and still counts as delivered. Vendors' codecs are run by the network server, never here.
 */
import type { ExactJson } from '../../kernel/exact-json.js';
import { exactAt, isExactObject } from '../../kernel/exact-json.js';
import type { DecodedMessage } from '../reading.js';
import { Refusal } from '../refusal.js';
import { sequenceOf } from '../sequence.js';
import type { ChirpStackTopic } from '../topic.js';
import { plainText } from '../values.js';
import { readCodecObject } from './codec-object.js';
import { messageOf } from './message.js';

/** The events that make no message, by ChirpStack's documentation; any other name than `up` is treated alike. */
export function makesMessage(topic: ChirpStackTopic): boolean {
  return topic.event === 'up';
}

/** The uplink, and the older entries that it brought along. Throws a Refusal. */
export function decodeChirpStackUp(topic: ChirpStackTopic, payload: ExactJson): DecodedMessage[] {
  if (!isExactObject(payload)) throw new Refusal('SHAPE_WRONG');
  const devEui = exactAt(payload, 'deviceInfo', 'devEui');
  if (devEui !== undefined && (typeof devEui !== 'string' || devEui.toLowerCase() !== topic.devEui)) throw new Refusal('DEVICE_MISMATCH');
  return frameMessages(payload.object, {
    deviceKey: topic.devEui,
    // The time at which a gateway heard the frame; LoRaWAN devices send none of their own.
    timeAsSent: plainText(payload.time),
    sequence: sequenceOf(payload.fCnt) ?? 0n,
    frame: `${plainText(payload.deduplicationId) ?? ''} ${plainText(payload.data) ?? ''}`,
  });
}

export interface Frame {
  readonly deviceKey: string;
  readonly timeAsSent: string | null;
  readonly sequence: bigint;
  /** What tells this frame from others at its network server. */
  readonly frame: string;
}

/** The messages of a LoRaWAN frame. A frame that only brings history makes no message of its own time. Throws a Refusal. */
export function frameMessages(object: ExactJson | undefined, { deviceKey, timeAsSent, sequence, frame }: Frame): DecodedMessage[] {
  if (object !== undefined && object !== null && !isExactObject(object)) throw new Refusal('SHAPE_WRONG');
  const { channels, history } = object ? readCodecObject(object) : { channels: { values: [], unread: [] }, history: [] };
  const common = { deviceKey, keyKind: 'ALIAS', sequence } as const;
  const older = history.map((entry) =>
    messageOf({ ...common, kind: 'BACKFILL', timeAsSent: entry.timeAsSent, timeSource: 'DEVICE', frame }, entry.channels),
  );
  if (older.length > 0 && channels.values.length === 0 && channels.unread.length === 0) return older;
  return [messageOf({ ...common, kind: 'UPLINK', timeAsSent, timeSource: 'GATEWAY', frame }, channels), ...older];
}
