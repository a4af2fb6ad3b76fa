import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError } from './errors.js';
import { convert, formatQuantity, parseQuantity } from './quantity.js';

function codeOf(act: () => unknown): string {
  try {
    act();
    return 'accepted';
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

describe('quantity', () => {
  it.each([
    ['12.5', 'jin', 'MASS', 6_250_000n],
    ['1', 'TNE', 'MASS', 1_000_000_000n],
    ['0.000001', 'KGM', 'MASS', 1n],
    ['2.5', 'LTR', 'VOLUME', 2_500_000n],
    ['40', 'H87', 'COUNT', 40n],
    ['3', 'mu', 'AREA', 2_000_000_000n],
    ['1', 'mu', 'AREA', 666_666_667n],
  ])('keeps %s %s as %s %s', (value, unit, dimension, amount) => {
    expect(parseQuantity({ value, unit })).toEqual({ dimension, amount });
  });

  it('is given back in the unit it was said in', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 9_000_000_000n), fc.constantFrom('KGM', 'GRM', 'jin', 'liang'), (amount, unit) => {
        const said = formatQuantity({ dimension: 'MASS', amount }, unit);
        return parseQuantity(said).amount === amount;
      }),
    );
  });

  it.each([
    ['0', 'KGM', 'QUANTITY_NOT_POSITIVE'],
    ['-1', 'KGM', 'QUANTITY_NOT_POSITIVE'],
    ['0.0000001', 'KGM', 'QUANTITY_OUT_OF_RANGE'],
    ['9000000001', 'KGM', 'QUANTITY_OUT_OF_RANGE'],
    ['0.5', 'H87', 'QUANTITY_OUT_OF_RANGE'],
    ['1', 'kg', 'UNIT_UNKNOWN'],
    ['NaN', 'KGM', 'BAD_INPUT'],
  ])('refuses %s %s with %s', (value, unit, code) => {
    expect(codeOf(() => parseQuantity({ value, unit }))).toBe(code);
  });

  it('counts pieces by net content, both ways', () => {
    const fiveKilograms = parseQuantity({ value: '5', unit: 'KGM' });
    const packs = parseQuantity({ value: '13', unit: 'H87' });
    const weight = convert(packs, 'MASS', fiveKilograms);
    expect(weight.amount).toBe(65_000_000n);
    expect(convert(weight, 'COUNT', fiveKilograms)).toEqual(packs);
  });

  it('refuses to guess a density, a net content, or a part of a pack', () => {
    const kilogram = parseQuantity({ value: '1', unit: 'KGM' });
    expect(codeOf(() => convert(kilogram, 'VOLUME', null))).toBe('UNIT_MISMATCH');
    expect(codeOf(() => convert(kilogram, 'COUNT', null))).toBe('NET_CONTENT_MISSING');
    expect(codeOf(() => convert(kilogram, 'COUNT', parseQuantity({ value: '5', unit: 'KGM' })))).toBe('QUANTITY_OUT_OF_RANGE');
  });
});
