/**
 * A mapping carries the dialects that no decoder knows: how a device model's topics and payloads become readings, as configuration. It serves
 * Tasmota (JSON with a local time), ESPHome (a bare number on a topic of its own), Milesight's gateways (a user's topic, the device named inside)
 * and the Chinese 4G probes that send scaled integers under two-letter keys to a fixed topic ({"Wa": 337} for 33.7 %). Vendors' JavaScript is not
 * executed: a program of a stranger would run on the way of every reading, and what it did could not be seen in a record.
 */
import type { Decimal } from '../kernel/decimal.js';
import { DECIMAL_DIGITS_MAX, formatDecimal, parseDecimal } from '../kernel/decimal.js';
import { at, DomainError } from '../kernel/errors.js';
import type { ExactJson } from '../kernel/exact-json.js';
import { isExactArray, isExactObject } from '../kernel/exact-json.js';
import { isTimeZone } from '../kernel/instant.js';
import type { DecodedPayload } from './decoders/native.js';
import { each } from './decoders/native.js';
import { messageOf } from './decoders/message.js';
import type { JsonPath } from './json-path.js';
import { parseJsonPath, valueAt } from './json-path.js';
import type { DecodedMessage, DeviceKeyKind, ReadingValue } from './reading.js';
import { CHANNEL_LENGTH_MAX, CHANNELS_MAX, UNIT_LENGTH_MAX } from './reading.js';
import { Refusal } from './refusal.js';
import { sequenceOf } from './sequence.js';
import { aliasKey, isAlias, parseTopic, TOPIC_LENGTH_MAX } from './topic.js';
import type { Channels } from './values.js';
import { checkChannel, channelsOf, plainText, rawText, readValue } from './values.js';

/** JSON: an object or list. BARE: the payload is one value, of the channel that the topic or the only entry of `channels` names. */
export type MappedPayload = 'JSON' | 'BARE';

export interface MappedChannel {
  readonly channel: string;
  /** Where its value stands, in JSON; null in BARE. */
  readonly path: string | null;
  /** Reading = value × scale + offset. Exact decimals. */
  readonly scale: string | null;
  readonly offset: string | null;
  readonly unit: string | null;
}

/** As a person writes it. */
export interface Mapping {
  /** Topics that carry readings: levels, `+` for any, `{device}` and `{channel}` for what they name. Without {device}: of who signed in. */
  readonly topics: readonly string[];
  /** Topics that carry none (status, discovery): taken and passed over. */
  readonly ignoredTopics: readonly string[];
  readonly payload: MappedPayload;
  /** In JSON: the list whose entries are messages; null where the payload is one. */
  readonly each: string | null;
  /** In JSON: where the payload names its device; null where it does not. */
  readonly device: string | null;
  readonly time: { readonly path: string; readonly zone: string | null } | null;
  readonly sequence: string | null;
  /** Empty: each number of the payload is a channel. */
  readonly channels: readonly MappedChannel[];
}

export const MAPPING_TOPICS_MAX = 16;
export const MAPPING_CHANNELS_MAX = 200;

interface TopicPattern {
  readonly text: string;
  readonly levels: readonly string[];
}

interface CompiledChannel extends Omit<MappedChannel, 'path' | 'scale' | 'offset'> {
  readonly path: JsonPath | null;
  readonly scale: Decimal | null;
  readonly offset: Decimal | null;
}

/** Checked, and read once. */
export interface CompiledMapping {
  readonly topics: readonly TopicPattern[];
  readonly ignoredTopics: readonly TopicPattern[];
  readonly payload: MappedPayload;
  readonly each: JsonPath | null;
  readonly device: JsonPath | null;
  readonly time: { readonly path: JsonPath; readonly zone: string | null } | null;
  readonly sequence: JsonPath | null;
  readonly channels: readonly CompiledChannel[];
}

/** What a topic says by itself. */
export interface MatchedTopic {
  readonly kind: 'READINGS' | 'IGNORED';
  readonly device: string | null;
  readonly channel: string | null;
}

/** Throws BAD_INPUT, TOO_MANY_ITEMS with a path into the mapping. */
export function compileMapping(mapping: Mapping): CompiledMapping {
  const path = (name: string, text: string | null): JsonPath | null => (text === null ? null : at([name], () => parseJsonPath(text)));
  if (mapping.topics.length === 0) throw new DomainError('BAD_INPUT', { expected: 'a topic' }, ['topics']);
  for (const [name, list, max] of [
    ['topics', mapping.topics, MAPPING_TOPICS_MAX],
    ['ignoredTopics', mapping.ignoredTopics, MAPPING_TOPICS_MAX],
    ['channels', mapping.channels, MAPPING_CHANNELS_MAX],
  ] as const) {
    if (list.length > max) throw new DomainError('TOO_MANY_ITEMS', { max }, [name]);
  }
  const topics = mapping.topics.map((text, i) => at(['topics', i], () => topicPattern(text)));
  const named = topics.every(({ levels }) => levels.includes('{channel}'));
  if (mapping.payload === 'BARE' && !named && mapping.channels.length !== 1) {
    throw new DomainError('BAD_INPUT', { expected: 'one channel, or {channel} in every topic, where the payload is BARE' }, ['channels']);
  }
  const zone = mapping.time?.zone ?? null;
  if (zone !== null && !isTimeZone(zone)) throw new DomainError('BAD_INPUT', { expected: 'an IANA time zone' }, ['time', 'zone']);
  return {
    topics,
    ignoredTopics: mapping.ignoredTopics.map((text, i) => at(['ignoredTopics', i], () => topicPattern(text))),
    payload: mapping.payload,
    each: path('each', mapping.each),
    device: path('device', mapping.device),
    time: mapping.time === null ? null : { path: at(['time', 'path'], () => parseJsonPath(mapping.time?.path ?? '')), zone },
    sequence: path('sequence', mapping.sequence),
    channels: mapping.channels.map((channel, i) => at(['channels', i], () => compileChannel(channel, mapping.payload))),
  };
}

/** What to subscribe to at a broker for these topics. Topics without {device} name nobody, and a broker does not tell who published. */
export function mappingFilters(mapping: CompiledMapping): string[] {
  const told = mapping.topics.filter(({ levels }) => levels.includes('{device}') || mapping.device !== null || levels.every(isPlain));
  return told.map(({ levels }) => levels.map((level) => (isPlain(level) ? level : '+')).join('/'));
}

/** null where the topic is none of the mapping's. */
export function matchTopic(mapping: CompiledMapping, topic: string): MatchedTopic | null {
  const levels = topic.split('/');
  for (const [kind, patterns] of [
    ['READINGS', mapping.topics],
    ['IGNORED', mapping.ignoredTopics],
  ] as const) {
    for (const pattern of patterns) {
      const names = namesIn(pattern, levels);
      if (names) return { kind, ...names };
    }
  }
  return null;
}

/** Throws a Refusal where nothing can be read. `json` is null where the payload is BARE. */
export function decodeMapped(
  mapping: CompiledMapping,
  topic: MatchedTopic,
  fixedTopic: string,
  text: string,
  json: ExactJson | null,
): DecodedPayload {
  if (mapping.payload === 'BARE') return { messages: [bareMessage(mapping, topic, fixedTopic, text)], refused: null };
  const list = mapping.each === null ? [json] : valueAt(json, mapping.each);
  if (!isExactArray(list)) throw new Refusal('SHAPE_WRONG');
  return each(list, (item) => [jsonMessage(mapping, topic, fixedTopic, json, item)]);
}

function bareMessage(mapping: CompiledMapping, topic: MatchedTopic, fixedTopic: string, text: string): DecodedMessage {
  const channel = topic.channel ?? mapping.channels[0]?.channel ?? '';
  checkChannel(channel);
  const spec = mapping.channels.find((one) => one.channel === channel);
  // Where channels are listed, the others that a node publishes (uptime, a version) are none of ours.
  if (!spec && mapping.channels.length > 0) throw new Refusal('CHANNEL_UNKNOWN');
  const channels: Channels = { values: [], unread: [] };
  add(channels, spec ?? { channel, path: null, scale: null, offset: null, unit: null }, text.trim());
  return messageOf(
    { ...whoOf(topic.device, fixedTopic), kind: 'UPLINK', timeAsSent: null, timeSource: 'DEVICE', sequence: null },
    channels,
  );
}

function jsonMessage(
  mapping: CompiledMapping,
  topic: MatchedTopic,
  fixedTopic: string,
  whole: ExactJson | null,
  item: ExactJson,
): DecodedMessage {
  /** A list's entry has its own values; what holds for all may stand around the list. */
  const find = (path: JsonPath): ExactJson | undefined => valueAt(item, path) ?? (item === whole ? undefined : valueAt(whole, path));
  const channels = mapping.channels.length === 0 ? everyNumber(item) : mappedChannels(mapping.channels, find);
  if (channels.values.length + channels.unread.length === 0) throw new Refusal('NO_VALUES');
  const named = mapping.device === null ? topic.device : plainText(find(mapping.device));
  if (mapping.device !== null && (named === null || !isAlias(named))) throw new Refusal('SHAPE_WRONG');
  return messageOf(
    {
      ...whoOf(named, fixedTopic),
      kind: 'UPLINK',
      timeAsSent: mapping.time === null ? null : plainText(find(mapping.time.path)),
      timeZone: mapping.time?.zone ?? null,
      timeSource: 'DEVICE',
      sequence: mapping.sequence === null ? null : sequenceOf(find(mapping.sequence)),
    },
    channels,
  );
}

function everyNumber(item: ExactJson): Channels {
  if (!isExactObject(item)) throw new Refusal('SHAPE_WRONG');
  const { values } = channelsOf(item);
  return { values, unread: [] };
}

function mappedChannels(specs: readonly CompiledChannel[], find: (path: JsonPath) => ExactJson | undefined): Channels {
  const channels: Channels = { values: [], unread: [] };
  for (const spec of specs) {
    const found = spec.path === null ? undefined : find(spec.path);
    // A payload may hold some channels only: a probe that is not plugged in says nothing.
    if (found !== undefined) add(channels, spec, found);
  }
  return channels;
}

/** Whom the topic or payload names: an id or another name. A topic that names nobody is of the sender, or of who has it as an alias. */
function whoOf(named: string | null, fixedTopic: string): { readonly deviceKey: string; readonly keyKind: DeviceKeyKind } {
  if (named !== null) return { deviceKey: aliasKey(named), keyKind: 'ALIAS' };
  return isAlias(fixedTopic) ? { deviceKey: fixedTopic, keyKind: 'ALIAS_OR_SENDER' } : { deviceKey: '', keyKind: 'SENDER' };
}

function add({ values, unread }: Channels, spec: CompiledChannel, leaf: ExactJson): void {
  if (values.length + unread.length >= CHANNELS_MAX) throw new Refusal('TOO_MANY_CHANNELS');
  const read = readValue(spec.channel, leaf);
  const value = read && converted(read, spec);
  if (value) values.push(value);
  else unread.push({ channel: spec.channel, rawValue: rawText(leaf) });
}

/** null where the result has more digits than are kept. */
function converted(read: ReadingValue, { scale, offset, unit }: CompiledChannel): ReadingValue | null {
  let number = parseDecimal(read.value);
  if (scale) number = { units: number.units * scale.units, scale: number.scale + scale.scale };
  if (offset) {
    const finer = Math.max(number.scale, offset.scale);
    const aligned = (one: Decimal): bigint => one.units * 10n ** BigInt(finer - one.scale);
    number = { units: aligned(number) + aligned(offset), scale: finer };
  }
  const value = formatDecimal(number);
  if (value.replace(/[-.]/g, '').length > DECIMAL_DIGITS_MAX) return null;
  return { ...read, value, unit: unit ?? read.unit };
}

function compileChannel({ channel, path, scale, offset, unit }: MappedChannel, payload: MappedPayload): CompiledChannel {
  if (channel === '' || channel.length > CHANNEL_LENGTH_MAX || /[\p{Cc}\p{Cs}]/u.test(channel)) {
    throw new DomainError('BAD_INPUT', { expected: `1 to ${CHANNEL_LENGTH_MAX} characters` }, ['channel']);
  }
  if (unit !== null && (unit === '' || unit.length > UNIT_LENGTH_MAX)) {
    throw new DomainError('BAD_INPUT', { expected: `1 to ${UNIT_LENGTH_MAX} characters` }, ['unit']);
  }
  if ((path === null) !== (payload === 'BARE')) {
    throw new DomainError('BAD_INPUT', { expected: 'a path where the payload is JSON, and none where it is BARE' }, ['path']);
  }
  return {
    channel,
    unit,
    path: path === null ? null : at(['path'], () => parseJsonPath(path)),
    scale: scale === null ? null : at(['scale'], () => parseDecimal(scale)),
    offset: offset === null ? null : at(['offset'], () => parseDecimal(offset)),
  };
}

function topicPattern(text: string): TopicPattern {
  const levels = text.split('/');
  const names = levels.filter((level) => level === '{device}' || level === '{channel}');
  const isWrong = levels.some((level) => isPlain(level) && /[+#{}\p{C}]/u.test(level));
  if (text === '' || text.length > TOPIC_LENGTH_MAX || isWrong || new Set(names).size < names.length || text.startsWith('$')) {
    throw new DomainError('BAD_INPUT', {
      expected: 'a topic of levels, with +, {device} and {channel} as whole levels',
      found: text.slice(0, 64),
    });
  }
  // A built-in format would take the message first, and the mapping would never be asked.
  if (parseTopic(levels.map((level) => (isPlain(level) ? level : '0101010101010101')).join('/')) !== null) {
    throw new DomainError('BAD_INPUT', { expected: 'a topic that no built-in format has', found: text.slice(0, 64) });
  }
  if (!levels.some((level) => level !== '' && isPlain(level))) {
    throw new DomainError('BAD_INPUT', { expected: 'a topic with a level of its own', found: text.slice(0, 64) });
  }
  return { text, levels };
}

function namesIn({ levels }: TopicPattern, topic: readonly string[]): { device: string | null; channel: string | null } | null {
  if (topic.length !== levels.length) return null;
  let device: string | null = null;
  let channel: string | null = null;
  for (let i = 0; i < levels.length; i += 1) {
    const [wanted, found = ''] = [levels[i], topic[i]];
    if (wanted === '{device}') device = found;
    else if (wanted === '{channel}') channel = found;
    else if (wanted !== '+' && wanted !== found) return null;
  }
  return device !== null && !isAlias(device) ? null : { device, channel };
}

function isPlain(level: string): boolean {
  return level !== '+' && level !== '{device}' && level !== '{channel}';
}
