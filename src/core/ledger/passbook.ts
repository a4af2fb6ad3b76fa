/**
 * A passbook (存折, carnet): what a household was promised, what is on its way, what has reached it and what it owes, entry by entry with the
 * balances after each, as a bank would print it (income.md, 3: the payment book alone makes it). Balances are those of the household's accounts:
 * a payment to it adds, a payment by it takes off.
 */
import { AccountSums, paymentAccount } from './account.js';
import type { AccountClass, AccountState, BookedPayment } from './account.js';
import { partyKey } from './party.js';
import type { Party } from './party.js';

/** In minor units of one currency. */
export interface PassbookBalance {
  /** Promised and not paid. */
  readonly owedMinor: bigint;
  /** With a collector. */
  readonly handedOverMinor: bigint;
  /** All that ever reached it, less what it paid itself. */
  readonly reachedMinor: bigint;
  /** Advances and input credit that it has not repaid. */
  readonly loanMinor: bigint;
  /** Subsidies and donations that reached it: never part of a sale. */
  readonly grantMinor: bigint;
}

export const EMPTY_BALANCE: PassbookBalance = { owedMinor: 0n, handedOverMinor: 0n, reachedMinor: 0n, loanMinor: 0n, grantMinor: 0n };

/** One fact: how a payment stood before it, and how after it; null: not at all. */
export interface PassbookFact {
  readonly before: BookedPayment | null;
  readonly after: BookedPayment | null;
}

/** What a fact moves on the accounts of one party. */
export function movementOf(owner: Party, { before, after }: PassbookFact): PassbookBalance {
  const sums = new AccountSums();
  if (before) sums.addPayment(before, -1n);
  if (after) sums.addPayment(after);
  const moved = new Map(sums.entries().map(({ account, amountMinor }) => [account, amountMinor]));
  const on = (accountClass: AccountClass, state: AccountState): bigint =>
    moved.get(paymentAccount(partyKey(owner), accountClass, state)) ?? 0n;
  return {
    owedMinor: on('INCOME', 'PAYABLE'),
    handedOverMinor: on('INCOME', 'HANDED_OVER'),
    reachedMinor: on('INCOME', 'REACHED'),
    loanMinor: on('LOAN', 'REACHED'),
    grantMinor: on('GRANT', 'REACHED'),
  };
}

export function plus(a: PassbookBalance, b: PassbookBalance): PassbookBalance {
  return {
    owedMinor: a.owedMinor + b.owedMinor,
    handedOverMinor: a.handedOverMinor + b.handedOverMinor,
    reachedMinor: a.reachedMinor + b.reachedMinor,
    loanMinor: a.loanMinor + b.loanMinor,
    grantMinor: a.grantMinor + b.grantMinor,
  };
}

export interface PassbookEntry<Source> {
  readonly source: Source;
  readonly movement: PassbookBalance;
  /** After the entry. */
  readonly balance: PassbookBalance;
}

/** The entries in their order, each with the balance after it; the last one is the closing balance. */
export function passbook<Source>(
  opening: PassbookBalance,
  movements: readonly { readonly source: Source; readonly movement: PassbookBalance }[],
): PassbookEntry<Source>[] {
  let balance = opening;
  return movements.map(({ source, movement }) => {
    balance = plus(balance, movement);
    return { source, movement, balance };
  });
}
