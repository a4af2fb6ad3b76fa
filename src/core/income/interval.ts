/**
 * How much of a line's R reached households, and households of the target group, said as [low, high] (income.md, 3). Low is what is known to
 * have reached them. High adds what cannot be excluded: households without a register entry that day, what was paid for goods of unknown
 * origin, and, where nothing is recorded for such goods or a delivery has no price yet, their part by mass of the seller's margin.
 */
import { assert } from '../kernel/assert.js';
import type { Fraction } from '../kernel/fraction.js';
import { add, divide, fraction, ONE, subtract, ZERO } from '../kernel/fraction.js';
import type { Payment } from '../ledger/payment.js';
import { countedMinor, judgedOn, payableMinor, reachedMinor } from '../ledger/payment.js';
import type { StepCoefficient } from './coefficient.js';
import { SCALE } from './coefficient.js';
import { carriedPayments } from './position.js';

/** Whether a household counted as one of the target group on a day; UNKNOWN where it had no register entry. */
export type TargetVerdict = 'IN' | 'OUT' | 'UNKNOWN';

/** A step where goods come into being for the graph. */
export interface SourceStep {
  readonly stepId: string;
  readonly kind: 'DELIVERY' | 'HARVEST' | 'UNKNOWN_ORIGIN';
  /** All of the step, in milligrams. */
  readonly massMg: bigint;
  /** A delivery whose price is not known yet: unknown, never zero. */
  readonly unpriced: boolean;
}

export interface ReachInput {
  readonly coefficients: readonly StepCoefficient[];
  readonly payments: readonly Payment[];
  readonly sources: readonly SourceStep[];
  /** R, in minor units of `currency`. */
  readonly netMinor: bigint;
  readonly currency: string;
  /** The seller's position, minor units × SCALE. */
  readonly sellerMarginScaled: bigint;
  /** The verdict on a household payee, by its id, as of a local day. */
  readonly verdictOn: (householdId: string, day: string) => TargetVerdict;
}

/** Exact minor units; low ≤ high. */
export interface AmountInterval {
  readonly lowMinor: Fraction;
  readonly highMinor: Fraction;
}

export interface ShareInterval {
  readonly low: Fraction;
  readonly high: Fraction;
}

export interface Reached extends AmountInterval {
  /** Of R; null where R ≤ 0. Above one is possible, and not clipped. */
  readonly share: ShareInterval | null;
}

export interface Reach {
  readonly toHouseholds: Reached;
  readonly toTargetGroup: Reached;
  /** Counted but not reached: shown apart. */
  readonly payableToHouseholds: AmountInterval;
  readonly payableToTargetGroup: AmountInterval;
  /** 1 − mass of unknown origin ÷ mass of all sources; one where the goods have no source by mass. */
  readonly coverage: Fraction;
}

/** What goes to whom, minor units × SCALE. */
interface Sorted {
  readonly in: bigint;
  readonly out: bigint;
  readonly unknown: bigint;
  /** To nobody that is known: it may be a household, and may be one of the target group. */
  readonly anybody: bigint;
}

/** Throws RATE_MISSING for a payment of another currency. */
export function reachOf(input: ReachInput): Reach {
  const reached = sortPayments(input, reachedMinor);
  const payable = sortPayments(input, payableMinor);
  const { unknownMass, marginMass, sourceMass } = massesOf(input);
  const margin = input.sellerMarginScaled > 0n ? input.sellerMarginScaled : 0n;
  const unrecorded = sourceMass === 0n ? ZERO : fraction(margin * marginMass, SCALE * sourceMass);
  return {
    toHouseholds: withShare(households(reached, unrecorded), input.netMinor),
    toTargetGroup: withShare(targetGroup(reached, unrecorded), input.netMinor),
    payableToHouseholds: households(payable, ZERO),
    payableToTargetGroup: targetGroup(payable, ZERO),
    coverage: sourceMass === 0n ? ONE : subtract(ONE, fraction(unknownMass, sourceMass)),
  };
}

function sortPayments(input: ReachInput, part: (payment: Payment) => bigint): Sorted {
  const unknownOrigins = new Set(input.sources.filter((source) => source.kind === 'UNKNOWN_ORIGIN').map((source) => source.stepId));
  const sorted = { in: 0n, out: 0n, unknown: 0n, anybody: 0n };
  for (const { payment, coefficient } of carriedPayments(input.coefficients, input.payments, input.currency)) {
    const amount = coefficient * part(payment);
    if (payment.payee.kind === 'HOUSEHOLD') {
      const verdict = input.verdictOn(payment.payee.id, judgedOn(payment));
      sorted[verdict === 'IN' ? 'in' : verdict === 'OUT' ? 'out' : 'unknown'] += amount;
    } else if (payment.payee.kind === 'UNKNOWN' || (payment.stepId !== null && unknownOrigins.has(payment.stepId))) {
      // A dealer's name at the end of an unknown origin does not say who stood behind the dealer.
      sorted.anybody += amount;
    }
  }
  return sorted;
}

/** Carried by the line, mg × SCALE. `marginMass` is what only the seller's margin can answer for: no payment, or no price. */
function massesOf(input: ReachInput): { unknownMass: bigint; marginMass: bigint; sourceMass: bigint } {
  const coefficients = new Map(input.coefficients.map(({ stepId, coefficient }) => [stepId, coefficient]));
  const paidFor = new Set(input.payments.filter((payment) => countedMinor(payment) > 0n).map((payment) => payment.stepId));
  const masses = { unknownMass: 0n, marginMass: 0n, sourceMass: 0n };
  for (const { stepId, kind, massMg, unpriced } of input.sources) {
    assert(massMg >= 0n, 'No source has a negative mass.');
    const mass = (coefficients.get(stepId) ?? 0n) * massMg;
    masses.sourceMass += mass;
    if (kind === 'UNKNOWN_ORIGIN') masses.unknownMass += mass;
    if (kind === 'UNKNOWN_ORIGIN' ? !paidFor.has(stepId) : unpriced) masses.marginMass += mass;
  }
  return masses;
}

function households(sorted: Sorted, unrecorded: Fraction): AmountInterval {
  return interval(sorted.in + sorted.out + sorted.unknown, sorted.anybody, unrecorded);
}

function targetGroup(sorted: Sorted, unrecorded: Fraction): AmountInterval {
  return interval(sorted.in, sorted.unknown + sorted.anybody, unrecorded);
}

function interval(lowScaled: bigint, widthScaled: bigint, unrecorded: Fraction): AmountInterval {
  const lowMinor = fraction(lowScaled, SCALE);
  return { lowMinor, highMinor: add(add(lowMinor, fraction(widthScaled, SCALE)), unrecorded) };
}

function withShare(amounts: AmountInterval, netMinor: bigint): Reached {
  if (netMinor <= 0n) return { ...amounts, share: null };
  const net = fraction(netMinor);
  return { ...amounts, share: { low: divide(amounts.lowMinor, net), high: divide(amounts.highMinor, net) } };
}
