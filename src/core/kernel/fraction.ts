/**
 * Exact rationals: what one unit of goods is made of must not depend on rounding (income.md, 2). Always reduced, the denominator
 * positive, so that equal values are equal field by field.
 */
import { assert } from './assert.js';

export interface Fraction {
  readonly num: bigint;
  /** Greater than zero. */
  readonly den: bigint;
}

export const ZERO: Fraction = { num: 0n, den: 1n };
export const ONE: Fraction = { num: 1n, den: 1n };

export function fraction(num: bigint, den: bigint = 1n): Fraction {
  assert(den !== 0n, 'A fraction has a denominator other than zero.');
  if (num === 0n) return ZERO;
  const sign = den < 0n ? -1n : 1n;
  const divisor = gcd(magnitude(num), magnitude(den));
  return { num: (sign * num) / divisor, den: (sign * den) / divisor };
}

export function add(a: Fraction, b: Fraction): Fraction {
  if (a.num === 0n) return b;
  if (b.num === 0n) return a;
  return fraction(a.num * b.den + b.num * a.den, a.den * b.den);
}

export function subtract(a: Fraction, b: Fraction): Fraction {
  return add(a, { num: -b.num, den: b.den });
}

export function multiply(a: Fraction, b: Fraction): Fraction {
  if (a.num === 0n || b.num === 0n) return ZERO;
  // Cancelled crosswise before multiplying: the numbers stay small, and the result is reduced without another division.
  const left = gcd(magnitude(a.num), b.den);
  const right = gcd(magnitude(b.num), a.den);
  return { num: (a.num / left) * (b.num / right), den: (a.den / right) * (b.den / left) };
}

export function divide(a: Fraction, b: Fraction): Fraction {
  assert(b.num !== 0n, 'Nothing is divided by zero.');
  return fraction(a.num * b.den, a.den * b.num);
}

export function sum(values: Iterable<Fraction>): Fraction {
  let total = ZERO;
  for (const value of values) total = add(total, value);
  return total;
}

/** Negative, zero or positive, as a is less than, equal to or greater than b. */
export function compare(a: Fraction, b: Fraction): number {
  const difference = a.num * b.den - b.num * a.den;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function equals(a: Fraction, b: Fraction): boolean {
  return a.num === b.num && a.den === b.den;
}

/** Half-even to an integer: the one rounding of the platform (income.md, 3), for it has no drift. */
export function roundHalfEven(value: Fraction): bigint {
  return divideHalfEven(value.num, value.den);
}

/** num ÷ den rounded half-even; den greater than zero. */
export function divideHalfEven(num: bigint, den: bigint): bigint {
  assert(den > 0n, 'A divisor is greater than zero.');
  let floor = num / den;
  let rest = num % den;
  if (rest < 0n) {
    floor -= 1n;
    rest += den;
  }
  const twice = rest * 2n;
  if (twice > den || (twice === den && floor % 2n !== 0n)) return floor + 1n;
  return floor;
}

/** The value × 10^decimals, rounded half-even to an integer. */
export function toScaled(value: Fraction, decimals: number): bigint {
  return divideHalfEven(value.num * 10n ** BigInt(decimals), value.den);
}

/** How many bits the larger of numerator and denominator takes. */
export function bitLength(value: Fraction): number {
  const num = value.num < 0n ? -value.num : value.num;
  const larger = num > value.den ? num : value.den;
  return larger.toString(16).length * 4;
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** The greatest common divisor of two that are not negative. Euclid's; as soon as both fit, in machine numbers, which are exact there and many times faster. */
export function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) {
    if (a <= SAFE && b <= SAFE) return BigInt(gcdOfNumbers(Number(a), Number(b)));
    [a, b] = [b, a % b];
  }
  return a;
}

function gcdOfNumbers(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
