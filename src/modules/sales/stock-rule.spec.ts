import { describe, expect, it } from '@jest/globals';
import type { BatchFacts } from '../traceability/index.js';
import type { Proposable } from './stock-rule.js';
import { availableTo, inOrder, proposalsOf } from './stock-rule.js';

const batch = (id: string, day: number, productId = 'rice'): BatchFacts => ({
  id,
  productId,
  gtin: '',
  lot: id,
  digitalLink: '',
  shortCode: '',
  organisationId: 'coop',
  createdAt: new Date(Date.UTC(2026, 4, day)),
});
const line = (stockRule: Proposable['stockRule'], batchIds: string[], amount = 10n, lineId = 'line'): Proposable => ({
  lineId,
  needs: [{ productId: 'rice', dimension: 'MASS', amount, revenueWeight: null }],
  stockRule,
  batchIds,
});
const idsOf = (batches: readonly BatchFacts[]): string[] => batches.map((one) => one.id);

describe('a stock rule', () => {
  const batches = [batch('young', 20), batch('old', 1), batch('middle', 10)];

  it('proposes the oldest first, by FIFO', () => {
    expect(idsOf(inOrder(line('FIFO', []), batches))).toEqual(['old', 'middle', 'young']);
  });

  it('proposes what the listing names, in its order, by CHOSEN', () => {
    expect(idsOf(inOrder(line('CHOSEN', ['middle', 'young']), batches))).toEqual(['middle', 'young']);
  });

  it('proposes nothing, by BY_RECEIPT', () => {
    expect(inOrder(line('BY_RECEIPT', ['old']), batches)).toEqual([]);
  });
});

describe('proposals', () => {
  const batches = [batch('first', 1), batch('honey', 2, 'honey'), batch('second', 3)];

  it('go from batch to batch as far as each reaches, and name no other product', () => {
    const left = new Map([
      ['first', 4n],
      ['honey', 99n],
      ['second', 99n],
    ]);
    expect(proposalsOf(line('CHOSEN', []), batches, left)).toEqual([
      { lineId: 'line', position: 0, batchId: 'first', quantity: 4n, dimension: 'MASS' },
      { lineId: 'line', position: 1, batchId: 'second', quantity: 6n, dimension: 'MASS' },
    ]);
  });

  it('promise the same stock to one line only', () => {
    const left = new Map([['first', 12n]]);
    expect(proposalsOf(line('CHOSEN', []), batches, left).map((one) => one.quantity)).toEqual([10n]);
    expect(proposalsOf(line('CHOSEN', [], 10n, 'next'), batches, left).map((one) => one.quantity)).toEqual([2n]);
  });

  it('count what the seller holds, over all holdings, and nobody else', () => {
    const holding = { batchId: 'first', facilityId: null, version: 0, dimension: 'MASS' as const, made: 9n, inTransit: false };
    const left = availableTo('coop', [
      { ...holding, id: 'a', holderId: 'coop', available: 3n },
      { ...holding, id: 'b', holderId: 'coop', available: 2n },
      { ...holding, id: 'c', holderId: 'mill', available: 7n },
    ]);
    expect(left).toEqual(new Map([['first', 5n]]));
  });
});
