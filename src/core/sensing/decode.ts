/**
 * The door of the dialects: bytes of an MQTT message in, canonical messages out. It never throws: whatever a device sends is either
 * messages, or a reason for quarantine, or about the network and none of our business; the caller stores and acknowledges all three.
 */
import { DomainError } from '../kernel/errors.js';
import type { ExactJson } from '../kernel/exact-json.js';
import { parseExactJson } from '../kernel/exact-json.js';
import { decodeChirpStackUp, makesMessage } from './decoders/chirpstack-v4.js';
import { decodeNative } from './decoders/native.js';
import { withJudgedTime } from './plausibility.js';
import type { DecodedMessage, Message } from './reading.js';
import { PAYLOAD_BYTES_MAX } from './reading.js';
import type { QuarantineReason } from './refusal.js';
import { Refusal } from './refusal.js';
import { parseTopic } from './topic.js';

/** NETWORK_EVENT: a join, status, ... of a network server. EMPTY_STATE: a retained state taken away (MQTT 3.1.1, 3.3.1.3). */
export type IgnoredReason = 'NETWORK_EVENT' | 'EMPTY_STATE';

export interface Decoded {
  readonly messages: readonly Message[];
  /** Why the payload is kept in quarantine. With messages beside it: a backfill of which a part could not be read. */
  readonly quarantine: QuarantineReason | null;
  /** Why nothing is stored although nothing is wrong. */
  readonly ignored: IgnoredReason | null;
}

const DEPTH_MAX = 16;
const VALUES_MAX = 100_000;
const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/** `receivedAt` in epoch milliseconds: what replaces a time that cannot be believed. Never throws. */
export function decode(topic: string, payload: Uint8Array, receivedAt: number): Decoded {
  try {
    return decodeOrThrow(topic, payload, receivedAt);
  } catch (error) {
    return quarantined(reasonOf(error));
  }
}

function decodeOrThrow(topicText: string, payload: Uint8Array, receivedAt: number): Decoded {
  const topic = parseTopic(topicText);
  if (!topic) return quarantined('TOPIC_UNKNOWN');
  if (topic.format === 'CHIRPSTACK_V4') {
    if (!makesMessage(topic)) return ignored('NETWORK_EVENT');
    return answer([decodeChirpStackUp(topic, parse(payload))], null, receivedAt);
  }
  if (topic.kind === 'state' && payload.length === 0) return ignored('EMPTY_STATE');
  const { messages, refused } = decodeNative(topic, parse(payload));
  return answer(messages, refused, receivedAt);
}

function parse(payload: Uint8Array): ExactJson {
  if (payload.length > PAYLOAD_BYTES_MAX) throw new Refusal('PAYLOAD_TOO_LARGE');
  return parseExactJson(textOf(payload), { depthMax: DEPTH_MAX, valuesMax: VALUES_MAX });
}

function textOf(payload: Uint8Array): string {
  try {
    return UTF_8.decode(payload);
  } catch {
    throw new Refusal('NOT_UTF8');
  }
}

function answer(messages: readonly DecodedMessage[], quarantine: QuarantineReason | null, receivedAt: number): Decoded {
  return { messages: messages.map((message) => withJudgedTime(message, receivedAt)), quarantine, ignored: null };
}

function quarantined(reason: QuarantineReason): Decoded {
  return { messages: [], quarantine: reason, ignored: null };
}

function ignored(reason: IgnoredReason): Decoded {
  return { messages: [], quarantine: null, ignored: reason };
}

function reasonOf(error: unknown): QuarantineReason {
  if (error instanceof Refusal) return error.reason;
  if (!(error instanceof DomainError)) return 'DECODER_FAILED';
  if (error.detail.reason === 'TOO_DEEP') return 'JSON_TOO_DEEP';
  if (error.detail.reason === 'TOO_MANY_VALUES') return 'JSON_TOO_MANY_VALUES';
  return error.detail.reason === 'SYNTAX' ? 'NOT_JSON' : 'DECODER_FAILED';
}
