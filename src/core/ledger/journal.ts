/**
 * A journal: amounts of one currency on accounts, which add up to zero (income.md, 3). Balanced, or it does not exist: the only way to a
 * Journal is the function below, and what it refuses is a defect of ours, never a caller's mistake.
 */
import { assert } from '../kernel/assert.js';

export interface JournalEntry {
  readonly account: string;
  /** Signed, never zero. */
  readonly amountMinor: bigint;
}

declare const balanced: unique symbol;

export interface Journal {
  readonly currency: string;
  /** In the order of their accounts, each account once. */
  readonly entries: readonly JournalEntry[];
  readonly [balanced]: true;
}

/** Throws BrokenInvariant unless entries are there, none is zero, each account stands once, and all add up to zero. */
export function journal(input: { readonly currency: string; readonly entries: readonly JournalEntry[] }): Journal {
  const { currency, entries } = input;
  assert(entries.length > 0, 'A journal has entries.');
  assert(
    entries.every((entry) => entry.amountMinor !== 0n),
    'No entry of a journal is zero.',
  );
  assert(new Set(entries.map((entry) => entry.account)).size === entries.length, 'Each account stands in a journal once.');
  assert(entries.reduce((total, entry) => total + entry.amountMinor, 0n) === 0n, 'The entries of a journal add up to zero.');
  const sorted = entries.map(({ account, amountMinor }) => ({ account, amountMinor })).sort((a, b) => (a.account < b.account ? -1 : 1));
  return { currency, entries: sorted } as unknown as Journal;
}
