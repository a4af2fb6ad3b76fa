import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SCALE } from '../../core/income/coefficient.js';
import { fraction } from '../../core/kernel/fraction.js';
import { printedCoefficient, printedExact, printedPositions, printedShare } from './display.js';

describe('printed positions', () => {
  it('give the odd fen to the largest remainder', () => {
    const third = SCALE / 3n;
    const positions = [
      { key: 'a', scaled: third },
      { key: 'b', scaled: third + 1n },
      { key: 'c', scaled: SCALE - 2n * third - 1n },
    ];
    expect(printedPositions(1n, positions)).toEqual(
      new Map([
        ['a', 0n],
        ['b', 1n],
        ['c', 0n],
      ]),
    );
  });

  it('keep an organisation that lost money below zero', () => {
    const printed = printedPositions(10n, [
      { key: 'coop', scaled: -(SCALE * 5n) / 2n },
      { key: 'household', scaled: (SCALE * 25n) / 2n },
    ]);
    expect(printed).toEqual(
      new Map([
        ['coop', -2n],
        ['household', 12n],
      ]),
    );
  });

  it('add up to the net amount, each within one minor unit of the exact position', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -5n * SCALE, max: 5n * SCALE }), { minLength: 1, maxLength: 12 }), (list) => {
        const total = list.reduce((sum, value) => sum + value, 0n);
        const netMinor = total / SCALE;
        const positions = [...list, netMinor * SCALE - total].map((scaled, i) => ({ key: String(i), scaled }));
        const printed = printedPositions(netMinor, positions);
        expect([...printed.values()].reduce((sum, value) => sum + value, 0n)).toBe(netMinor);
        for (const { key, scaled } of positions) {
          const difference = (printed.get(key) ?? 0n) * SCALE - scaled;
          expect(difference < SCALE && difference > -SCALE).toBe(true);
        }
      }),
    );
  });
});

describe('printed numbers', () => {
  it('are decimals without a float on the way', () => {
    expect(printedShare(fraction(2n, 3n))).toBe('0.666667');
    expect(printedShare(fraction(1n, 2n))).toBe('0.5');
    expect(printedCoefficient(SCALE / 4n)).toBe('0.25');
    expect(printedExact(SCALE / 3n, 'CNY')).toBe('0.00333333333333333333');
  });
});
