/**
 * What may be recorded of money (income.md, 1). Nothing is edited: a payment that settles takes part of what is owed or on its way, one that
 * reverses undoes another whole, an offset repays a loan between the same two. Each of them names what it works on, and is refused where that
 * does not bear it.
 */
import { DomainError } from '../kernel/errors.js';
import type { Party } from './party.js';
import { partyKey } from './party.js';
import type { PaymentKind, PaymentStatus } from './payment.js';
import { isGrant, isLoan, mayFollow, RECORDABLE_STATUSES } from './payment.js';

/** A payment as it stands when another one names it. */
export interface NamedPayment {
  readonly id: string;
  readonly kind: PaymentKind;
  readonly payer: Party;
  readonly payee: Party;
  readonly currency: string;
  readonly status: PaymentStatus;
  /** As it was recorded. */
  readonly amountMinor: bigint;
  /** Of that: neither settled by others, nor taken off advances, nor (of a loan) repaid. */
  readonly openMinor: bigint;
  /** The payment that this one reverses, where it is a reversal. */
  readonly reverses: string | null;
}

/** What is about to be recorded. */
export interface GivenPayment {
  readonly kind: PaymentKind;
  readonly payer: Party;
  readonly payee: Party;
  readonly currency: string;
  readonly status: PaymentStatus;
  readonly amountMinor: bigint;
}

/** Throws BAD_INPUT for a status that a client cannot state, TRADE_WITH_ONESELF. */
export function requireRecordable(payment: Pick<GivenPayment, 'status' | 'payer' | 'payee'>): void {
  if (!RECORDABLE_STATUSES.includes(payment.status)) {
    throw new DomainError('BAD_INPUT', { status: payment.status, expected: RECORDABLE_STATUSES.join(', ') }, ['status']);
  }
  if (partyKey(payment.payer) === partyKey(payment.payee)) throw new DomainError('TRADE_WITH_ONESELF', {}, ['payee']);
}

/**
 * Money for what is payable, or the payer's evidence for what a collector has. Throws PAYMENT_STATUS_ORDER where nothing is open to be settled so,
 * CURRENCY_MISMATCH, AMOUNT_OUT_OF_RANGE for more than the open rest, BAD_INPUT for another payee.
 */
export function requireSettlement(payable: NamedPayment, payment: Omit<GivenPayment, 'kind'>): void {
  const { status } = payable;
  const waiting = status === 'PAYABLE' || status === 'HANDED_OVER';
  if (!waiting || payable.reverses !== null || !mayFollow(status, payment.status)) {
    throw new DomainError('PAYMENT_STATUS_ORDER', { from: status, to: payment.status }, ['settles']);
  }
  if (payable.currency !== payment.currency) {
    throw new DomainError('CURRENCY_MISMATCH', { currencies: `${payable.currency} ${payment.currency}` }, ['amount']);
  }
  if (payment.amountMinor > payable.openMinor) {
    throw new DomainError('AMOUNT_OUT_OF_RANGE', { amountMinor: payment.amountMinor, openMinor: payable.openMinor }, ['amount']);
  }
  if (partyKey(payment.payee) !== partyKey(payable.payee))
    throw new DomainError('BAD_INPUT', { expected: 'the payee of the payable' }, ['payee']);
}

/**
 * Undoes a payment whole. Throws PAYMENT_STATUS_ORDER for what is reversed already or is a reversal itself, CURRENCY_MISMATCH, BAD_INPUT for
 * other parties, AMOUNT_OUT_OF_RANGE for another amount, and for a loan of which something was repaid: that must be undone first.
 */
export function requireReversal(original: NamedPayment, reversal: Omit<GivenPayment, 'kind' | 'status'>): void {
  if (original.status === 'REVERSED' || original.reverses !== null) {
    throw new DomainError('PAYMENT_STATUS_ORDER', { from: original.status, to: 'REVERSED' }, ['reverses']);
  }
  if (original.currency !== reversal.currency) {
    throw new DomainError('CURRENCY_MISMATCH', { currencies: `${original.currency} ${reversal.currency}` }, ['amount']);
  }
  const parties = (one: Pick<GivenPayment, 'payer' | 'payee'>): string => [partyKey(one.payer), partyKey(one.payee)].sort().join(' ');
  if (parties(original) !== parties(reversal))
    throw new DomainError('BAD_INPUT', { expected: 'the parties of what is reversed' }, ['payee']);
  if (reversal.amountMinor !== original.amountMinor || (isLoan(original.kind) && original.openMinor < original.amountMinor)) {
    const detail = {
      amountMinor: reversal.amountMinor,
      reversibleMinor: isLoan(original.kind) ? original.openMinor : original.amountMinor,
    };
    throw new DomainError('AMOUNT_OUT_OF_RANGE', detail, ['amount']);
  }
}

/** One part of a payment that repays a loan. */
export interface Offset {
  readonly advance: NamedPayment;
  readonly amountMinor: bigint;
}

/**
 * Answers how much of the payment repays loans. Throws OFFSET_INVALID for what is no loan that has reached the payee, for a loan between others or
 * in another currency, for more than is open of it, for one named twice, and for more than the payment itself.
 */
export function offsetsMinor(payment: GivenPayment, offsets: readonly Offset[]): bigint {
  let total = 0n;
  for (const [place, { advance, amountMinor }] of offsets.entries()) {
    const refused = (reason: string): DomainError =>
      new DomainError('OFFSET_INVALID', { reason, advanceId: advance.id, amountMinor, openMinor: advance.openMinor }, [
        'offsets',
        String(place),
      ]);
    if (isLoan(payment.kind) || isGrant(payment.kind)) throw refused('a loan or a grant repays nothing');
    if (!isLoan(advance.kind)) throw refused('not a loan');
    if (advance.status !== 'PAID' && advance.status !== 'CONFIRMED') throw refused('it has not reached the payee');
    if (partyKey(advance.payer) !== partyKey(payment.payer) || partyKey(advance.payee) !== partyKey(payment.payee)) {
      throw refused('it is between others');
    }
    if (advance.currency !== payment.currency) throw refused('it is in another currency');
    if (offsets.findIndex((one) => one.advance.id === advance.id) < place) throw refused('it is named twice');
    if (amountMinor <= 0n || amountMinor > advance.openMinor) throw refused('more than is open of it, or nothing');
    total += amountMinor;
  }
  if (total > payment.amountMinor) {
    throw new DomainError('OFFSET_INVALID', { reason: 'more than the payment', offsetMinor: total, amountMinor: payment.amountMinor }, [
      'offsets',
    ]);
  }
  return total;
}
