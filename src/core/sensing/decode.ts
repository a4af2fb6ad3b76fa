/**
 * The door of the dialects: bytes of an MQTT message in, canonical messages out. It never throws: whatever a device sends is either
 * messages, or a reason for quarantine, or about the network and none of our business; the caller stores and acknowledges all three.
 */
import { DomainError } from '../kernel/errors.js';
import type { ExactJson } from '../kernel/exact-json.js';
import { parseExactJson } from '../kernel/exact-json.js';
import { decodeChirpStackUp, makesMessage } from './decoders/chirpstack-v4.js';
import type { DecodedPayload } from './decoders/native.js';
import { decodeNative } from './decoders/native.js';
import { decodeSenml } from './decoders/senml.js';
import { decodeThingsBoard } from './decoders/thingsboard.js';
import { decodeThingsStackUp } from './decoders/things-stack-v3.js';
import type { CompiledMapping } from './mapping.js';
import { decodeMapped, matchTopic } from './mapping.js';
import { withJudgedTime } from './plausibility.js';
import type { DecodedMessage, Message } from './reading.js';
import { PAYLOAD_BYTES_MAX } from './reading.js';
import type { QuarantineReason } from './refusal.js';
import { Refusal } from './refusal.js';
import type { Topic } from './topic.js';
import { parseTopic } from './topic.js';

/**
 * NETWORK_EVENT: a join, status, … of a network server, or about a gateway's connection. EMPTY_STATE: a retained state taken away (MQTT 3.1.1,
 * 3.3.1.3). IGNORED_TOPIC: a mapping says that the topic carries no readings.
 */
export type IgnoredReason = 'NETWORK_EVENT' | 'EMPTY_STATE' | 'IGNORED_TOPIC';

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

/**
 * `receivedAt` in epoch milliseconds: what replaces a time that cannot be believed. `mappings` are asked for topics that no built-in format
 * has, in their order: those of the sender's model, or of all models where a broker does not tell who sent. Never throws.
 */
export function decode(topic: string, payload: Uint8Array, receivedAt: number, mappings: readonly CompiledMapping[] = []): Decoded {
  try {
    const parsed = parseTopic(topic);
    return parsed ? decodeKnown(parsed, payload, receivedAt) : decodeByMapping(topic, payload, receivedAt, mappings);
  } catch (error) {
    return quarantined(reasonOf(error));
  }
}

function decodeKnown(topic: Topic, payload: Uint8Array, receivedAt: number): Decoded {
  switch (topic.format) {
    case 'NATIVE': {
      if (topic.kind === 'state' && payload.length === 0) return ignored('EMPTY_STATE');
      if (topic.kind === 'senml') return answer(decodeSenml(parse(payload), topic.deviceId), null, receivedAt);
      return answerOf(decodeNative(topic.deviceId, topic.kind, parse(payload)), receivedAt);
    }
    case 'CHIRPSTACK_V4':
      return makesMessage(topic) ? answer(decodeChirpStackUp(topic, parse(payload)), null, receivedAt) : ignored('NETWORK_EVENT');
    case 'THE_THINGS_STACK_V3':
      return topic.event === 'up' ? answer(decodeThingsStackUp(topic, parse(payload)), null, receivedAt) : ignored('NETWORK_EVENT');
    case 'THINGSBOARD':
      return topic.kind === 'OTHER' ? ignored('NETWORK_EVENT') : answerOf(decodeThingsBoard(topic, parse(payload)), receivedAt);
    case 'NETWORK':
      return ignored('NETWORK_EVENT');
  }
}

function decodeByMapping(topic: string, payload: Uint8Array, receivedAt: number, mappings: readonly CompiledMapping[]): Decoded {
  for (const mapping of mappings) {
    const matched = matchTopic(mapping, topic);
    if (matched?.kind === 'IGNORED') return ignored('IGNORED_TOPIC');
    if (!matched) continue;
    const text = textOf(payload);
    const json = mapping.payload === 'JSON' ? jsonOf(text) : null;
    return answerOf(decodeMapped(mapping, matched, topic, text, json), receivedAt);
  }
  return quarantined('TOPIC_UNKNOWN');
}

function parse(payload: Uint8Array): ExactJson {
  return jsonOf(textOf(payload));
}

function jsonOf(text: string): ExactJson {
  return parseExactJson(text, { depthMax: DEPTH_MAX, valuesMax: VALUES_MAX });
}

function textOf(payload: Uint8Array): string {
  if (payload.length > PAYLOAD_BYTES_MAX) throw new Refusal('PAYLOAD_TOO_LARGE');
  try {
    return UTF_8.decode(payload);
  } catch {
    throw new Refusal('NOT_UTF8');
  }
}

function answerOf({ messages, refused }: DecodedPayload, receivedAt: number): Decoded {
  return answer(messages, refused, receivedAt);
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
