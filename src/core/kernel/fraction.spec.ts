import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  add,
  compare,
  divide,
  divideHalfEven,
  equals,
  fraction,
  multiply,
  roundHalfEven,
  subtract,
  sum,
  toScaled,
  ZERO,
} from './fraction.js';

const big = fc.bigInt(-(10n ** 40n), 10n ** 40n);
const above = fc.bigInt(1n, 10n ** 40n);
const rational = fc.tuple(big, above).map(([num, den]) => fraction(num, den));

describe('fraction', () => {
  it('is reduced, with a positive denominator', () => {
    expect(fraction(6n, -4n)).toEqual({ num: -3n, den: 2n });
    expect(fraction(0n, -7n)).toEqual(ZERO);
  });

  it('multiplies to the same reduced value as the long way', () => {
    fc.assert(fc.property(rational, rational, (a, b) => equals(multiply(a, b), fraction(a.num * b.num, a.den * b.den))));
  });

  it('divides back what was multiplied', () => {
    fc.assert(fc.property(rational, rational, (a, b) => b.num === 0n || equals(divide(multiply(a, b), b), a)));
  });

  it('adds in any order and subtracts back', () => {
    fc.assert(
      fc.property(
        rational,
        rational,
        rational,
        (a, b, c) => equals(sum([a, b, c]), add(c, add(b, a))) && equals(subtract(add(a, b), b), a),
      ),
    );
  });

  it('compares as the numbers it stands for', () => {
    fc.assert(fc.property(rational, rational, (a, b) => Math.sign(compare(a, b)) === Math.sign(Number(subtract(a, b).num))));
  });

  it.each([
    [5n, 2n, 2n],
    [7n, 2n, 4n],
    [-5n, 2n, -2n],
    [-7n, 2n, -4n],
    [1n, 3n, 0n],
    [2n, 3n, 1n],
    [-2n, 3n, -1n],
  ])('rounds %s / %s half-even to %s', (num, den, expected) => {
    expect(divideHalfEven(num, den)).toBe(expected);
    expect(roundHalfEven(fraction(num, den))).toBe(expected);
  });

  it('is never further than half a unit from what it rounds', () => {
    fc.assert(
      fc.property(rational, fc.integer({ min: 0, max: 18 }), (a, decimals) => {
        const scaled = toScaled(a, decimals);
        const difference = subtract(multiply(a, fraction(10n ** BigInt(decimals))), fraction(scaled));
        return compare(difference, fraction(1n, 2n)) <= 0 && compare(difference, fraction(-1n, 2n)) >= 0;
      }),
    );
  });
});
