/**
 * A balance case: more was taken from a batch than its holder had. It happened, so it is recorded and not refused; but goods do not come from nothing, so
 * the missing quantity counts as of unknown origin until somebody says where it came from, and there is a day by which that is due. What arrives in the batch
 * afterwards for its holder (a delivery recorded late) settles the oldest case first.
 */
import { assert } from '../kernel/assert.js';
import type { Overdraw } from './stock.js';

/** Long enough for a phone that was offline and a market day; the figures of a month still see it. */
export const BALANCE_CASE_DAYS = 14;
const DAY_MS = 86_400_000;

/** How a case came to its end: late goods, an error declared elsewhere, or nobody knows and a person says so. */
export type SettlementCause = 'LATE_GOODS' | 'CORRECTION' | 'ACCEPTED_UNKNOWN';

export interface Settlement {
  readonly cause: SettlementCause;
  /** Greater than zero. */
  readonly quantity: bigint;
  readonly atMs: number;
}

export interface BalanceCase extends Overdraw {
  readonly id: string;
  readonly openedAtMs: number;
  readonly settlements: readonly Settlement[];
}

export type BalanceCaseStatus = 'OPEN' | 'OVERDUE' | 'SETTLED';

/** Milliseconds since 1970: when an answer is due. */
export function dueAtMs(one: BalanceCase): number {
  return one.openedAtMs + BALANCE_CASE_DAYS * DAY_MS;
}

/** What still has no origin. */
export function openQuantity(one: BalanceCase): bigint {
  return one.settlements.reduce((rest, { quantity }) => rest - quantity, one.missing);
}

export function statusOf(one: BalanceCase, nowMs: number): BalanceCaseStatus {
  if (openQuantity(one) === 0n) return 'SETTLED';
  return nowMs > dueAtMs(one) ? 'OVERDUE' : 'OPEN';
}

/** What counts as of unknown origin, for good or for now: a person who accepts the unknown does not make it known. */
export function unknownQuantity(one: BalanceCase): bigint {
  return one.settlements.reduce((rest, { cause, quantity }) => (cause === 'ACCEPTED_UNKNOWN' ? rest : rest - quantity), one.missing);
}

/** The case with one settlement more, of all that is open or of less. */
export function settle(one: BalanceCase, settlement: Settlement): BalanceCase {
  assert(settlement.quantity > 0n && settlement.quantity <= openQuantity(one), 'A case is settled as far as it is open.');
  return { ...one, settlements: [...one.settlements, settlement] };
}

/**
 * Goods that came into a batch for a holder settle its open cases there, the oldest first: the cases that changed, and what of the goods is left to be taken.
 */
export function settleByLateGoods(
  cases: readonly BalanceCase[],
  arrived: { readonly batchId: string; readonly holderId: string; readonly quantity: bigint; readonly atMs: number },
): { readonly changed: readonly BalanceCase[]; readonly left: bigint } {
  const own = cases
    .filter((one) => one.batchId === arrived.batchId && one.holderId === arrived.holderId && openQuantity(one) > 0n)
    .sort((a, b) => a.openedAtMs - b.openedAtMs || (a.id < b.id ? -1 : 1));
  const changed: BalanceCase[] = [];
  let left = arrived.quantity;
  for (const one of own) {
    if (left === 0n) break;
    const open = openQuantity(one);
    const quantity = open < left ? open : left;
    changed.push(settle(one, { cause: 'LATE_GOODS', quantity, atMs: arrived.atMs }));
    left -= quantity;
  }
  return { changed, left };
}
