/**
 * The platform's own format: {"t": RFC 3339, "seq": 17, "v": {"soil_moisture": 33.7}} on `up`, a list of the same on `hist` (the device's
 * log after a time without network), and a plain object about the device itself on `state`. t and seq may be absent; "t" may also be epoch
 * seconds or milliseconds, because cheap boards have no formatter for dates.
 */
import type { ExactJson, ExactObject } from '../../kernel/exact-json.js';
import { ExactNumber, isExactArray, isExactObject } from '../../kernel/exact-json.js';
import { sha256Hex } from '../../kernel/sha256.js';
import type { DecodedMessage, MessageKind } from '../reading.js';
import { BACKFILL_MESSAGES_MAX, RAW_VALUE_LENGTH_MAX } from '../reading.js';
import type { QuarantineReason } from '../refusal.js';
import { Refusal } from '../refusal.js';
import { sequenceOf } from '../sequence.js';
import type { NativeTopic } from '../topic.js';
import type { Channels } from '../values.js';
import { channelsOf } from '../values.js';

export interface NativePayload {
  readonly messages: DecodedMessage[];
  /** Why a part of a backfill could not be read; the rest of it stands in `messages`. */
  readonly refused: QuarantineReason | null;
}

/** Throws a Refusal where nothing of the payload can be read. */
export function decodeNative(topic: NativeTopic, payload: ExactJson): NativePayload {
  switch (topic.kind) {
    case 'up':
      return { messages: [measured(topic.deviceId, 'UPLINK', payload)], refused: null };
    case 'hist':
      return backfill(topic.deviceId, payload);
    case 'state':
      return { messages: [state(topic.deviceId, payload)], refused: null };
  }
}

function backfill(deviceId: string, payload: ExactJson): NativePayload {
  if (!isExactArray(payload)) throw new Refusal('SHAPE_WRONG');
  if (payload.length > BACKFILL_MESSAGES_MAX) throw new Refusal('TOO_MANY_MESSAGES');
  const messages: DecodedMessage[] = [];
  let refused: QuarantineReason | null = null;
  for (const item of payload) {
    try {
      messages.push(measured(deviceId, 'BACKFILL', item));
    } catch (error) {
      // One torn line of a log must not hide the others.
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

function message(deviceId: string, kind: MessageKind, payload: ExactObject, { values, unread }: Channels): DecodedMessage {
  const timeAsSent = timeOf(payload.t);
  const sequence = sequenceOf(payload.seq);
  const payloadHash = hashOf(kind, timeAsSent, sequence, { values, unread });
  return { deviceKey: deviceId, kind, timeAsSent, timeSource: 'DEVICE', sequence, values, unread, payloadHash };
}

/** Channels and texts hold no control characters, so that those can part them: nothing else can be spelled the same. */
function hashOf(kind: MessageKind, timeAsSent: string | null, sequence: bigint | null, { values, unread }: Channels): string {
  const said: string[] = [];
  for (const { channel, rawValue } of values) said.push(`${channel}\u0001${rawValue}`);
  for (const { channel, rawValue } of unread) said.push(`${channel}\u0002${rawValue}`);
  // An uplink and its backfilled copy say the same.
  const head = `${kind === 'STATE' ? 'state' : 'measured'}\u0000${timeAsSent ?? '\u0001'}\u0000${sequence ?? ''}`;
  return sha256Hex(`${head}\u0000${said.sort().join('\u0000')}`);
}

function timeOf(value: ExactJson | undefined): string | null {
  if (value instanceof ExactNumber) return value.text.slice(0, RAW_VALUE_LENGTH_MAX);
  // A time with control characters is kept out of the database, but the message is not: its time counts as unread.
  return typeof value === 'string' && value !== '' && !/[\p{Cc}\p{Cs}]/u.test(value) ? value.slice(0, RAW_VALUE_LENGTH_MAX) : null;
}
