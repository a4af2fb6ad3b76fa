import type { JournalEntry } from '../../core/ledger/journal.js';
import type { Party } from '../../core/ledger/party.js';
import { partyKey } from '../../core/ledger/party.js';
import type { PaymentKind, PaymentStatus } from '../../core/ledger/payment.js';
import { isGrant, isLoan } from '../../core/ledger/payment.js';

/**
 * The names of accounts. Every account is somebody's, by pseudonym (`{kind}:{id}`, as partyKey spells it).
 *
 * Payment book: `{party}/{class}/{state}`. Class: INCOME (it counts), LOAN (until offset nobody's income), GRANT (never part of a sale's
 * share). State: PAYABLE (owed), HANDED_OVER (with a collector: not reached), REACHED. A payee's account grows, the payer's of the same name
 * shrinks by the same amount; a later fact moves both from one state to the next. A household's passbook is its accounts of this book.
 *
 * Attribution book: `{party}`, or `{party}/{agreement}` for what stands under an agreement; `{seller}/SALES`, the pool that net amounts
 * come from; `{seller}/ROUNDING`, which takes what running totals have not yet rounded up, and gives what they have.
 */
export function paymentAccount(party: Party, kind: PaymentKind, state: 'PAYABLE' | 'HANDED_OVER' | 'REACHED'): string {
  const kindClass = isLoan(kind) ? 'LOAN' : isGrant(kind) ? 'GRANT' : 'INCOME';
  return `${partyKey(party)}/${kindClass}/${state}`;
}

/** The entries of a payment's first fact; none where the amount is nothing. */
export function firstEntries(payment: {
  readonly payer: Party;
  readonly payee: Party;
  readonly kind: PaymentKind;
  readonly status: PaymentStatus;
  readonly amountMinor: bigint;
}): JournalEntry[] {
  if (payment.amountMinor === 0n) return [];
  const state = payment.status === 'PAYABLE' || payment.status === 'HANDED_OVER' ? payment.status : 'REACHED';
  return [
    { account: paymentAccount(payment.payee, payment.kind, state), amountMinor: payment.amountMinor },
    { account: paymentAccount(payment.payer, payment.kind, state), amountMinor: -payment.amountMinor },
  ];
}

/**
 * The entries of a payment that settles a payable: both accounts move from owed to the new state. A payer may be another than the one who
 * owed (a cooperative pays for its mill), therefore the debt is taken off the accounts of the payable.
 */
export function settlingEntries(
  payment: Parameters<typeof firstEntries>[0],
  payable: { readonly payer: Party; readonly payee: Party; readonly kind: PaymentKind },
): JournalEntry[] {
  const moved = new Map<string, bigint>();
  const owed = firstEntries({ ...payable, status: 'PAYABLE', amountMinor: -payment.amountMinor });
  for (const { account, amountMinor } of [...firstEntries(payment), ...owed]) moved.set(account, (moved.get(account) ?? 0n) + amountMinor);
  return [...moved].filter(([, amountMinor]) => amountMinor !== 0n).map(([account, amountMinor]) => ({ account, amountMinor }));
}

export function attributionAccount(payeeKey: string, agreementId: string | null): string {
  return agreementId === null ? payeeKey : `${payeeKey}/${agreementId}`;
}

export function poolAccount(sellerId: string): string {
  return `${partyKey({ kind: 'ORGANISATION', id: sellerId })}/SALES`;
}

export function roundingAccount(sellerId: string): string {
  return `${partyKey({ kind: 'ORGANISATION', id: sellerId })}/ROUNDING`;
}
