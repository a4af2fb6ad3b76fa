/**
 * From what a probe said to what that means: a straight line through two points of a reference (VIM, JCGM 200, 2.39), in exact arithmetic. A
 * calibration belongs to a device's channel, holds from a day on and has a version; what the probe said is kept, so that a later one applies to
 * all that it covers. Lines alone, because field laboratories check a probe in two media (dry and wet soil, ice and warm water).
 */
import type { Decimal } from '../kernel/decimal.js';
import { DECIMAL_DIGITS_MAX, decimalToFraction, formatDecimal, parseDecimal } from '../kernel/decimal.js';
import { at, DomainError } from '../kernel/errors.js';
import type { Fraction } from '../kernel/fraction.js';
import { add, divide, equals, fraction, multiply, subtract, toScaled } from '../kernel/fraction.js';

/** Exact decimals: what the probe read, and what the reference was. */
export interface CalibrationPoint {
  readonly reading: string;
  readonly reference: string;
}

/** reference = slope × reading + intercept. */
export interface Curve {
  readonly slope: Fraction;
  readonly intercept: Fraction;
}

export const IDENTITY: Curve = { slope: fraction(1n), intercept: fraction(0n) };
/** Digits behind the point that a calibrated value has beyond those of the reading. */
export const CALIBRATED_DIGITS_MORE = 2;

/** Throws BAD_INPUT where both points are of one reading, or of one reference: such a probe would say nothing. */
export function curveThrough(low: CalibrationPoint, high: CalibrationPoint): Curve {
  const number = (text: string): Fraction => decimalToFraction(parseDecimal(text));
  const points = [low, high].map((point, i) =>
    at([i === 0 ? 'low' : 'high'], () => ({
      reading: at(['reading'], () => number(point.reading)),
      reference: at(['reference'], () => number(point.reference)),
    })),
  );
  const [first, second] = points;
  if (!first || !second || equals(first.reading, second.reading) || equals(first.reference, second.reference)) {
    throw new DomainError('BAD_INPUT', { expected: 'two points that differ in reading and in reference' }, ['high']);
  }
  const slope = divide(subtract(second.reference, first.reference), subtract(second.reading, first.reading));
  return { slope, intercept: subtract(first.reference, multiply(slope, first.reading)) };
}

/** Exact. */
export function onCurve(curve: Curve, reading: Fraction): Fraction {
  return add(multiply(curve.slope, reading), curve.intercept);
}

/** The calibrated value as a decimal, CALIBRATED_DIGITS_MORE digits finer than the reading, rounded half-even once. */
export function calibrated(curve: Curve, reading: string): string {
  const decimal = parseDecimal(reading);
  if (equals(curve.slope, IDENTITY.slope) && equals(curve.intercept, IDENTITY.intercept)) return reading;
  return rounded(onCurve(curve, decimalToFraction(decimal)), decimal.scale + CALIBRATED_DIGITS_MORE);
}

/** `digits` behind the point, fewer where the number would not be kept otherwise. */
export function rounded(value: Fraction, digits: number): string {
  const scale = Math.min(digits, DECIMAL_DIGITS_MAX);
  const decimal: Decimal = { units: toScaled(value, scale), scale };
  return formatDecimal(decimal);
}
