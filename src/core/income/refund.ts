/**
 * What refunds leave of a sale line (income.md, 3): a fraction f of its money is given back, and a quantity r of its goods is back in stock.
 * R becomes R(1 − f); carried payments count for q − r, and r becomes a return's holding, attributed at its next sale. Goods that are refunded
 * and not returned keep what they carried: the seller bears it. A sale that was cancelled before dispatch leaves nothing of itself.
 */
import { assert } from '../kernel/assert.js';
import { DomainError } from '../kernel/errors.js';
import type { Fraction } from '../kernel/fraction.js';
import { compare, fraction, multiply, ONE, roundHalfEven, subtract, ZERO } from '../kernel/fraction.js';
import type { LineAllocation } from './coefficient.js';

/** CANCELLED: before dispatch, everything is back. RETURNED: as much as is said is back. REFUND_ONLY, DESTROYED: nothing is. */
export type RefundKind = 'CANCELLED' | 'RETURNED' | 'REFUND_ONLY' | 'DESTROYED';

export interface LineRefund {
  readonly kind: RefundKind;
  /** What was given back for the line, its part of refunded charges included. */
  readonly amountMinor: bigint;
  /** Back in stock, by the holding that it was taken from; of a cancellation nothing need be said. */
  readonly returned: readonly LineAllocation[];
}

export interface RefundableLine {
  /** R before refunds. */
  readonly netMinor: bigint;
  /** What the buyer was charged: gross + charges − all discounts. */
  readonly chargedMinor: bigint;
  /** One entry a holding. */
  readonly allocations: readonly LineAllocation[];
}

export interface RefundedLine {
  /** f: 0 where nothing was refunded. */
  readonly fraction: Fraction;
  /** R(1 − f), rounded half-even once, of all refunds together. */
  readonly netMinor: bigint;
  /** q − r, by holding; holdings of which nothing is left are absent. */
  readonly kept: readonly LineAllocation[];
  /**
   * For how much of the goods purchases stand against an UP_TO promise: q − r, and of goods refunded but not returned only (1 − f), which is
   * the lesser of q − r and q(1 − f).
   */
  readonly promised: readonly { readonly holdingId: string; readonly quantity: Fraction }[];
}

/** Throws REFUND_ABOVE_SALE where more money or goods would come back than went out. */
export function refundedLine(line: RefundableLine, refunds: readonly LineRefund[]): RefundedLine {
  assert(new Set(line.allocations.map((one) => one.holdingId)).size === line.allocations.length, 'A line takes from a holding once.');
  const given = moneyFraction(line, refunds);
  const left = subtract(ONE, given);
  const cancelled = refunds.some(({ kind }) => kind === 'CANCELLED');
  const rests = line.allocations.map(({ holdingId, quantity }) => {
    const back = refunds.flatMap(({ returned }) => returned).filter((one) => one.holdingId === holdingId);
    const returned = back.reduce((sum, one) => sum + one.quantity, 0n);
    if (returned > quantity) throw above({ holdingId, sold: quantity, returned });
    const kept = cancelled ? 0n : quantity - returned;
    const paidFor = multiply(left, fraction(quantity));
    return { holdingId, kept, promised: compare(paidFor, fraction(kept)) < 0 ? paidFor : fraction(kept) };
  });
  const strangers = refunds.flatMap(({ returned }) => returned).filter((one) => !rests.some((rest) => rest.holdingId === one.holdingId));
  if (strangers.length > 0) throw above({ holdingId: strangers[0]?.holdingId, sold: 0n });
  return {
    fraction: given,
    netMinor: roundHalfEven(multiply(left, fraction(line.netMinor))),
    kept: rests.flatMap(({ holdingId, kept }) => (kept === 0n ? [] : [{ holdingId, quantity: kept }])),
    promised: rests.flatMap(({ holdingId, promised }) => (promised.num === 0n ? [] : [{ holdingId, quantity: promised }])),
  };
}

/** f: total refunded ÷ what the buyer was charged; 1 where that is 0, and for what was cancelled. */
function moneyFraction({ chargedMinor }: RefundableLine, refunds: readonly LineRefund[]): Fraction {
  if (refunds.length === 0) return ZERO;
  const total = refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  if (total > chargedMinor || refunds.some(({ amountMinor }) => amountMinor < 0n)) {
    throw above({ refundedMinor: total, chargedMinor });
  }
  if (chargedMinor === 0n || refunds.some(({ kind }) => kind === 'CANCELLED')) return ONE;
  return fraction(total, chargedMinor);
}

function above(detail: Readonly<Record<string, unknown>>): DomainError {
  return new DomainError('REFUND_ABOVE_SALE', detail);
}
