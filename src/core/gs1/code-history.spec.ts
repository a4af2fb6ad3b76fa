import { describe, expect, it } from '@jest/globals';
import { assignGtin, assignLot, gtinAt, productOf } from './code-history.js';

const OLD = '04012345111118';
const NEW = '04012345000009';
const HISTORY = [
  { gtin: OLD, productId: 'rice', fromMs: 100 },
  { gtin: NEW, productId: 'rice', fromMs: 200 },
] as const;
const reused = expect.objectContaining({ code: 'CODE_REUSED' });

describe('a GTIN', () => {
  it('names the product that was printed under it, whatever it is printed under now', () => {
    expect([99, 100, 199, 200, 999].map((at) => gtinAt(HISTORY, 'rice', at))).toEqual([null, OLD, OLD, NEW, NEW]);
    expect([OLD, NEW, '04012345999990'].map((gtin) => productOf(HISTORY, gtin))).toEqual(['rice', 'rice', null]);
    expect(gtinAt(HISTORY, 'bran', 200)).toBeNull();
  });

  it('is corrected by what is recorded later for the same moment', () => {
    expect(gtinAt([...HISTORY, { gtin: OLD, productId: 'rice', fromMs: 200 }], 'rice', 300)).toBe(OLD);
  });

  it('is never given to another product, and may come back to its own', () => {
    expect(() => assignGtin(HISTORY, { gtin: '4012345111118', productId: 'bran', fromMs: 300 })).toThrow(reused);
    expect(assignGtin(HISTORY, { gtin: '4012345111118', productId: 'rice', fromMs: 300 })).toEqual({
      gtin: OLD,
      productId: 'rice',
      fromMs: 300,
    });
  });
});

describe('a lot', () => {
  const printed = [{ gtin: OLD, lot: 'A', batchId: 'one' }];

  it('is one batch under its GTIN, and may be another under another', () => {
    expect(() => assignLot(printed, { gtin: OLD, lot: 'A', batchId: 'two' })).toThrow(reused);
    expect(assignLot(printed, { gtin: '4012345111118', lot: 'A', batchId: 'one' })).toEqual(printed[0]);
    expect(assignLot(printed, { gtin: NEW, lot: 'A', batchId: 'two' }).batchId).toBe('two');
    expect(assignLot(printed, { gtin: OLD, lot: 'a', batchId: 'two' }).lot).toBe('a');
  });
});
