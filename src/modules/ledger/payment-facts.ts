import type { Instant } from '../../core/kernel/instant.js';
import type { Party } from '../../core/ledger/party.js';
import type { Payment, PaymentKind, PaymentMethod, PaymentStatus } from '../../core/ledger/payment.js';
import { sha256Hex } from '../../core/kernel/sha256.js';
import { JobType } from '../../platform/queue/job-type.js';

export const PAYMENT_KINDS = [
  'PURCHASE',
  'SECOND_PAYMENT',
  'PREMIUM',
  'REVENUE_SHARE',
  'FLOOR_TOP_UP',
  'WAGE',
  'LAND_RENT',
  'DIVIDEND',
  'INPUT',
  'TRADE',
  'SERVICE',
  'COMMISSION',
  'FREIGHT',
  'FEE',
  'TAX',
  'ADVANCE',
  'INPUT_CREDIT',
  'SUBSIDY',
  'DONATION',
] as const satisfies readonly PaymentKind[];

export const PAYMENT_STATUSES = [
  'PAYABLE',
  'HANDED_OVER',
  'PAID',
  'CONFIRMED',
  'DISPUTED',
  'REVERSED',
] as const satisfies readonly PaymentStatus[];

export const PAYMENT_METHODS = ['CASH', 'BANK', 'MOBILE_MONEY', 'CHEQUE', 'OFFSET', 'IN_KIND'] as const satisfies readonly PaymentMethod[];

/** What a payment is for. EVENT: causeId is the capture that made the event; its step carries the money. */
export type CauseKind = 'EVENT' | 'DELIVERY' | 'SEASON' | 'SALE';

/** A payment about to be recorded. */
export interface NewPayment {
  readonly id: string;
  readonly causeKind: CauseKind;
  readonly causeId: string;
  /** The step of the composition graph that the money belongs to; null: the sale's own, and causeId is the sale. */
  readonly stepId: string | null;
  readonly kind: PaymentKind;
  readonly payer: Party;
  readonly payee: Party;
  /** Which member of a household took it, where that was said. */
  readonly payeeMemberId: string | null;
  readonly amountMinor: bigint;
  /** ISO 4217. */
  readonly currency: string;
  readonly status: PaymentStatus;
  readonly method: PaymentMethod | null;
  /** When its first fact came to be: paid, handed over, or owed. */
  readonly at: Instant;
  /** Local day of its cause. */
  readonly causeOn: string;
  /** Local day on which it was paid; null while it is not, or where the day is not known. */
  readonly paidOn: string | null;
  readonly evidence: readonly string[];
  /** The organisation that recorded it. */
  readonly recordedBy: string;
  /** The payable that this money is for. */
  readonly settles?: string | null;
}

/** A payment as it stands now, with what it is for. */
export interface RecordedPayment extends Payment {
  readonly causeKind: CauseKind;
  readonly causeId: string;
}

/** One step or sale that waits for those who carry it to be looked at again. */
export interface PaymentChange {
  readonly seq: bigint;
  readonly stepId: string | null;
  readonly saleId: string | null;
}

/** What files know a payment as. */
export const PAYMENT_RECORD = 'payment';

/** Raised when a step or a sale that may have been attributed already got a payment, or one of its payments a new fact. */
export interface PaymentsChanged {
  readonly stepIds: readonly string[];
  readonly saleIds: readonly string[];
}

export const PAYMENTS_CHANGED = new JobType<PaymentsChanged>({
  name: 'payments-changed',
  key: ({ stepIds, saleIds }) => sha256Hex([...stepIds, ...saleIds].sort().join(' ')),
});
