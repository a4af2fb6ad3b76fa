import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compare, fraction, sum, ZERO } from '../kernel/fraction.js';
import { holdsOn } from './as-of.js';
import type { PromisedShare } from './promise.js';
import { largestPromise } from './promise.js';

const share = (percent: bigint, validFrom: string, validTo: string | null = null, productId: string | null = 'kiwi'): PromisedShare => ({
  productId,
  validFrom,
  validTo,
  rate: fraction(percent, 100n),
});

describe('the largest promise', () => {
  it('is nothing where nothing is promised', () => {
    expect(largestPromise([])).toEqual(ZERO);
  });

  it('adds what holds on the same day, and not what ends on the day the other begins', () => {
    expect(largestPromise([share(60n, '2026-01-01'), share(50n, '2026-06-01')])).toEqual(fraction(110n, 100n));
    expect(largestPromise([share(60n, '2026-01-01', '2026-06-01'), share(50n, '2026-06-01')])).toEqual(fraction(60n, 100n));
  });

  it('does not add two promises that never meet because a third spans both', () => {
    const halves = [share(60n, '2026-01-01', '2026-07-01'), share(60n, '2026-07-01', '2027-01-01')];
    expect(largestPromise([...halves, share(30n, '2026-01-01', '2027-01-01')])).toEqual(fraction(90n, 100n));
  });

  it('keeps products apart, and adds a promise on all goods to each', () => {
    const own = [share(60n, '2026-01-01', null, 'kiwi'), share(70n, '2026-01-01', null, 'rice')];
    expect(largestPromise(own)).toEqual(fraction(70n, 100n));
    expect(largestPromise([...own, share(20n, '2026-02-01', null, null)])).toEqual(fraction(90n, 100n));
  });

  it('is reached on some day and exceeded on none', () => {
    const day = fc.integer({ min: 1, max: 28 }).map((n) => `2026-02-${String(n).padStart(2, '0')}`);
    const promise = fc
      .record({
        productId: fc.constantFrom(null, 'kiwi', 'rice'),
        validFrom: day,
        validTo: fc.option(day),
        percent: fc.bigInt({ min: 1n, max: 100n }),
      })
      .map(({ percent, ...rest }): PromisedShare => ({ ...rest, rate: fraction(percent, 100n) }));
    fc.assert(
      fc.property(fc.array(promise, { minLength: 1, maxLength: 8 }), (promises) => {
        const days = Array.from({ length: 28 }, (_, n) => `2026-02-${String(n + 1).padStart(2, '0')}`);
        const sums = days.flatMap((on) =>
          ['kiwi', 'rice', 'other'].map((product) =>
            sum(promises.filter((one) => (one.productId ?? product) === product && holdsOn(one, on)).map(({ rate }) => rate)),
          ),
        );
        const most = sums.reduce((a, b) => (compare(a, b) >= 0 ? a : b));
        expect(compare(largestPromise(promises), most)).toBe(0);
      }),
    );
  });
});
