/**
 * One-off splits of an integer amount: largest remainder (Hamilton), ties by a stable key, zero weight gets nothing, negative amounts
 * mirror positive ones (income.md, 3). Position in the list never matters: Fowler's "remainder to the first" depends on order.
 */
import { assert } from './assert.js';
import type { Fraction } from './fraction.js';
import { compare, fraction, multiply, subtract, sum, ZERO } from './fraction.js';

export interface Weighted {
  /** Stable and unique: it breaks ties. */
  readonly key: string;
  /** Not negative. */
  readonly weight: Fraction;
}

/** Splits `amount` by weight; the parts add up to `amount` exactly. At least one weight must be above zero, unless amount is zero. */
export function apportion(amount: bigint, shares: readonly Weighted[]): Map<string, bigint> {
  assert(new Set(shares.map((share) => share.key)).size === shares.length, 'Keys of an apportionment are unique.');
  if (amount < 0n) {
    return new Map([...apportion(-amount, shares)].map(([key, part]) => [key, -part]));
  }
  const total = sum(shares.map((share) => share.weight));
  assert(amount === 0n || total.num > 0n, 'An amount is apportioned over at least one positive weight.');
  const parts = new Map(shares.map((share) => [share.key, 0n]));
  if (amount === 0n) return parts;
  let rest = amount;
  const remainders = shares
    .filter((share) => share.weight.num > 0n)
    .map((share) => {
      const exact = multiply(fraction(amount * total.den, total.num), share.weight);
      const floor = exact.num / exact.den;
      parts.set(share.key, floor);
      rest -= floor;
      return { key: share.key, remainder: exact.den === 1n ? ZERO : subtract(exact, fraction(floor)) };
    })
    .sort((a, b) => compare(b.remainder, a.remainder) || (a.key < b.key ? -1 : 1));
  for (const { key } of remainders.slice(0, Number(rest))) parts.set(key, (parts.get(key) ?? 0n) + 1n);
  return parts;
}
