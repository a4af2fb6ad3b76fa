import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decimalToFraction, parseDecimal } from '../kernel/decimal.js';
import { fraction } from '../kernel/fraction.js';
import { calibrated, curveThrough } from './calibration.js';
import type { RolledReading } from './rollup.js';
import {
  calibratedRollup,
  coverageOf,
  HOUR_MS,
  hourOf,
  meanOf,
  mergeRollups,
  minuteBit,
  NO_READINGS,
  rollupOf,
  sdevScaled,
  squareRoot,
  varianceOf,
} from './rollup.js';

const reading: fc.Arbitrary<RolledReading> = fc.record({
  value: fc.option(
    fc
      .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: 0, max: 3 }))
      .map(([n, scale]) => (n / 10 ** scale).toFixed(scale)),
    { freq: 8 },
  ),
  measuredAt: fc.integer({ min: 0, max: 10_000_000 }),
});
const readings = fc.array(reading, { maxLength: 30 });

describe('a rollup', () => {
  it('says what stands in its readings', () => {
    const rollup = rollupOf([
      { value: '2', measuredAt: 30 },
      { value: '4.0', measuredAt: 10 },
      { value: null, measuredAt: 5 },
      { value: '4', measuredAt: 20 },
      { value: '6', measuredAt: 40 },
    ]);
    expect(rollup).toMatchObject({ count: 4, flagged: 1, min: fraction(2n), max: fraction(6n), firstAt: 10, lastAt: 40, scale: 1 });
    expect(meanOf(rollup)).toEqual(fraction(4n));
    expect(varianceOf(rollup)).toEqual(fraction(2n));
    expect(sdevScaled(rollup, 4)).toBe(14_142n);
  });

  it('of nothing says nothing', () => {
    expect([meanOf(NO_READINGS), varianceOf(NO_READINGS), sdevScaled(NO_READINGS, 2)]).toEqual([null, null, null]);
  });

  it('of all readings is the merge of the rollups of any parts, in any order', () => {
    fc.assert(
      fc.property(readings, readings, readings, (a, b, c) => {
        const whole = rollupOf([...a, ...b, ...c]);
        expect(mergeRollups(mergeRollups(rollupOf(c), rollupOf(a)), rollupOf(b))).toEqual(whole);
        expect(mergeRollups(rollupOf(b), mergeRollups(rollupOf(a), rollupOf(c)))).toEqual(whole);
      }),
    );
  });

  it('is the same however late its readings came', () => {
    const shuffled = readings.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
    fc.assert(fc.property(shuffled, ([list, late]) => expect(rollupOf(late)).toEqual(rollupOf(list))));
  });

  it('of calibrated readings is the calibrated rollup of the readings', () => {
    const curve = curveThrough({ reading: '0', reference: '50' }, { reading: '10', reference: '-50' });
    fc.assert(
      fc.property(readings, (list) => {
        const after = list.map(({ value, measuredAt }) => ({ value: value === null ? null : calibrated(curve, value), measuredAt }));
        const rollup = calibratedRollup(curve, rollupOf(list));
        expect({ ...rollup, scale: 0 }).toEqual({ ...rollupOf(after), scale: 0 });
      }),
    );
  });
});

describe('squareRoot', () => {
  it('is the largest whole number whose square is not larger', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 40n }), (value) => {
        const root = squareRoot(value);
        expect(root * root <= value && value < (root + 1n) * (root + 1n)).toBe(true);
      }),
    );
  });
});

describe('hours and coverage', () => {
  it('an hour begins where the clocks of the place begin one', () => {
    const at = Date.parse('2026-05-26T00:20:00Z');
    expect(new Date(hourOf(at, 0)).toISOString()).toBe('2026-05-26T00:00:00.000Z');
    // 06:05 in Nepal: its hour began at 06:00, which is 00:15 UTC.
    expect(new Date(hourOf(at, 45 * 60_000)).toISOString()).toBe('2026-05-26T00:15:00.000Z');
  });

  it('counts the slots of the interval in which the device spoke', () => {
    const minutes = (...list: number[]) => list.reduce((mask, minute) => mask | minuteBit(minute * 60_000, 0), 0n);
    expect(coverageOf([minutes(3, 13, 23, 33, 43, 53)], 600)).toEqual(fraction(1n));
    expect(coverageOf([minutes(3, 4, 5), 0n], 600)).toEqual(fraction(1n, 12n));
    expect(coverageOf([0n, minutes(59), 0n, minutes(0)], 7_200)).toEqual(fraction(1n));
    expect(coverageOf([], 600)).toEqual(fraction(0n));
  });

  it('keeps a minute of an hour apart from all others', () => {
    const masks = Array.from({ length: 60 }, (_, minute) => minuteBit(HOUR_MS + minute * 60_000 + 59_999, HOUR_MS));
    expect(new Set(masks).size).toBe(60);
    expect(masks.reduce((all, mask) => all | mask, 0n)).toBe((1n << 60n) - 1n);
  });

  it('reads decimals as exactly as fractions', () => {
    expect(
      rollupOf([
        { value: '0.1', measuredAt: 0 },
        { value: '0.2', measuredAt: 0 },
      ]).sum,
    ).toEqual(decimalToFraction(parseDecimal('0.3')));
  });
});
