/**
 * Exact decimals as the edge spells them ("12.500"): digits and a scale, never a float (architecture, rule 10). The scale is kept,
 * so that what was said is given back as it was said.
 */
import { DomainError } from './errors.js';
import type { Fraction } from './fraction.js';
import { fraction } from './fraction.js';

/** `units` × 10^−`scale`. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

export const DECIMAL_DIGITS_MAX = 38;
const PATTERN = /^(-?)(\d+)(?:\.(\d+))?$/;

/** Reads "12.500"; no exponent, no plus sign, at most DECIMAL_DIGITS_MAX digits. Throws BAD_INPUT. */
export function parseDecimal(text: string): Decimal {
  const match = text.length <= DECIMAL_DIGITS_MAX + 2 ? PATTERN.exec(text) : null;
  const whole = match?.[2] ?? '';
  const rest = match?.[3] ?? '';
  if (!match || whole.length + rest.length > DECIMAL_DIGITS_MAX) {
    throw new DomainError('BAD_INPUT', { expected: 'a decimal such as "12.500"', found: text.slice(0, 64) });
  }
  const units = BigInt(whole + rest);
  return { units: match[1] === '-' ? -units : units, scale: rest.length };
}

/** "12.500" for {12500n, 3}; `trim` drops zeros behind the point. */
export function formatDecimal(value: Decimal, trim = false): string {
  const sign = value.units < 0n ? '-' : '';
  const digits = (value.units < 0n ? -value.units : value.units).toString().padStart(value.scale + 1, '0');
  const whole = digits.slice(0, digits.length - value.scale);
  let rest = value.scale === 0 ? '' : digits.slice(-value.scale);
  if (trim) rest = rest.replace(/0+$/, '');
  return rest === '' ? sign + whole : `${sign}${whole}.${rest}`;
}

export function decimalToFraction(value: Decimal): Fraction {
  return fraction(value.units, 10n ** BigInt(value.scale));
}

/** The decimal with exactly `scale` digits, or null where digits would be lost. */
export function rescale(value: Decimal, scale: number): Decimal | null {
  if (scale >= value.scale) return { units: value.units * 10n ** BigInt(scale - value.scale), scale };
  const divisor = 10n ** BigInt(value.scale - scale);
  return value.units % divisor === 0n ? { units: value.units / divisor, scale } : null;
}
