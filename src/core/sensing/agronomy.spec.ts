import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Fraction } from '../kernel/fraction.js';
import { fraction } from '../kernel/fraction.js';
import { drySpells, growingDegreeDays, rainfall } from './agronomy.js';

const of = (n: number | null): Fraction | null => (n === null ? null : fraction(BigInt(Math.round(n * 10)), 10n));
const day = (n: number): string => `2026-07-${String(n).padStart(2, '0')}`;

describe('growing degree days', () => {
  const sum = (days: [number | null, number | null][], upper: string | null = '30') =>
    growingDegreeDays(
      days.map(([min, max], i) => ({ day: day(i + 1), min: of(min), max: of(max) })),
      '10',
      upper,
    );

  it('take each extreme between base and upper, then the mean above the base', () => {
    expect(sum([[12, 28]]).sum).toEqual(fraction(10n));
    expect(sum([[4, 20]]).sum).toEqual(fraction(5n));
    expect(sum([[20, 40]]).sum).toEqual(fraction(15n));
    expect(sum([[20, 40]], null).sum).toEqual(fraction(20n));
    expect(sum([[-5, 5]]).sum).toEqual(fraction(0n));
  });

  it('count a day without readings as missing, not as cold', () => {
    expect(
      sum([
        [12, 28],
        [null, null],
        [12, 28],
      ]),
    ).toEqual({ sum: fraction(20n), days: 2, missing: 1 });
  });
});

describe('rainfall', () => {
  const gauge = (...values: number[]) => values.map((value, i) => ({ measuredAt: i, value: fraction(BigInt(value)) }));

  it('adds amounts, and differences of a total that may start anew', () => {
    expect(rainfall(gauge(1, 0, 2), 'AMOUNT')).toEqual(fraction(3n));
    expect(rainfall(gauge(100, 104, 104, 2, 5), 'TOTAL')).toEqual(fraction(9n));
    expect(rainfall([], 'TOTAL')).toEqual(fraction(0n));
  });

  it('is the same in whatever order the readings came', () => {
    const list = fc.array(fc.nat(50), { maxLength: 12 }).map((values) => gauge(...values));
    const shuffled = list.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    fc.assert(fc.property(shuffled, ([all, late]) => expect(rainfall(late, 'TOTAL')).toEqual(rainfall(all, 'TOTAL'))));
  });
});

describe('dry spells', () => {
  const spells = (rain: (number | null)[], daysMin = 3) =>
    drySpells(
      rain.map((mm, i) => ({ day: day(i + 1), amount: of(mm) })),
      daysMin,
    );

  it('are runs of enough days below a millimetre', () => {
    expect(spells([5, 0, 0.9, 0, 1, 0, 0])).toEqual([{ from: day(2), to: day(4), days: 3, missing: 0 }]);
    expect(spells([0, 0, 0])).toEqual([{ from: day(1), to: day(3), days: 3, missing: 0 }]);
  });

  it('go on over days of which nothing is known, which count for nothing', () => {
    expect(spells([0, null, 0, 0, null])).toEqual([{ from: day(1), to: day(4), days: 3, missing: 1 }]);
    expect(spells([0, null, null, 0])).toEqual([]);
  });
});
