/**
 * What can be believed of a message: its time against the time of receipt, its values against what its model can measure. Nothing is
 * dropped: a wrong clock is flagged and replaced by the time of receipt (half-set clocks say 1970, GPS receivers 1980, a gateway's empty
 * protobuf time 0001, chips without battery 2000; shared zones are missing in Tasmota's local times), a wild value is flagged and kept.
 * Five minutes of future is what a network of unsynchronised phones and gateways shows in health.
 */
import type { Decimal } from '../kernel/decimal.js';
import { parseDecimal } from '../kernel/decimal.js';
import { plainDecimal } from '../kernel/exact-json.js';
import { parseInstant } from '../kernel/instant.js';
import type { DecodedMessage, Message, MessageFlag, ReadingValue, ValueFlag } from './reading.js';

export const FUTURE_MS_MAX = 5 * 60_000;
/** 2001-01-01: the default clocks of chips (1970, 1980, 2000) stand before it, every reading of this platform behind it. */
export const CLOCK_SET_MS_MIN = 978_307_200_000;
/** A number below this is seconds since 1970 (up to the year 5138), above it milliseconds (from 1973). */
const EPOCH_SECONDS_BELOW = 100_000_000_000;
const TIME_LENGTH_MAX = 40;
const LOCAL_TIME = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?$/;
const EPOCH = /^\d{1,16}(?:\.\d{1,9})?$/;

/** Limits of a channel, as its device model states them: exact decimals in the channel's unit. */
export interface ChannelRange {
  readonly min: string | null;
  readonly max: string | null;
  readonly faultValues: readonly string[];
}

export interface DeviceFacts {
  /** Epoch milliseconds of its first deployment; null where it was never deployed. */
  readonly deployedFrom: number | null;
  readonly channels: ReadonlyMap<string, ChannelRange>;
}

export interface JudgedTime {
  /** Epoch milliseconds: of the message where it can be believed, else of receipt. */
  readonly measuredAt: number;
  /** null where the time was believed. */
  readonly flag: Extract<MessageFlag, 'FUTURE' | 'NO_CLOCK' | 'NO_ZONE'> | null;
}

/** Judges RFC 3339 with offset, or seconds or milliseconds since 1970. */
export function judgeTime(timeAsSent: string | null, receivedAt: number): JudgedTime {
  const sent = timeAsSent === null || timeAsSent.length > TIME_LENGTH_MAX ? null : readTime(timeAsSent.trim());
  if (sent === 'NO_ZONE') return { measuredAt: receivedAt, flag: 'NO_ZONE' };
  if (sent === null || sent < CLOCK_SET_MS_MIN) return { measuredAt: receivedAt, flag: 'NO_CLOCK' };
  if (sent > receivedAt + FUTURE_MS_MAX) return { measuredAt: receivedAt, flag: 'FUTURE' };
  return { measuredAt: sent, flag: null };
}

/** The message with its time judged against the time of receipt (epoch milliseconds). */
export function withJudgedTime(message: DecodedMessage, receivedAt: number): Message {
  const { measuredAt, flag } = judgeTime(message.timeAsSent, receivedAt);
  const flags: MessageFlag[] = flag ? [flag] : [];
  if (message.kind === 'BACKFILL') flags.push('BACKFILLED');
  // What a device says about itself is text as often as not (firmware, online): only a probe owes a number.
  if (message.kind !== 'STATE' && message.unread.length > 0) flags.push('UNREADABLE_VALUE');
  // Field by field: on the way of every message a spread that is then overwritten costs more than the reading of its time.
  return {
    deviceKey: message.deviceKey,
    kind: message.kind,
    timeAsSent: message.timeAsSent,
    timeSource: flag ? 'SERVER' : message.timeSource,
    sequence: message.sequence,
    values: message.values,
    unread: message.unread,
    payloadHash: message.payloadHash,
    measuredAt,
    flags,
  };
}

/** The message held against what is known of its device. */
export function withDeviceFacts(message: Message, facts: DeviceFacts): Message {
  const early = facts.deployedFrom !== null && message.measuredAt < facts.deployedFrom;
  return {
    ...message,
    flags: early ? [...message.flags, 'BEFORE_DEPLOYMENT'] : message.flags,
    values: message.values.map((value) => judgeValue(value, facts.channels.get(value.channel))),
  };
}

function judgeValue(value: ReadingValue, range: ChannelRange | undefined): ReadingValue {
  if (!range) return value;
  const number = parseDecimal(value.value);
  const flags: ValueFlag[] = [];
  if (range.faultValues.some((fault) => compare(number, parseDecimal(fault)) === 0)) flags.push('FAULT_VALUE');
  const below = range.min !== null && compare(number, parseDecimal(range.min)) < 0;
  const above = range.max !== null && compare(number, parseDecimal(range.max)) > 0;
  if (below || above) flags.push('OUT_OF_RANGE');
  return flags.length === 0 ? value : { ...value, flags: [...value.flags, ...flags] };
}

function compare(a: Decimal, b: Decimal): number {
  const left = a.units * 10n ** BigInt(Math.max(0, b.scale - a.scale));
  const right = b.units * 10n ** BigInt(Math.max(0, a.scale - b.scale));
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Epoch milliseconds, or null where the text is no time. */
function readTime(text: string): number | 'NO_ZONE' | null {
  if (LOCAL_TIME.test(text)) return 'NO_ZONE';
  const number = plainDecimal(text);
  if (number !== null) {
    if (!EPOCH.test(number)) return null;
    // A float holds today's milliseconds exactly; what stands behind them is cut.
    return Math.trunc(Number(number) < EPOCH_SECONDS_BELOW ? Number(number) * 1_000 : Number(number));
  }
  try {
    return parseInstant(text.replace(' ', 'T')).epochMs;
  } catch {
    return null;
  }
}
