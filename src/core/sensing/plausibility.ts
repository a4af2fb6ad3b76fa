/**
 * What can be believed of a message: its time against the time of receipt, its values against what its model can measure. Nothing is
 * dropped: a wrong clock is flagged and replaced by the time of receipt (half-set clocks say 1970, GPS receivers 1980, a gateway's empty
 * protobuf time 0001, chips without battery 2000; shared zones are missing in Tasmota's local times), a wild value is flagged and kept.
 * Five minutes of future is what a network of unsynchronised phones and gateways shows in health.
 */
import { parseDecimal } from '../kernel/decimal.js';
import { plainDecimal } from '../kernel/exact-json.js';
import { offsetMinutesAt, parseInstant } from '../kernel/instant.js';
import type { CompiledChannelSpec } from './device-model.js';
import { compareDecimals } from './device-model.js';
import type { DecodedMessage, Message, MessageFlag, ReadingValue, UnreadValue, ValueFlag } from './reading.js';

export const FUTURE_MS_MAX = 5 * 60_000;
/** 2001-01-01: the default clocks of chips (1970, 1980, 2000) stand before it, every reading of this platform behind it. */
export const CLOCK_SET_MS_MIN = 978_307_200_000;
/** A number below this is seconds since 1970 (up to the year 5138), above it milliseconds (from 1973). */
const EPOCH_SECONDS_BELOW = 100_000_000_000;
const TIME_LENGTH_MAX = 40;
const LOCAL_TIME = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?$/;
const EPOCH = /^\d{1,16}(?:\.\d{1,9})?$/;
/** "2026-05-26T08:30:00+08:00": the usual case, read without the detour through an exception. */
const FIXED_OFFSET = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;

export interface DeviceFacts {
  /** Epoch milliseconds of its first deployment; null where it was never deployed. */
  readonly deployedFrom: number | null;
  /** By channel and alias, as its model states them. */
  readonly channels: ReadonlyMap<string, CompiledChannelSpec>;
  /** Of its local times. */
  readonly timeZone: string | null;
}

export interface JudgedTime {
  /** Epoch milliseconds: of the message where it can be believed, else of receipt. */
  readonly measuredAt: number;
  /** What the text says, believed or not, from 2001 on: the same at every arrival, so that a repeat is filed where the first one is. */
  readonly said: number | null;
  /** null where the time was believed. */
  readonly flag: Extract<MessageFlag, 'FUTURE' | 'NO_CLOCK' | 'NO_ZONE'> | null;
}

/** Judges RFC 3339 with offset, a local time in `timeZone`, or seconds or milliseconds since 1970. */
export function judgeTime(timeAsSent: string | null, receivedAt: number, timeZone: string | null = null): JudgedTime {
  const sent = timeAsSent === null || timeAsSent.length > TIME_LENGTH_MAX ? null : readTime(timeAsSent.trim(), timeZone);
  if (sent === 'NO_ZONE') return { measuredAt: receivedAt, said: null, flag: 'NO_ZONE' };
  if (sent === null || sent < CLOCK_SET_MS_MIN) return { measuredAt: receivedAt, said: null, flag: 'NO_CLOCK' };
  if (sent > receivedAt + FUTURE_MS_MAX) return { measuredAt: receivedAt, said: sent, flag: 'FUTURE' };
  return { measuredAt: sent, said: sent, flag: null };
}

/** The message with its time judged against the time of receipt (epoch milliseconds). */
export function withJudgedTime(message: DecodedMessage, receivedAt: number): Message {
  const judged = judgeTime(message.timeAsSent, receivedAt, message.timeZone);
  const { relativeMs } = message;
  // "Five seconds ago" is known by our clock alone; what lies in the future is of now.
  const measuredAt = relativeMs === null ? judged.measuredAt : receivedAt + Math.min(0, Math.max(relativeMs, -receivedAt));
  const flags: MessageFlag[] = judged.flag ? [judged.flag] : [];
  if (message.kind === 'BACKFILL') flags.push('BACKFILLED');
  // What a device says about itself is text as often as not (firmware, online): only a probe owes a number.
  if (message.kind !== 'STATE' && message.unread.length > 0) flags.push('UNREADABLE_VALUE');
  // Field by field: on the way of every message a spread that is then overwritten costs more than the reading of its time.
  return {
    deviceKey: message.deviceKey,
    keyKind: message.keyKind,
    kind: message.kind,
    timeAsSent: message.timeAsSent,
    timeZone: message.timeZone,
    timeSource: judged.flag ? 'SERVER' : message.timeSource,
    relativeMs,
    sequence: message.sequence,
    values: message.values,
    unread: message.unread,
    payloadHash: message.payloadHash,
    measuredAt,
    saidAt: judged.said,
    flags,
  };
}

/** The message held against what is known of its device. `receivedAt` in epoch milliseconds. */
export function withDeviceFacts(message: Message, facts: DeviceFacts, receivedAt: number): Message {
  let judged = message;
  if (facts.timeZone !== null && message.timeZone === null && message.flags.includes('NO_ZONE')) {
    judged = withJudgedTime(
      { ...message, timeZone: facts.timeZone, timeSource: message.kind === 'STATE' ? 'SERVER' : 'DEVICE' },
      receivedAt,
    );
  }
  const early = facts.deployedFrom !== null && judged.measuredAt < facts.deployedFrom;
  if (facts.channels.size === 0 && !early) return judged;
  const unread = facts.channels.size === 0 ? judged.unread : judged.unread.map((value) => renamed(value, facts.channels));
  return {
    ...judged,
    flags: early ? [...judged.flags, 'BEFORE_DEPLOYMENT'] : judged.flags,
    values: facts.channels.size === 0 ? judged.values : judgedValues(judged.values, unread, facts.channels),
    unread,
  };
}

function judgedValues(
  values: readonly ReadingValue[],
  unread: readonly UnreadValue[],
  specs: ReadonlyMap<string, CompiledChannelSpec>,
): ReadingValue[] {
  const names = new Set<string>();
  return values.map((value) => {
    const spec = specs.get(value.channel);
    if (!spec) return value;
    // A payload that sends a channel under two of its names keeps both.
    const channel = names.has(spec.channel) ? value.channel : spec.channel;
    names.add(spec.channel);
    const flags = valueFlags(value.value, spec, unread);
    return { channel, value: value.value, rawValue: value.rawValue, unit: value.unit ?? spec.unit, flags: [...value.flags, ...flags] };
  });
}

function valueFlags(text: string, spec: CompiledChannelSpec, unread: readonly UnreadValue[]): ValueFlag[] {
  const number = parseDecimal(text);
  const flags: ValueFlag[] = [];
  const mayBeFault = spec.faultWith === null || unread.some(({ channel }) => channel === spec.faultWith);
  if (mayBeFault && spec.faultValues.some((fault) => compareDecimals(number, fault) === 0)) flags.push('FAULT_VALUE');
  const below = spec.min !== null && compareDecimals(number, spec.min) < 0;
  if (below || (spec.max !== null && compareDecimals(number, spec.max) > 0)) flags.push('OUT_OF_RANGE');
  return flags;
}

function renamed(value: UnreadValue, specs: ReadonlyMap<string, CompiledChannelSpec>): UnreadValue {
  const spec = specs.get(value.channel);
  return spec && spec.channel !== value.channel ? { ...value, channel: spec.channel } : value;
}

/** Epoch milliseconds, or null where the text is no time. */
function readTime(text: string, timeZone: string | null): number | 'NO_ZONE' | null {
  const fixed = FIXED_OFFSET.exec(text);
  if (fixed) return readFixed(text, fixed);
  if (LOCAL_TIME.test(text)) return timeZone === null ? 'NO_ZONE' : readLocal(text, timeZone);
  const number = plainDecimal(text);
  if (number !== null) {
    if (!EPOCH.test(number)) return null;
    // A float holds today's milliseconds exactly; what stands behind them is cut.
    return Math.trunc(Number(number) < EPOCH_SECONDS_BELOW ? Number(number) * 1_000 : Number(number));
  }
  return null;
}

function readFixed(text: string, match: RegExpExecArray): number | null {
  const [, year, month, day, hour, minute, second, , offset = 'Z'] = match;
  // Days that the month does not have, and hours above 23, are nobody's time.
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59 || Number(month) > 12 || Number(day) > 31) return null;
  if (offset.length > 1 && (Number(offset.slice(1, 3)) > 23 || Number(offset.slice(4)) > 59)) return null;
  if (Number(year) < 1) return null;
  try {
    return parseInstant(text.replace(' ', 'T')).epochMs;
  } catch {
    return null;
  }
}

/** The clock of `timeZone` showed this; where it showed it twice (end of summer time), the first time. */
function readLocal(text: string, timeZone: string): number | null {
  const asUtc = Date.parse(`${text.replace(/[ t]/, 'T')}Z`);
  if (Number.isNaN(asUtc)) return null;
  const guess = asUtc - offsetMinutesAt(asUtc, timeZone) * 60_000;
  const candidates = [guess - 3_600_000, guess, guess + 3_600_000].map((near) => asUtc - offsetMinutesAt(near, timeZone) * 60_000);
  const fitting = candidates.filter((at) => at + offsetMinutesAt(at, timeZone) * 60_000 === asUtc);
  return Math.min(...(fitting.length > 0 ? fitting : [guess]));
}
