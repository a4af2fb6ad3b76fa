/**
 * The names of accounts, and what a fact of a payment moves between them (income.md, 3). Every account is somebody's, by pseudonym
 * (`{kind}:{id}`, as partyKey spells it).
 *
 * Payment book: `{party}/{class}/{state}`. Class: INCOME (it counts), LOAN (until offset nobody's income), GRANT (never part of a sale's share).
 * State: PAYABLE (owed), HANDED_OVER (with a collector: not reached), REACHED. A payee's account grows, the payer's of the same name shrinks by
 * the same amount; a later fact moves both from one state to the next. A household's passbook is its accounts of this book.
 *
 * Attribution book: `{party}`, or `{party}/{agreement}` for what stands under an agreement; `{seller}/SALES`, the pool that net amounts come
 * from; `{seller}/ROUNDING`, which takes what running totals have not yet rounded up, and gives what they have.
 */
import type { JournalEntry } from './journal.js';
import type { Party } from './party.js';
import { partyKey } from './party.js';
import type { Payment, PaymentKind, PaymentStatus } from './payment.js';
import { isGrant, isLoan, payableMinor, reachedMinor } from './payment.js';

export type AccountClass = 'INCOME' | 'LOAN' | 'GRANT';
export type AccountState = 'PAYABLE' | 'HANDED_OVER' | 'REACHED';

export function accountClass(kind: PaymentKind): AccountClass {
  return isLoan(kind) ? 'LOAN' : isGrant(kind) ? 'GRANT' : 'INCOME';
}

export function paymentAccount(partyKeyed: string, accountClass: AccountClass, state: AccountState): string {
  return `${partyKeyed}/${accountClass}/${state}`;
}

/** What of a payment stands on accounts. */
export interface BookedPayment {
  readonly payer: Party;
  readonly payee: Party;
  readonly kind: PaymentKind;
  readonly status: PaymentStatus;
  readonly amountMinor: bigint;
  readonly offsetMinor?: bigint;
  readonly admittedMinor?: bigint | null;
}

/** Signed sums by account, in which what cancels out disappears. */
export class AccountSums {
  private readonly sums = new Map<string, bigint>();

  add(account: string, amountMinor: bigint): void {
    const sum = (this.sums.get(account) ?? 0n) + amountMinor;
    if (sum === 0n) this.sums.delete(account);
    else this.sums.set(account, sum);
  }

  /** The payment as it stands; `times` −1 takes it off again. What it offsets is taken off the loan it repays. */
  addPayment(payment: BookedPayment, times: 1n | -1n = 1n): void {
    for (const [state, amountMinor] of standing(payment)) this.transfer(payment, accountClass(payment.kind), state, times * amountMinor);
    const repaid = payment.status === 'REVERSED' ? 0n : (payment.offsetMinor ?? 0n);
    this.transfer(payment, 'LOAN', 'REACHED', -times * repaid);
  }

  entries(): JournalEntry[] {
    return [...this.sums].map(([account, amountMinor]) => ({ account, amountMinor }));
  }

  private transfer({ payee, payer }: BookedPayment, accountClass: AccountClass, state: AccountState, amountMinor: bigint): void {
    if (amountMinor === 0n) return;
    this.add(paymentAccount(partyKey(payee), accountClass, state), amountMinor);
    this.add(paymentAccount(partyKey(payer), accountClass, state), -amountMinor);
  }
}

function standing(payment: BookedPayment): readonly (readonly [AccountState, bigint])[] {
  if (isLoan(payment.kind) || isGrant(payment.kind)) {
    // They count nowhere, and are booked all the same: what was lent must be found again.
    const counted = { ...payment, kind: 'PURCHASE' as const };
    return standing(counted);
  }
  const full: Payment = { ...NO_PAYMENT, ...payment, admittedMinor: payment.admittedMinor ?? null };
  return [
    ['REACHED', reachedMinor(full)],
    [payment.status === 'HANDED_OVER' ? 'HANDED_OVER' : 'PAYABLE', payableMinor(full)],
  ];
}

const NO_PAYMENT = { id: '', stepId: null, currency: '', paidOn: null, causeOn: '' } as const;

export function attributionAccount(payeeKey: string, agreementId: string | null): string {
  return agreementId === null ? payeeKey : `${payeeKey}/${agreementId}`;
}

export function poolAccount(sellerId: string): string {
  return `${partyKey({ kind: 'ORGANISATION', id: sellerId })}/SALES`;
}

export function roundingAccount(sellerId: string): string {
  return `${partyKey({ kind: 'ORGANISATION', id: sellerId })}/ROUNDING`;
}
