import { describe, expect, it } from '@jest/globals';
import type { ChainedJournal } from './journal-chain.js';
import { CHAIN_START, nextLink } from './journal-chain.js';

const journal = (id: string, amount = 400n): ChainedJournal => ({
  id,
  book: 'PAYMENT',
  currency: 'CNY',
  cause: `payment ${id}`,
  accounts: ['a', 'b'],
  amountsMinor: [amount, -amount],
  recordedAt: '2026-11-25T08:00:00.000Z',
});
const chain = (journals: readonly ChainedJournal[]): string => journals.reduce(nextLink, CHAIN_START);

describe('the chain over journals', () => {
  it('ends otherwise when a journal is changed, dropped, or moved', () => {
    const journals = [journal('1'), journal('2'), journal('3')];
    const end = chain(journals);
    expect(chain([...journals])).toBe(end);
    expect(chain([journal('1'), journal('2', 401n), journal('3')])).not.toBe(end);
    expect(chain([journal('1'), journal('3')])).not.toBe(end);
    expect(chain([journal('2'), journal('1'), journal('3')])).not.toBe(end);
  });
});
