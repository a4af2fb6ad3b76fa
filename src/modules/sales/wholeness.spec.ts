import { describe, expect, it } from '@jest/globals';
import { DomainError } from '../../core/kernel/errors.js';
import { parseQuantity } from '../../core/kernel/quantity.js';
import type { MeasuredProduct, Need } from './wholeness.js';
import { drawn, isWhole, requireRoom, rest } from './wholeness.js';

const kg = (value: string): bigint => parseQuantity({ value, unit: 'KGM' }).amount;
const rice: Need = { productId: 'rice', dimension: 'MASS', amount: kg('10'), revenueWeight: null };
const honey: Need = { productId: 'honey', dimension: 'COUNT', amount: 2n, revenueWeight: null };

const codeOf = (body: () => void): string | null => {
  try {
    body();
    return null;
  } catch (error) {
    return error instanceof DomainError ? error.code : 'no DomainError';
  }
};

describe('a line of a sale', () => {
  it('is whole when every component is allocated as it was sold', () => {
    const box = [rice, honey];
    expect(isWhole(box, [{ productId: 'rice', nominal: kg('10') }])).toBe(false);
    expect(
      isWhole(box, [
        { productId: 'rice', nominal: kg('4') },
        { productId: 'honey', nominal: 2n },
        { productId: 'rice', nominal: kg('6') },
      ]),
    ).toBe(true);
  });

  it('tells what is missing of each component', () => {
    expect(
      rest(rice, [
        { productId: 'rice', nominal: kg('4') },
        { productId: 'honey', nominal: 1n },
      ]),
    ).toBe(kg('6'));
  });

  it('takes exactly what was sold and not a milligram more', () => {
    const before = [{ productId: 'rice', nominal: kg('4') }];
    expect(codeOf(() => requireRoom([rice], before, { productId: 'rice', nominal: kg('6') }))).toBeNull();
    expect(codeOf(() => requireRoom([rice], before, { productId: 'rice', nominal: kg('6') + 1n }))).toBe('LINE_OVERALLOCATED');
  });

  it('takes no other product', () => {
    expect(codeOf(() => requireRoom([rice], [], { productId: 'honey', nominal: 1n }))).toBe('LOT_OF_ANOTHER_PRODUCT');
  });
});

describe('what a fulfilment draws', () => {
  const bulk: MeasuredProduct = { id: 'rice', dimension: 'MASS', netContent: null };
  const bagged: MeasuredProduct = { id: 'rice', dimension: 'MASS', netContent: parseQuantity({ value: '5', unit: 'KGM' }) };
  const line = { quantity: parseQuantity({ value: '2', unit: 'H87' }), needs: [rice] };

  it('is what was said, in the dimension of the product', () => {
    expect(drawn(line, bulk, parseQuantity({ value: '20', unit: 'jin' }), null)).toEqual({
      taken: { dimension: 'MASS', amount: kg('10') },
      nominal: kg('10'),
    });
    expect(drawn(line, bagged, parseQuantity({ value: '1', unit: 'H87' }), null)).toEqual({
      taken: { dimension: 'MASS', amount: kg('5') },
      nominal: kg('5'),
    });
  });

  it('cannot be told in pieces where the product has no net content', () => {
    expect(codeOf(() => drawn(line, bulk, parseQuantity({ value: '1', unit: 'H87' }), null))).toBe('NET_CONTENT_MISSING');
  });

  it('is the actual weight of weighed packs, which count by the piece', () => {
    const weight = parseQuantity({ value: '10.3', unit: 'KGM' });
    expect(drawn(line, bulk, parseQuantity({ value: '2', unit: 'H87' }), weight)).toEqual({
      taken: { dimension: 'MASS', amount: kg('10.3') },
      nominal: kg('10'),
    });
    expect(drawn(line, bulk, parseQuantity({ value: '1', unit: 'H87' }), weight).nominal).toBe(kg('5'));
  });

  it('counts a nominal weight as said, whatever the scale showed', () => {
    const weight = parseQuantity({ value: '9.9', unit: 'KGM' });
    expect(drawn(line, bulk, parseQuantity({ value: '10', unit: 'KGM' }), weight)).toEqual({
      taken: { dimension: 'MASS', amount: kg('9.9') },
      nominal: kg('10'),
    });
  });
});
