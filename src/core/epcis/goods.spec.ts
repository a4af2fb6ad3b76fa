import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseDecimal, rescale } from '../kernel/decimal.js';
import type { Dimension } from '../kernel/quantity.js';
import { QUANTITY_AMOUNT_MAX } from '../kernel/quantity.js';
import { quantityElement } from './goods.js';

const epcClass = 'https://id.gs1.org/01/04012345111118/10/A';
const element = (dimension: Dimension, amount: bigint): ReturnType<typeof quantityElement> =>
  quantityElement({ epcClass, quantity: { dimension, amount } });
const SCALE: Readonly<Record<string, number>> = { KGM: 6, GRM: 3, MGM: 0, LTR: 6, MLT: 3, '4G': 0 };

describe('a quantity in an event', () => {
  it('is in kilograms, litres or pieces', () => {
    expect(element('MASS', 12_500_001n)).toEqual({ epcClass, quantity: 12.500001, uom: 'KGM' });
    expect(element('VOLUME', 750_000n)).toEqual({ epcClass, quantity: 0.75, uom: 'LTR' });
    expect(element('COUNT', 40n)).toEqual({ epcClass, quantity: 40 });
  });

  it('takes a finer unit where a double would not print the kilograms exactly', () => {
    expect(element('MASS', 8_999_999_999_999_999n)).toEqual({ epcClass, quantity: 8_999_999_999_999_999, uom: 'MGM' });
  });

  it('is exact for every amount that can be kept', () => {
    fc.assert(
      fc.property(fc.constantFrom<Dimension>('MASS', 'VOLUME', 'COUNT'), fc.bigInt(0n, QUANTITY_AMOUNT_MAX), (dimension, amount) => {
        const { quantity, uom } = element(dimension, amount);
        const scale = uom === undefined ? 0 : (SCALE[uom] ?? Number.NaN);
        return rescale(parseDecimal(JSON.stringify(quantity)), scale)?.units === amount;
      }),
    );
  });

  it('is never an area, and never of a class without its canonical link', () => {
    expect(() => element('AREA', 1n)).toThrow(expect.objectContaining({ code: 'UNIT_MISMATCH' }));
    for (const other of ['4012345111118', 'https://sheaf.example/01/04012345111118/10/A', 'https://id.gs1.org/01/4012345111118']) {
      expect(() => quantityElement({ epcClass: other, quantity: { dimension: 'COUNT', amount: 1n } })).toThrow(
        expect.objectContaining({ code: 'DIGITAL_LINK_INVALID' }),
      );
    }
  });
});
