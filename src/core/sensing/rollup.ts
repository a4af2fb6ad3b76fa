/**
 * What the readings of a channel in some time say together: count, minimum, maximum, mean, standard deviation, and how much of the time they
 * cover. Sums are kept, not means, so that two rollups of different readings merge into that of all of them, exactly and in whatever order:
 * late data changes a rollup as if it had come in time. The standard deviation is that of the readings that are there (population, EPCIS 2.0's
 * sDev), so one reading has 0. Coverage counts slots as long as the device's interval in which it spoke.
 */
import { assert } from '../kernel/assert.js';
import { decimalToFraction, parseDecimal } from '../kernel/decimal.js';
import type { Fraction } from '../kernel/fraction.js';
import { add, compare, divide, fraction, multiply, subtract, toScaled, ZERO } from '../kernel/fraction.js';
import type { Curve } from './calibration.js';
import { onCurve } from './calibration.js';

export const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;
const MINUTES = 60;

/** Sums over one or more readings of one channel in one unit. */
export interface Rollup {
  /** Readings that count: numbers that are neither faults nor out of range. */
  readonly count: number;
  /** Readings that are there and do not count. */
  readonly flagged: number;
  readonly min: Fraction | null;
  readonly max: Fraction | null;
  readonly sum: Fraction;
  readonly sumOfSquares: Fraction;
  /** Epoch milliseconds of the first and last that count. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  /** Digits behind the point of the finest. */
  readonly scale: number;
}

export interface RolledReading {
  /** Exact decimal; null where it does not count. */
  readonly value: string | null;
  readonly measuredAt: number;
}

export const NO_READINGS: Rollup = {
  count: 0,
  flagged: 0,
  min: null,
  max: null,
  sum: ZERO,
  sumOfSquares: ZERO,
  firstAt: null,
  lastAt: null,
  scale: 0,
};

export function rollupOf(readings: Iterable<RolledReading>): Rollup {
  let rollup = NO_READINGS;
  for (const reading of readings) rollup = mergeRollups(rollup, single(reading));
  return rollup;
}

function single({ value, measuredAt }: RolledReading): Rollup {
  if (value === null) return { ...NO_READINGS, flagged: 1 };
  const decimal = parseDecimal(value);
  const number = decimalToFraction(decimal);
  const square = multiply(number, number);
  return {
    count: 1,
    flagged: 0,
    min: number,
    max: number,
    sum: number,
    sumOfSquares: square,
    firstAt: measuredAt,
    lastAt: measuredAt,
    scale: decimal.scale,
  };
}

/** Of readings that are in one of the two, not in both. */
export function mergeRollups(a: Rollup, b: Rollup): Rollup {
  return {
    count: a.count + b.count,
    flagged: a.flagged + b.flagged,
    min: choose(a.min, b.min, (left, right) => compare(left, right) <= 0),
    max: choose(a.max, b.max, (left, right) => compare(left, right) >= 0),
    sum: add(a.sum, b.sum),
    sumOfSquares: add(a.sumOfSquares, b.sumOfSquares),
    firstAt: choose(a.firstAt, b.firstAt, (left, right) => left <= right),
    lastAt: choose(a.lastAt, b.lastAt, (left, right) => left >= right),
    scale: Math.max(a.scale, b.scale),
  };
}

function choose<T>(a: T | null, b: T | null, first: (a: T, b: T) => boolean): T | null {
  if (a === null || b === null) return a ?? b;
  return first(a, b) ? a : b;
}

/** The rollup of the same readings after a calibration: a line maps sums, squares, minimum and maximum. */
export function calibratedRollup(curve: Curve, rollup: Rollup): Rollup {
  const { slope, intercept } = curve;
  const n = fraction(BigInt(rollup.count));
  const [low, high] = [rollup.min && onCurve(curve, rollup.min), rollup.max && onCurve(curve, rollup.max)];
  const falls = slope.num < 0n;
  const twice = multiply(fraction(2n), multiply(slope, intercept));
  return {
    ...rollup,
    min: falls ? high : low,
    max: falls ? low : high,
    sum: add(multiply(slope, rollup.sum), multiply(n, intercept)),
    sumOfSquares: add(
      add(multiply(multiply(slope, slope), rollup.sumOfSquares), multiply(twice, rollup.sum)),
      multiply(n, multiply(intercept, intercept)),
    ),
  };
}

/** null where nothing counts. */
export function meanOf(rollup: Rollup): Fraction | null {
  return rollup.count === 0 ? null : divide(rollup.sum, fraction(BigInt(rollup.count)));
}

/** Exact square of the standard deviation; null where nothing counts. */
export function varianceOf(rollup: Rollup): Fraction | null {
  const mean = meanOf(rollup);
  if (!mean) return null;
  return subtract(divide(rollup.sumOfSquares, fraction(BigInt(rollup.count))), multiply(mean, mean));
}

/** × 10^digits, rounded to the nearest; null where nothing counts. */
export function sdevScaled(rollup: Rollup, digits: number): bigint | null {
  const variance = varianceOf(rollup);
  if (!variance) return null;
  // A root of a number four times as fine: whether its last bit is above the half can be seen.
  const scaled = toScaled(multiply(variance, fraction(4n)), 2 * digits);
  return (squareRoot(scaled) + 1n) / 2n;
}

/** Rounded down. */
export function squareRoot(value: bigint): bigint {
  assert(value >= 0n, 'A root is of no negative number.');
  if (value < 2n) return value;
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/**
 * The start of the hour in which a time lies, in epoch milliseconds. `shiftMs` is by how much the clocks of the place are not whole hours off UTC
 * (India, Nepal), so that its days are made of whole hours.
 */
export function hourOf(epochMs: number, shiftMs: number): number {
  return Math.floor((epochMs + shiftMs) / HOUR_MS) * HOUR_MS - shiftMs;
}

/** One bit for each minute of an hour in which something was said. */
export function minuteBit(epochMs: number, hourMs: number): bigint {
  return 1n << BigInt(Math.floor((epochMs - hourMs) / MINUTE_MS));
}

/**
 * The part of these hours, in order and without gaps between them (an hour in which nothing was said is 0n), in which the device spoke as often
 * as its model says: slots of `intervalS` that hold a reading ÷ all slots.
 */
export function coverageOf(minuteMasks: readonly bigint[], intervalS: number): Fraction {
  const total = minuteMasks.length * MINUTES;
  if (total === 0) return ZERO;
  const slot = Math.min(total, Math.max(1, Math.ceil(intervalS / 60)));
  const slots = Math.ceil(total / slot);
  const heard = new Set<number>();
  minuteMasks.forEach((mask, hour) => {
    for (let minute = 0; minute < MINUTES; minute += 1) {
      if ((mask >> BigInt(minute)) & 1n) heard.add(Math.floor((hour * MINUTES + minute) / slot));
    }
  });
  return fraction(BigInt(heard.size), BigInt(slots));
}
