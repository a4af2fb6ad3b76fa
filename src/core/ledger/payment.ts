/**
 * What of a payment counts (income.md, 1 and 3). "Counted" stands on both sides of a margin: promised, on its way, or there. "Reached" is only
 * what the payer has evidence for or the payee has confirmed, and what repaid an advance. Loans are nobody's income until offset, grants are
 * no part of a sale.
 * Counted = reached + payable, always: money handed to a collector has not reached the household, and must not vanish between the two.
 */
import { assert } from '../kernel/assert.js';
import { DomainError } from '../kernel/errors.js';
import type { Party } from './party.js';

export type PaymentKind =
  | 'PURCHASE'
  | 'SECOND_PAYMENT'
  | 'PREMIUM'
  | 'REVENUE_SHARE'
  | 'FLOOR_TOP_UP'
  | 'WAGE'
  | 'LAND_RENT'
  | 'DIVIDEND'
  | 'INPUT'
  | 'TRADE'
  | 'SERVICE'
  | 'COMMISSION'
  | 'FREIGHT'
  | 'FEE'
  | 'TAX'
  | 'ADVANCE'
  | 'INPUT_CREDIT'
  | 'SUBSIDY'
  | 'DONATION';

export type PaymentStatus = 'PAYABLE' | 'HANDED_OVER' | 'PAID' | 'CONFIRMED' | 'DISPUTED' | 'REVERSED';

export type PaymentMethod = 'CASH' | 'BANK' | 'MOBILE_MONEY' | 'CHEQUE' | 'OFFSET' | 'IN_KIND';

export interface Payment {
  readonly id: string;
  /** The step that caused it; null where the sale itself did. */
  readonly stepId: string | null;
  readonly kind: PaymentKind;
  readonly payer: Party;
  readonly payee: Party;
  /** Not negative, in the currency's minor unit. */
  readonly amountMinor: bigint;
  /** ISO 4217. */
  readonly currency: string;
  readonly status: PaymentStatus;
  /**
   * Of the amount: taken off earlier advances, so it was in the payee's hands before. Reached when recorded, whatever the rest waits for.
   * Nothing where it is absent.
   */
  readonly offsetMinor?: bigint;
  /** Of a disputed payment: what the payee admits to have received, what was taken off advances included; at most the amount. */
  readonly admittedMinor: bigint | null;
  /** Local day (2026-05-26) on which it was paid, where that is known. */
  readonly paidOn: string | null;
  /** Local day of its cause. */
  readonly causeOn: string;
}

const FOLLOWERS: Readonly<Record<PaymentStatus, readonly PaymentStatus[]>> = {
  PAYABLE: ['HANDED_OVER', 'PAID', 'REVERSED'],
  // The payee's own word outranks the missing evidence of the collector.
  HANDED_OVER: ['PAID', 'CONFIRMED', 'DISPUTED', 'REVERSED'],
  PAID: ['CONFIRMED', 'DISPUTED', 'REVERSED'],
  CONFIRMED: ['REVERSED'],
  // A dispute ends when the payee confirms after all.
  DISPUTED: ['CONFIRMED', 'REVERSED'],
  REVERSED: [],
};

/** The statuses a client may state when recording; the others come by confirmation, dispute and reversal. */
export const RECORDABLE_STATUSES: readonly PaymentStatus[] = ['PAYABLE', 'HANDED_OVER', 'PAID'];

export function isLoan(kind: PaymentKind): boolean {
  return kind === 'ADVANCE' || kind === 'INPUT_CREDIT';
}

export function isGrant(kind: PaymentKind): boolean {
  return kind === 'SUBSIDY' || kind === 'DONATION';
}

/** What stands on both sides of a margin, in minor units: reached or payable; never loans or grants, nothing once reversed. */
export function countedMinor(payment: Payment): bigint {
  return reachedMinor(payment) + payableMinor(payment);
}

/** What has reached the payee, in minor units: PAID, CONFIRMED, the admitted part of DISPUTED, and of all others what repaid advances. */
export function reachedMinor(payment: Payment): bigint {
  if (isLoan(payment.kind) || isGrant(payment.kind)) return 0n;
  switch (payment.status) {
    case 'PAID':
    case 'CONFIRMED':
      return payment.amountMinor;
    case 'DISPUTED':
      return admitted(payment);
    case 'PAYABLE':
    case 'HANDED_OVER':
      return offset(payment);
    case 'REVERSED':
      return 0n;
  }
}

/** What counts but has not reached the payee, in minor units: PAYABLE, and HANDED_OVER to a collector. */
export function payableMinor(payment: Payment): bigint {
  if (isLoan(payment.kind) || isGrant(payment.kind)) return 0n;
  return payment.status === 'PAYABLE' || payment.status === 'HANDED_OVER' ? payment.amountMinor - offset(payment) : 0n;
}

/** The local day as of which the payee's standing is judged: that of the payment; of its cause while it is PAYABLE or its day unknown. */
export function judgedOn(payment: Payment): string {
  return payment.status === 'PAYABLE' ? payment.causeOn : (payment.paidOn ?? payment.causeOn);
}

export function mayFollow(from: PaymentStatus, to: PaymentStatus): boolean {
  return FOLLOWERS[from].includes(to);
}

/** Throws PAYMENT_STATUS_ORDER where `to` may not follow `from`. */
export function requireTransition(from: PaymentStatus, to: PaymentStatus): void {
  if (!mayFollow(from, to)) throw new DomainError('PAYMENT_STATUS_ORDER', { from, to });
}

function offset(payment: Payment): bigint {
  const part = payment.offsetMinor ?? 0n;
  assert(part >= 0n && part <= payment.amountMinor, 'What a payment takes off advances lies between nothing and the whole.');
  return part;
}

function admitted(payment: Payment): bigint {
  const part = payment.admittedMinor ?? 0n;
  assert(part >= 0n && part <= payment.amountMinor, 'What is admitted of a payment lies between nothing and the whole.');
  return part;
}
