import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { HoldingState } from './stock.js';
import { recallScope } from './recall.js';

const holding = (id: string, over: Partial<HoldingState> = {}): HoldingState => ({
  id,
  kind: 'GOODS',
  batchId: 'rice',
  holderId: 'mill',
  facilityId: 'hall',
  version: 1,
  dimension: 'MASS',
  made: 100n,
  taken: 0n,
  inTransit: 0n,
  ...over,
});

describe('the scope of a recall', () => {
  it('names who holds how much, what is on the way and what was sold, each dimension for itself', () => {
    const holdings = [
      holding('h1', { taken: 60n, inTransit: 20n }),
      holding('h2', { batchId: 'packs', dimension: 'COUNT', made: 40n, taken: 10n }),
      holding('h3', { holderId: 'shop', facilityId: null, made: 30n, taken: 30n }),
      holding('h4', { batchId: 'elsewhere' }),
    ];
    const sold = new Map([
      ['h2', 10n],
      ['h3', 30n],
    ]);
    const mass = { dimension: 'MASS', available: 40n, inTransit: 20n };
    const count = { dimension: 'COUNT', available: 30n, inTransit: 0n, sold: 10n };
    expect(recallScope({ batchIds: ['rice', 'packs'], truncated: false }, holdings, sold)).toEqual({
      batchIds: ['rice', 'packs'],
      holders: [
        { holderId: 'mill', facilityId: 'hall', batchIds: ['packs', 'rice'], quantities: [count, { ...mass, sold: 0n }] },
        {
          holderId: 'shop',
          facilityId: null,
          batchIds: ['rice'],
          quantities: [{ dimension: 'MASS', available: 0n, inTransit: 0n, sold: 30n }],
        },
      ],
      totals: [count, { ...mass, sold: 30n }],
      truncated: false,
    });
  });

  it('leaves out no quantity of the batches it names, and says when the trace was cut', () => {
    const states = fc.array(
      fc.record({
        holder: fc.constantFrom('a', 'b', 'c'),
        batch: fc.constantFrom('x', 'y', 'z'),
        made: fc.bigInt(0n, 9n),
        sold: fc.bigInt(0n, 3n),
      }),
    );
    fc.assert(
      fc.property(states, fc.subarray(['x', 'y', 'z']), (list, batchIds) => {
        const holdings = list.map(({ holder, batch, made }, i) => holding(`h${i}`, { holderId: holder, batchId: batch, made }));
        const sold = new Map(list.map((one, i) => [`h${i}`, one.sold]));
        const scope = recallScope({ batchIds, truncated: true }, holdings, sold);
        const named = list.filter(({ batch }) => batchIds.includes(batch));
        const sum = (numbers: readonly bigint[]): bigint => numbers.reduce((a, b) => a + b, 0n);
        const ofHolders = scope.holders.flatMap(({ quantities }) => quantities);
        expect(sum(ofHolders.map(({ available }) => available))).toBe(sum(named.map(({ made }) => made)));
        expect(sum(scope.totals.map((total) => total.sold))).toBe(sum(named.map((one) => one.sold)));
        expect(scope.truncated).toBe(true);
      }),
    );
  });
});
