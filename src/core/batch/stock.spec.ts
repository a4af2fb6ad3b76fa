import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError } from '../kernel/errors.js';
import type { HoldingState } from './stock.js';
import { Stock } from './stock.js';

const holding = (over: Partial<HoldingState> = {}): HoldingState => ({
  id: 'h1',
  kind: 'GOODS',
  batchId: 'b1',
  holderId: 'cooperative',
  facilityId: null,
  version: 1,
  dimension: 'MASS',
  made: 100n,
  taken: 0n,
  inTransit: 0n,
  ...over,
});

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('stock', () => {
  it('takes the oldest holding first and the next one for the rest', () => {
    const stock = new Stock([holding({ id: 'new', version: 2, made: 50n }), holding({ id: 'old', made: 30n })]);
    expect(stock.takeBatch('b1', 'cooperative', 40n)).toEqual([
      { holdingId: 'old', quantity: 30n },
      { holdingId: 'new', quantity: 10n },
    ]);
  });

  it('refuses more than is there, and then leaves everything as it was', () => {
    const stock = new Stock([holding()]);
    expect(codeOf(() => stock.takeBatch('b1', 'cooperative', 101n))).toBe('BATCH_OVERDRAWN');
    expect(stock.changed()).toEqual([]);
  });

  it('takes more than is there where that is what happened, and tells what is missing', () => {
    const stock = new Stock([holding({ taken: 60n })]);
    expect(stock.takeBatchOrUnknown('b1', 'cooperative', 50n, 'u')).toEqual({
      inputs: [
        { holdingId: 'h1', quantity: 40n },
        { holdingId: 'u', quantity: 10n },
      ],
      overdraw: { batchId: 'b1', holderId: 'cooperative', dimension: 'MASS', missing: 10n },
    });
    expect(stock.get('u')).toMatchObject({ kind: 'POOL', batchId: null, made: 10n, taken: 10n });
    expect(stock.takeBatchOrUnknown('b1', 'cooperative', 5n, 'v').inputs).toEqual([{ holdingId: 'v', quantity: 5n }]);
    expect(new Stock([holding()]).takeBatchOrUnknown('b1', 'cooperative', 50n, 'u')).toMatchObject({ overdraw: null });
    expect(codeOf(() => stock.takeBatchOrUnknown('b1', 'mill', 1n, 'w'))).toBe('CUSTODY_WRONG');
  });

  it('refuses the goods of somebody else', () => {
    expect(codeOf(() => new Stock([holding()]).takeBatch('b1', 'mill', 1n))).toBe('CUSTODY_WRONG');
  });

  it('raises a season that gives more than was expected', () => {
    const stock = new Stock([holding({ kind: 'SEASON', batchId: null })]);
    expect(stock.drawSeason('h1', 90n)).toBeNull();
    expect(stock.drawSeason('h1', 20n)).toBe(110n);
  });

  it('gives a second holding of one batch in one hand the next version', () => {
    const stock = new Stock([holding()]);
    stock.make({ id: 'h2', kind: 'GOODS', batchId: 'b1', holderId: 'cooperative', facilityId: null, dimension: 'MASS' }, 5n);
    expect(stock.get('h2').version).toBe(2);
  });

  it('takes exactly what was asked for, never beyond what a holding has', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt(1n, 1_000n), { minLength: 1, maxLength: 6 }), fc.bigInt(1n, 6_000n), (amounts, asked) => {
        const stock = new Stock(amounts.map((made, i) => holding({ id: `h${i}`, version: i + 1, made })));
        const total = amounts.reduce((a, b) => a + b, 0n);
        if (asked > total) return codeOf(() => stock.takeBatch('b1', 'cooperative', asked)) === 'BATCH_OVERDRAWN';
        const inputs = stock.takeBatch('b1', 'cooperative', asked);
        const sum = inputs.reduce((a, input) => a + input.quantity, 0n);
        return sum === asked && stock.changed().every((state) => state.taken <= state.made);
      }),
    );
  });
});
