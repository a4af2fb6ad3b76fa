/**
 * When an alarm stands: rules over the readings of one channel, in event time (ISA-18.2's deadband and delays). The readings alone decide, not
 * the order in which they came: late data gives the alarms that there would have been had it come in time, which may raise one in the past or
 * show that one never was. A threshold is broken at its limit and made good again behind its hysteresis, so that noise at the limit is one
 * alarm; it must be broken for the rule's duration, reading after reading, before the alarm is raised.
 */
import { decimalToFraction, parseDecimal } from '../kernel/decimal.js';
import { at, DomainError } from '../kernel/errors.js';
import type { Fraction } from '../kernel/fraction.js';
import { add, compare, divide, fraction, subtract, ZERO } from '../kernel/fraction.js';

export type AlarmSide = 'ABOVE' | 'BELOW';

/** Decimals are exact, in the channel's unit. */
export type AlarmCondition =
  | { readonly kind: 'THRESHOLD'; readonly side: AlarmSide; readonly limit: string; readonly hysteresis: string }
  /** Outside a range: a cold chain. */
  | { readonly kind: 'EXCURSION'; readonly min: string | null; readonly max: string | null; readonly hysteresis: string }
  /** Change per hour over a window, upwards (ABOVE a positive limit) or downwards (BELOW a negative one). */
  | { readonly kind: 'RATE'; readonly side: AlarmSide; readonly limitPerHour: string; readonly windowS: number }
  | { readonly kind: 'NO_DATA' };

export interface AlarmRule {
  readonly condition: AlarmCondition;
  /** How long the condition must last; for NO_DATA how long nothing was heard. Seconds. */
  readonly durationS: number;
}

export interface AlarmReading {
  readonly measuredAt: number;
  readonly value: Fraction;
}

/** One time in which the rule was broken long enough. Epoch milliseconds. */
export interface AlarmEpisode {
  /** When the condition began. It names the episode. */
  readonly brokenFrom: number;
  readonly raisedAt: number;
  /** null: it stands. */
  readonly clearedAt: number | null;
  /** The value farthest from good; null for NO_DATA. */
  readonly worst: Fraction | null;
}

export const ALARM_DURATION_S_MAX = 31 * 86_400;
export const ALARM_WINDOW_S_MAX = 7 * 86_400;
const HOUR_MS = 3_600_000;

/** Throws BAD_INPUT with a path into the rule. */
export function checkRule(rule: AlarmRule): void {
  const { condition, durationS } = rule;
  const least = condition.kind === 'NO_DATA' ? 60 : 0;
  if (!Number.isInteger(durationS) || durationS < least || durationS > ALARM_DURATION_S_MAX) {
    throw new DomainError('BAD_INPUT', { expected: `${least} to ${ALARM_DURATION_S_MAX} seconds` }, ['durationS']);
  }
  compileCondition(condition);
}

/** What a reading means: broken, good again, or between the two (hysteresis), which changes nothing. */
type Verdict = 'BROKEN' | 'GOOD' | 'BETWEEN';
type Judge = (ordered: readonly AlarmReading[], index: number) => Verdict;

interface CompiledCondition {
  readonly judge: Judge;
  /** Whether a is farther from good than b. */
  readonly worse: (a: Fraction, b: Fraction) => boolean;
}

/**
 * How far before the last reading ahead of a change a rule must be evaluated again: what was broken longer than that has been raised by then.
 * Milliseconds.
 */
export function lookBackMs({ durationS }: AlarmRule): number {
  return durationS * 1_000;
}

/** How far before that readings must be known, because others are held against them. Milliseconds. */
export function contextMs({ condition }: AlarmRule): number {
  return condition.kind === 'RATE' ? condition.windowS * 1_000 : 0;
}

/** What is known where an evaluation begins. */
export interface AlarmStart {
  /** Readings before this (epoch milliseconds) are context: they were judged before. */
  readonly from: number;
  /** The episode that had begun before and had not ended by then. */
  readonly episode: AlarmEpisode | null;
  /** The last reading before; for NO_DATA. */
  readonly lastAt: number | null;
}

const FROM_NOTHING: AlarmStart = { from: -Infinity, episode: null, lastAt: null };

/**
 * The episodes that begin in these readings or go on in them, oldest first. `until` (epoch milliseconds) is now, for NO_DATA. Readings in
 * whatever order, each once.
 */
export function alarmEpisodes(
  rule: AlarmRule,
  readings: Iterable<AlarmReading>,
  until: number,
  start: AlarmStart = FROM_NOTHING,
): AlarmEpisode[] {
  const ordered = [...readings].sort((a, b) => a.measuredAt - b.measuredAt || compare(a.value, b.value));
  if (rule.condition.kind === 'NO_DATA') return silences(rule.durationS * 1_000, ordered, until, start);
  const { judge, worse } = compileCondition(rule.condition);
  const episodes: AlarmEpisode[] = [];
  const durationMs = rule.durationS * 1_000;
  let open = start.episode && { ...start.episode, clearedAt: null };
  let pending: { from: number; worst: Fraction } | null = null;
  ordered.forEach((reading, index) => {
    if (reading.measuredAt < start.from) return;
    const verdict = judge(ordered, index);
    const isGood = verdict === 'GOOD';
    if (open) {
      if (isGood) {
        episodes.push({ ...open, clearedAt: reading.measuredAt });
        open = null;
      } else if (open.worst === null || worse(reading.value, open.worst)) open = { ...open, worst: reading.value };
      return;
    }
    // Between the limits a condition that lasts goes on lasting, and none begins.
    if (isGood || (verdict === 'BETWEEN' && !pending)) {
      pending = null;
      return;
    }
    pending = pending
      ? { from: pending.from, worst: worse(reading.value, pending.worst) ? reading.value : pending.worst }
      : { from: reading.measuredAt, worst: reading.value };
    if (reading.measuredAt - pending.from >= durationMs) {
      open = { brokenFrom: pending.from, raisedAt: pending.from + durationMs, clearedAt: null, worst: pending.worst };
      pending = null;
    }
  });
  return open ? [...episodes, open] : episodes;
}

function silences(afterMs: number, ordered: readonly AlarmReading[], until: number, start: AlarmStart): AlarmEpisode[] {
  const heard = ordered.map(({ measuredAt }) => measuredAt).filter((measuredAt) => measuredAt >= start.from);
  const times = start.lastAt === null ? heard : [start.lastAt, ...heard];
  return times.flatMap((from, index): AlarmEpisode[] => {
    const next = times[index + 1] ?? null;
    if ((next ?? until) - from < afterMs) return [];
    return [{ brokenFrom: from, raisedAt: from + afterMs, clearedAt: next, worst: null }];
  });
}

function compileCondition(condition: AlarmCondition): CompiledCondition {
  const number = (name: string, text: string): Fraction => at(['condition', name], () => decimalToFraction(parseDecimal(text)));
  const rising = (a: Fraction, b: Fraction): boolean => compare(a, b) > 0;
  const falling = (a: Fraction, b: Fraction): boolean => compare(a, b) < 0;
  switch (condition.kind) {
    case 'THRESHOLD': {
      const limit = number('limit', condition.limit);
      const slack = slackOf(condition.hysteresis, number);
      return {
        judge: (ordered, index) => against(valueOf(ordered, index), limit, slack, condition.side),
        worse: condition.side === 'ABOVE' ? rising : falling,
      };
    }
    case 'EXCURSION': {
      const [min, max] = [condition.min, condition.max].map((text, i) => (text === null ? null : number(i === 0 ? 'min' : 'max', text)));
      const slack = slackOf(condition.hysteresis, number);
      if ((!min && !max) || (min && max && compare(min, max) > 0)) {
        throw new DomainError('BAD_INPUT', { expected: 'a min, a max, or both in order' }, ['condition', 'max']);
      }
      const verdicts = (value: Fraction): Verdict[] => [
        ...(min ? [against(value, min, slack, 'BELOW')] : []),
        ...(max ? [against(value, max, slack, 'ABOVE')] : []),
      ];
      const outside = (value: Fraction): Fraction => {
        if (max && compare(value, max) > 0) return subtract(value, max);
        return min && compare(value, min) < 0 ? subtract(min, value) : ZERO;
      };
      return {
        judge: (ordered, index) => {
          const all = verdicts(valueOf(ordered, index));
          return all.includes('BROKEN') ? 'BROKEN' : all.includes('BETWEEN') ? 'BETWEEN' : 'GOOD';
        },
        worse: (a, b) => compare(outside(a), outside(b)) > 0,
      };
    }
    case 'RATE': {
      const limit = number('limitPerHour', condition.limitPerHour);
      const windowMs = condition.windowS * 1_000;
      if (!Number.isInteger(condition.windowS) || condition.windowS < 60 || condition.windowS > ALARM_WINDOW_S_MAX) {
        throw new DomainError('BAD_INPUT', { expected: `60 to ${ALARM_WINDOW_S_MAX} seconds` }, ['condition', 'windowS']);
      }
      return {
        judge: (ordered, index) => rateVerdict(ordered, index, limit, windowMs, condition.side),
        worse: condition.side === 'ABOVE' ? rising : falling,
      };
    }
    case 'NO_DATA':
      return { judge: () => 'GOOD', worse: () => false };
  }
}

function valueOf(ordered: readonly AlarmReading[], index: number): Fraction {
  return ordered[index]?.value ?? ZERO;
}

/** Against the oldest reading of the window; without one nothing can be said, which is good. */
function rateVerdict(ordered: readonly AlarmReading[], index: number, limit: Fraction, windowMs: number, side: AlarmSide): Verdict {
  const now = ordered[index];
  let oldest: AlarmReading | null = null;
  for (let i = index - 1; now && i >= 0; i -= 1) {
    const before = ordered[i];
    if (!before || before.measuredAt < now.measuredAt - windowMs) break;
    if (before.measuredAt < now.measuredAt) oldest = before;
  }
  if (!now || !oldest) return 'GOOD';
  const hours = fraction(BigInt(now.measuredAt - oldest.measuredAt), BigInt(HOUR_MS));
  return against(divide(subtract(now.value, oldest.value), hours), limit, ZERO, side);
}

function slackOf(hysteresis: string, number: (name: string, text: string) => Fraction): Fraction {
  const slack = number('hysteresis', hysteresis);
  if (slack.num < 0n) throw new DomainError('BAD_INPUT', { expected: '0 or more' }, ['condition', 'hysteresis']);
  return slack;
}

/** Broken beyond the limit, good from the limit less the hysteresis on. */
function against(value: Fraction, limit: Fraction, slack: Fraction, side: AlarmSide): Verdict {
  const beyond = side === 'ABOVE' ? compare(value, limit) : -compare(value, limit);
  if (beyond > 0) return 'BROKEN';
  const good = side === 'ABOVE' ? compare(value, subtract(limit, slack)) <= 0 : compare(value, add(limit, slack)) >= 0;
  return good ? 'GOOD' : 'BETWEEN';
}
