/**
 * Integer money from exact amounts, without drift (income.md, 3): what is posted is the change of the rounded running total, never a rounded
 * sale. So |exact − posted| ≤ ½ minor unit for ever, whatever the order or number of sales; a rounding account takes the rest of each pass.
 * Sale by sale, ten thousand sales of 3 fen at 75 to 25 would give the second payee nothing, or a third too much.
 */
import { assert } from '../kernel/assert.js';
import { divideHalfEven } from '../kernel/fraction.js';
import type { JournalEntry } from '../ledger/journal.js';
import { SCALE } from './coefficient.js';

export interface RunningTotal {
  /** E: all that was ever accrued, minor units × SCALE. */
  readonly exactScaled: bigint;
  /** P: all that was ever posted, minor units. */
  readonly postedMinor: bigint;
}

export const EMPTY_TOTAL: RunningTotal = { exactScaled: 0n, postedMinor: 0n };

/** target = roundHalfEven(E + delta); posts target − P. A delta of zero posts nothing. */
export function accrue(total: RunningTotal, deltaScaled: bigint): { readonly total: RunningTotal; readonly postMinor: bigint } {
  const exactScaled = total.exactScaled + deltaScaled;
  const postedMinor = divideHalfEven(exactScaled, SCALE);
  return { total: { exactScaled, postedMinor }, postMinor: postedMinor - total.postedMinor };
}

export interface PassInput {
  /** By account; an account that is absent starts at nothing. */
  readonly totals: ReadonlyMap<string, RunningTotal>;
  /** By account: what the pass adds, minor units × SCALE. */
  readonly deltas: ReadonlyMap<string, bigint>;
  /** What the pass divides, minor units (Σ R of its lines); negative for refunds. */
  readonly poolMinor: bigint;
  /** The account the pool comes from. */
  readonly poolAccount: string;
  readonly roundingAccount: string;
}

export interface Pass {
  /** The running totals that the pass touched, as they stand after it. */
  readonly totals: ReadonlyMap<string, RunningTotal>;
  /** Balanced, in the order of their accounts; empty where there is nothing to post. Σ posts + rounding = pool. */
  readonly entries: readonly JournalEntry[];
}

/** One pass over many lines as the entries of one journal. */
export function postPass(input: PassInput): Pass {
  const { poolAccount, roundingAccount, poolMinor } = input;
  assert(poolAccount !== roundingAccount, 'Pool and rounding are two accounts.');
  assert(!input.deltas.has(poolAccount) && !input.deltas.has(roundingAccount), 'No payee shares an account with pool or rounding.');
  const totals = new Map<string, RunningTotal>();
  const entries: JournalEntry[] = [];
  let rounding = poolMinor;
  for (const [account, deltaScaled] of input.deltas) {
    const { total, postMinor } = accrue(input.totals.get(account) ?? EMPTY_TOTAL, deltaScaled);
    totals.set(account, total);
    entries.push({ account, amountMinor: postMinor });
    rounding -= postMinor;
  }
  entries.push({ account: roundingAccount, amountMinor: rounding }, { account: poolAccount, amountMinor: -poolMinor });
  return {
    totals,
    entries: entries.filter((entry) => entry.amountMinor !== 0n).sort((a, b) => (a.account < b.account ? -1 : 1)),
  };
}
