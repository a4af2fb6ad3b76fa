import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { journal } from './journal.js';

const make = (...entries: [string, bigint][]): unknown =>
  journal({ currency: 'CNY', entries: entries.map(([account, amountMinor]) => ({ account, amountMinor })) });

describe('a journal', () => {
  it('exists when its entries add up to zero, in the order of its accounts', () => {
    expect(make(['pool', -400n], ['coop', 100n], ['household', 300n])).toEqual({
      currency: 'CNY',
      entries: [
        { account: 'coop', amountMinor: 100n },
        { account: 'household', amountMinor: 300n },
        { account: 'pool', amountMinor: -400n },
      ],
    });
  });

  it('does not exist unbalanced, empty, with a zero entry, or with an account twice', () => {
    expect(() => make(['a', 1n], ['b', -2n])).toThrow('add up to zero');
    expect(() => make()).toThrow('has entries');
    expect(() => make(['a', 1n], ['b', -1n], ['c', 0n])).toThrow('is zero');
    expect(() => make(['a', 1n], ['b', -2n], ['a', 1n])).toThrow('once');
  });

  it('does not exist whenever the sum is anything but zero', () => {
    const amounts = fc.uniqueArray(
      fc.bigInt({ min: -1_000n, max: 1_000n }).filter((n) => n !== 0n),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(amounts, (list) => {
        const entries = list.map((amountMinor, i) => ({ account: String(i), amountMinor }));
        const total = list.reduce((sum, n) => sum + n, 0n);
        const attempt = (): unknown => journal({ currency: 'CNY', entries });
        if (total === 0n) expect(attempt).not.toThrow();
        else expect(attempt).toThrow('add up to zero');
      }),
    );
  });
});
