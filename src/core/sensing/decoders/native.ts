/**
 * The platform's own format: {"t": RFC 3339, "seq": 17, "v": {"soil_moisture": 33.7}} on `up`, a list of the same on `hist` (the device's
 * log after a time without network), and a plain object about the device itself on `state`. t and seq may be absent; "t" may also be epoch
 * seconds or milliseconds, because cheap boards have no formatter for dates.
 */
import type { ExactJson, ExactObject } from '../../kernel/exact-json.js';
import { isExactArray, isExactObject } from '../../kernel/exact-json.js';
import type { DecodedMessage, MessageKind } from '../reading.js';
import { BACKFILL_MESSAGES_MAX } from '../reading.js';
import type { QuarantineReason } from '../refusal.js';
import { Refusal } from '../refusal.js';
import { sequenceOf } from '../sequence.js';
import type { NativeKind } from '../topic.js';
import type { Channels } from '../values.js';
import { channelsOf, plainText } from '../values.js';
import { messageOf } from './message.js';

export interface DecodedPayload {
  readonly messages: DecodedMessage[];
  /** Why a part of it could not be read; the rest stands in `messages`. */
  readonly refused: QuarantineReason | null;
}

/** Throws a Refusal where nothing of the payload can be read. */
export function decodeNative(deviceId: string, kind: Exclude<NativeKind, 'senml'>, payload: ExactJson): DecodedPayload {
  switch (kind) {
    case 'up':
      return { messages: [measured(deviceId, 'UPLINK', payload)], refused: null };
    case 'hist':
      if (!isExactArray(payload)) throw new Refusal('SHAPE_WRONG');
      return each(payload, (item) => [measured(deviceId, 'BACKFILL', item)]);
    case 'state':
      return { messages: [state(deviceId, payload)], refused: null };
  }
}

/** Every item of a list by itself: one torn line of a log must not hide the others. Throws a Refusal TOO_MANY_MESSAGES. */
export function each<Item>(items: readonly Item[], decode: (item: Item) => readonly DecodedMessage[]): DecodedPayload {
  if (items.length > BACKFILL_MESSAGES_MAX) throw new Refusal('TOO_MANY_MESSAGES');
  const messages: DecodedMessage[] = [];
  let refused: QuarantineReason | null = null;
  for (const item of items) {
    try {
      messages.push(...decode(item));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused ??= error.reason;
    }
  }
  return { messages, refused };
}

function measured(deviceId: string, kind: MessageKind, payload: ExactJson): DecodedMessage {
  if (!isExactObject(payload) || !isExactObject(payload.v)) throw new Refusal('SHAPE_WRONG');
  const channels = channelsOf(payload.v);
  if (channels.values.length === 0) throw new Refusal('NO_VALUES');
  return message(deviceId, kind, payload, channels);
}

function state(deviceId: string, payload: ExactJson): DecodedMessage {
  if (!isExactObject(payload)) throw new Refusal('SHAPE_WRONG');
  const about = Object.assign(Object.create(null) as Record<string, ExactJson | undefined>, payload);
  delete about.t;
  delete about.seq;
  return message(deviceId, 'STATE', payload, channelsOf(about));
}

function message(deviceId: string, kind: MessageKind, payload: ExactObject, channels: Channels): DecodedMessage {
  // A time with control characters is kept out of the database, but the message is not: its time counts as unread.
  const timeAsSent = plainText(payload.t);
  const sequence = sequenceOf(payload.seq);
  return messageOf({ deviceKey: deviceId, keyKind: 'DEVICE_ID', kind, timeAsSent, timeSource: 'DEVICE', sequence }, channels);
}
