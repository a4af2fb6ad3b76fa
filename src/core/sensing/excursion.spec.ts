import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fraction } from '../kernel/fraction.js';
import { exposure } from './excursion.js';

const MINUTE = 60_000;
const at = (minute: number, value: number) => ({ measuredAt: minute * MINUTE, value: fraction(BigInt(value)) });
const COLD = { min: '0', max: '4' };

describe('exposure', () => {
  it('counts the time above and below, each reading holding until the next', () => {
    const found = exposure([at(0, 3), at(10, 6), at(25, 8), at(30, 4), at(50, -1)], COLD, 0, 60 * MINUTE, 30 * MINUTE);
    expect(found).toEqual({
      insideMs: 30 * MINUTE,
      aboveMs: 20 * MINUTE,
      belowMs: 10 * MINUTE,
      unknownMs: 0,
      excursions: [
        { from: 10 * MINUTE, to: 30 * MINUTE, worst: fraction(8n) },
        { from: 50 * MINUTE, to: 60 * MINUTE, worst: fraction(-1n) },
      ],
    });
  });

  it('takes what a silent recorder would have said for unknown', () => {
    const found = exposure([at(-5, 9), at(40, 3)], COLD, 0, 60 * MINUTE, 10 * MINUTE);
    expect(found).toMatchObject({ aboveMs: 5 * MINUTE, insideMs: 10 * MINUTE, unknownMs: 45 * MINUTE });
    expect(exposure([], COLD, 0, MINUTE, MINUTE)).toMatchObject({ unknownMs: MINUTE, excursions: [] });
  });

  it('adds up to the whole time, and is the same in whatever order the readings came', () => {
    const reading = fc
      .tuple(fc.integer({ min: -20, max: 80 }), fc.integer({ min: -5, max: 10 }))
      .map(([minute, value]) => at(minute, value));
    const shuffled = fc
      .array(reading, { maxLength: 20 })
      .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }), fc.integer({ min: 1, max: 40 })));
    fc.assert(
      fc.property(shuffled, ([list, late, hold]) => {
        const found = exposure(list, COLD, 0, 60 * MINUTE, hold * MINUTE);
        expect(exposure(late, COLD, 0, 60 * MINUTE, hold * MINUTE)).toEqual(found);
        expect(found.insideMs + found.aboveMs + found.belowMs + found.unknownMs).toBe(60 * MINUTE);
        const outside = found.excursions.reduce((sum, { from, to }) => sum + to - from, 0);
        expect(outside).toBe(found.aboveMs + found.belowMs);
      }),
    );
  });
});
