import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { apportion } from './apportion.js';
import { fraction } from './fraction.js';

const shares = fc
  .array(fc.bigInt(0n, 1_000n), { minLength: 1, maxLength: 12 })
  .filter((weights) => weights.some((weight) => weight > 0n))
  .map((weights) => weights.map((weight, i) => ({ key: `k${i}`, weight: fraction(weight) })));
const amount = fc.bigInt(-1_000_000n, 1_000_000n);
const total = (parts: Map<string, bigint>): bigint => [...parts.values()].reduce((a, b) => a + b, 0n);

describe('apportion', () => {
  it('gives away exactly the amount', () => {
    fc.assert(fc.property(amount, shares, (n, list) => total(apportion(n, list)) === n));
  });

  it('gives nobody a whole unit more or less than the exact share, and zero weight nothing', () => {
    fc.assert(
      fc.property(amount, shares, (n, list) => {
        const sum = list.reduce((a, { weight }) => a + weight.num, 0n);
        const parts = apportion(n, list);
        return list.every(({ key, weight }) => {
          const off = (parts.get(key) ?? 0n) * sum - n * weight.num;
          return (weight.num > 0n || parts.get(key) === 0n) && off < sum && off > -sum;
        });
      }),
    );
  });

  it('does not depend on the order of the list', () => {
    fc.assert(
      fc.property(amount, shares, (n, list) =>
        [...apportion(n, list)].every(([key, part]) => apportion(n, [...list].reverse()).get(key) === part),
      ),
    );
  });

  it('mirrors negative amounts', () => {
    fc.assert(
      fc.property(amount, shares, (n, list) =>
        [...apportion(n, list)].every(([key, part]) => part === -(apportion(-n, list).get(key) ?? 0n)),
      ),
    );
  });

  it('breaks ties by the key', () => {
    const half = fraction(1n, 2n);
    expect(
      apportion(1n, [
        { key: 'b', weight: half },
        { key: 'a', weight: half },
      ]),
    ).toEqual(
      new Map([
        ['b', 0n],
        ['a', 1n],
      ]),
    );
  });
});
