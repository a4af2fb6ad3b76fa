/**
 * ChirpStack v4's integration events (api/proto/integration/integration.proto, as JSON). Only `up` carries a measurement; join, status, ack,
 * txack, log, location and integration events are about the network. JSON of proto3 leaves out default values, so an absent fCnt is 0. The
 * same frame heard by several gateways is one event. `object` is what the device profile's codec made of the bytes, shaped as its vendor
 * likes; where there is none, the message stands without values and still counts as delivered.
 */
import type { ExactJson } from '../../kernel/exact-json.js';
import { exactAt, isExactObject } from '../../kernel/exact-json.js';
import { sha256Hex } from '../../kernel/sha256.js';
import type { DecodedMessage } from '../reading.js';
import { RAW_VALUE_LENGTH_MAX } from '../reading.js';
import { Refusal } from '../refusal.js';
import { sequenceOf } from '../sequence.js';
import type { ChirpStackTopic } from '../topic.js';
import { channelsOf } from '../values.js';

/** The events that make no message, by ChirpStack's documentation; any other name than `up` is treated alike. */
export function makesMessage(topic: ChirpStackTopic): boolean {
  return topic.event === 'up';
}

/** Throws a Refusal. */
export function decodeChirpStackUp(topic: ChirpStackTopic, payload: ExactJson): DecodedMessage {
  if (!isExactObject(payload)) throw new Refusal('SHAPE_WRONG');
  const devEui = exactAt(payload, 'deviceInfo', 'devEui');
  if (devEui !== undefined && (typeof devEui !== 'string' || devEui.toLowerCase() !== topic.devEui)) throw new Refusal('DEVICE_MISMATCH');
  const object = payload.object ?? null;
  if (object !== null && !isExactObject(object)) throw new Refusal('SHAPE_WRONG');
  const { values } = object === null ? { values: [] } : channelsOf(object);
  const timeAsSent = textOf(payload.time);
  const sequence = sequenceOf(payload.fCnt) ?? 0n;
  const said = [textOf(payload.deduplicationId), textOf(payload.data), values.map(({ channel, rawValue }) => [channel, rawValue])];
  return {
    deviceKey: topic.devEui,
    kind: 'UPLINK',
    timeAsSent,
    // The time at which a gateway heard the frame; LoRaWAN devices send none of their own.
    timeSource: 'GATEWAY',
    sequence,
    values,
    // Text in a codec's object is status for people, not a probe that failed.
    unread: [],
    payloadHash: sha256Hex(JSON.stringify([timeAsSent, sequence.toString(), ...said])),
  };
}

function textOf(value: ExactJson | undefined): string | null {
  return typeof value === 'string' && value !== '' && !/[\p{Cc}\p{Cs}]/u.test(value) ? value.slice(0, RAW_VALUE_LENGTH_MAX) : null;
}
