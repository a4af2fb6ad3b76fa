import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseDecimal } from '../kernel/decimal.js';
import { calibrated, curveThrough, IDENTITY } from './calibration.js';

describe('a two-point calibration', () => {
  const curve = curveThrough({ reading: '2', reference: '0' }, { reading: '98', reference: '100' });

  it('goes through its two points and along the line between them', () => {
    expect(['2.0', '98', '50'].map((reading) => calibrated(curve, reading))).toEqual(['0.000', '100.00', '50.00']);
  });

  it('rounds once, two digits finer than the reading', () => {
    const thirds = curveThrough({ reading: '0', reference: '0' }, { reading: '3', reference: '1' });
    expect(calibrated(thirds, '1')).toBe('0.33');
    expect(calibrated(thirds, '2.0')).toBe('0.667');
  });

  it('leaves a reading as it is where nothing was calibrated', () => {
    expect(calibrated(IDENTITY, '33.70')).toBe('33.70');
  });

  it.each([
    [
      { reading: '1', reference: '2' },
      { reading: '1.0', reference: '3' },
    ],
    [
      { reading: '1', reference: '2' },
      { reading: '2', reference: '2.00' },
    ],
    [
      { reading: 'x', reference: '2' },
      { reading: '2', reference: '3' },
    ],
  ])('refuses %j and %j', (low, high) => expect(() => curveThrough(low, high)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' })));

  it('is the same curve whichever point is named first', () => {
    const point = fc.record({ reading: fc.integer({ min: -500, max: 500 }), reference: fc.integer({ min: -500, max: 500 }) });
    fc.assert(
      fc.property(point, point, (a, b) => {
        fc.pre(a.reading !== b.reading && a.reference !== b.reference);
        const text = (p: typeof a) => ({ reading: String(p.reading), reference: String(p.reference) });
        expect(curveThrough(text(a), text(b))).toEqual(curveThrough(text(b), text(a)));
        expect(parseDecimal(calibrated(curveThrough(text(a), text(b)), String(b.reading))).units).toBe(BigInt(b.reference) * 100n);
      }),
    );
  });
});
