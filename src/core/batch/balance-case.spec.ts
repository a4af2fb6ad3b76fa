import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BrokenInvariant } from '../kernel/assert.js';
import type { BalanceCase } from './balance-case.js';
import { BALANCE_CASE_DAYS, dueAtMs, openQuantity, settle, settleByLateGoods, statusOf, unknownQuantity } from './balance-case.js';

const caseOf = (over: Partial<BalanceCase> = {}): BalanceCase => ({
  id: 'c1',
  batchId: 'paddy',
  holderId: 'mill',
  dimension: 'MASS',
  missing: 10n,
  openedAtMs: 1_000,
  settlements: [],
  ...over,
});

describe('a balance case', () => {
  it('is open until its day, overdue after it, and settled when nothing is missing any more', () => {
    const one = caseOf();
    expect([dueAtMs(one), dueAtMs(one) + 1].map((now) => statusOf(one, now))).toEqual(['OPEN', 'OVERDUE']);
    expect(dueAtMs(one) - one.openedAtMs).toBe(BALANCE_CASE_DAYS * 86_400_000);
    const settled = settle(settle(one, { cause: 'CORRECTION', quantity: 4n, atMs: 2 }), { cause: 'LATE_GOODS', quantity: 6n, atMs: 3 });
    expect([statusOf(settled, dueAtMs(one) + 1), openQuantity(settled), unknownQuantity(settled)]).toEqual(['SETTLED', 0n, 0n]);
  });

  it('that a person closes as unknown stays of unknown origin', () => {
    const accepted = settle(caseOf(), { cause: 'ACCEPTED_UNKNOWN', quantity: 10n, atMs: 2 });
    expect([statusOf(accepted, 2), openQuantity(accepted), unknownQuantity(accepted)]).toEqual(['SETTLED', 0n, 10n]);
  });

  it('is never settled beyond what is open', () => {
    for (const quantity of [0n, 11n, -1n]) {
      expect(() => settle(caseOf(), { cause: 'CORRECTION', quantity, atMs: 2 })).toThrow(BrokenInvariant);
    }
  });

  it('is settled by late goods of its batch and holder, the oldest first, and the rest of them is there to be taken', () => {
    const cases = [
      caseOf({ id: 'young', openedAtMs: 9 }),
      caseOf({ id: 'old', openedAtMs: 1, missing: 7n }),
      caseOf({ id: 'other batch', batchId: 'rice' }),
      caseOf({ id: 'other hand', holderId: 'cooperative' }),
      caseOf({ id: 'closed', settlements: [{ cause: 'CORRECTION', quantity: 10n, atMs: 1 }] }),
    ];
    const goods = (quantity: bigint) => settleByLateGoods(cases, { batchId: 'paddy', holderId: 'mill', quantity, atMs: 5 });
    expect(goods(9n).changed.map((one) => [one.id, openQuantity(one)])).toEqual([
      ['old', 0n],
      ['young', 8n],
    ]);
    expect([goods(9n).left, goods(20n).left]).toEqual([0n, 3n]);
    fc.assert(
      fc.property(fc.bigInt(0n, 40n), (quantity) => {
        const { changed, left } = goods(quantity);
        const settled = changed.reduce((sum, one) => sum + one.settlements.reduce((own, { quantity: part }) => own + part, 0n), 0n);
        return settled + left === quantity;
      }),
    );
  });
});
