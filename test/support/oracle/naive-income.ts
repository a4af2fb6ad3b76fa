/**
 * Attribution done the obvious way: every step is poured through the chain like a dye, every line is looked at, every payment is multiplied out.
 * Slow, and nothing in it is shared with what it is held against but the arithmetic of fractions.
 */
import type { CompositionStep } from '../../../src/core/batch/graph.js';
import type { LineRefund } from '../../../src/core/income/refund.js';
import type { Fraction } from '../../../src/core/kernel/fraction.js';
import { add, divide, fraction, multiply, ONE, roundHalfEven, subtract, sum, ZERO } from '../../../src/core/kernel/fraction.js';
import type { Party } from '../../../src/core/ledger/party.js';
import type { Payment } from '../../../src/core/ledger/payment.js';

const TEN_18 = 10n ** 18n;

export interface NaiveLine {
  readonly seller: string;
  readonly currency: string;
  readonly netMinor: bigint;
  readonly chargedMinor: bigint;
  readonly allocations: readonly { readonly holdingId: string; readonly quantity: bigint }[];
  readonly refunds: readonly LineRefund[];
  /** The line's own payments: of the sale, not of a step. */
  readonly own: readonly Payment[];
}

/** How much of the dye that was poured in at one step each holding got in all. Steps are run as soon as all they take from is complete. */
export function naiveDye(
  steps: readonly CompositionStep[],
  dyedStep: string,
): { readonly held: Map<string, Fraction>; readonly lost: Fraction } {
  const made = new Map<string, bigint>();
  for (const step of steps)
    for (const output of step.outputs) made.set(output.holdingId, (made.get(output.holdingId) ?? 0n) + output.quantity);
  const held = new Map<string, Fraction>([...made.keys()].map((holdingId) => [holdingId, ZERO]));
  const waiting = new Set(steps);
  let lost = ZERO;
  while (waiting.size > 0) {
    const ready = [...waiting].filter((step) => !step.inputs.some(({ holdingId }) => makes(waiting, holdingId)));
    if (ready.length === 0) throw new Error('The chain has a circle.');
    for (const step of ready) {
      waiting.delete(step);
      const taken = step.inputs.map(({ holdingId, quantity }) =>
        multiply(held.get(holdingId) ?? ZERO, fraction(quantity, made.get(holdingId) ?? 1n)),
      );
      const dye = add(sum(taken), step.id === dyedStep ? ONE : ZERO);
      const weights = sum(step.outputs.map(({ weight }) => weight));
      if (weights.num === 0n) lost = add(lost, dye);
      else {
        for (const { holdingId, weight } of step.outputs) {
          held.set(holdingId, add(held.get(holdingId) ?? ZERO, multiply(dye, divide(weight, weights))));
        }
      }
    }
  }
  return { held: new Map([...held].map(([holdingId, dye]) => [holdingId, divide(dye, fraction(made.get(holdingId) ?? 1n))])), lost };
}

function makes(waiting: ReadonlySet<CompositionStep>, holdingId: string): boolean {
  return [...waiting].some((step) => step.outputs.some((output) => output.holdingId === holdingId));
}

/** Step → holding → share: the whole composition, dye by dye. */
export function naiveShares(steps: readonly CompositionStep[]): Map<string, Map<string, Fraction>> {
  return new Map(steps.map((step) => [step.id, naiveDye(steps, step.id).held]));
}

export function counted(payment: Payment): bigint {
  if (['ADVANCE', 'INPUT_CREDIT', 'SUBSIDY', 'DONATION'].includes(payment.kind) || payment.status === 'REVERSED') return 0n;
  return payment.status === 'DISPUTED' ? (payment.admittedMinor ?? 0n) : payment.amountMinor;
}

export const keyOf = (party: Party): string => `${party.kind}:${party.id}`;

/** What is left of a line: its R, and what it keeps of each holding. */
export function naiveRest(line: NaiveLine): {
  readonly netMinor: bigint;
  readonly kept: Map<string, bigint>;
  readonly paidFor: Map<string, Fraction>;
} {
  const refunded = line.refunds.reduce((total, refund) => total + refund.amountMinor, 0n);
  const all = line.refunds.some(({ kind }) => kind === 'CANCELLED');
  const f = line.refunds.length === 0 ? ZERO : all || line.chargedMinor === 0n ? ONE : fraction(refunded, line.chargedMinor);
  const left = subtract(ONE, f);
  const kept = new Map<string, bigint>();
  const paidFor = new Map<string, Fraction>();
  for (const { holdingId, quantity } of line.allocations) {
    const back = line.refunds.flatMap(({ returned }) => returned).filter((one) => one.holdingId === holdingId);
    const rest = all ? 0n : back.reduce((amount, one) => amount - one.quantity, quantity);
    kept.set(holdingId, rest);
    const money = multiply(left, fraction(quantity));
    paidFor.set(holdingId, money.num < rest * money.den ? money : fraction(rest));
  }
  return { netMinor: roundHalfEven(multiply(fraction(line.netMinor), left)), kept, paidFor };
}

/** Seller, currency and party → E of the attribution book, × 10^18, from all facts at once. */
export function naiveTotals(
  lines: readonly NaiveLine[],
  payments: readonly Payment[],
  shares: ReadonlyMap<string, ReadonlyMap<string, Fraction>>,
): Map<string, bigint> {
  const totals = new Map<string, bigint>();
  const book = (seller: string, currency: string, party: string, scaled: bigint): void => {
    const key = `${seller} ${currency} ${party}`;
    totals.set(key, (totals.get(key) ?? 0n) + scaled);
  };
  for (const line of lines) {
    const { netMinor, kept } = naiveRest(line);
    book(line.seller, line.currency, line.seller, netMinor * TEN_18);
    for (const payment of payments) {
      const exact = sum(
        [...kept].map(([holdingId, quantity]) => multiply(fraction(quantity), shares.get(payment.stepId ?? '')?.get(holdingId) ?? ZERO)),
      );
      const c = roundHalfEven(multiply(exact, fraction(TEN_18)));
      book(line.seller, payment.currency, keyOf(payment.payee), c * counted(payment));
      book(line.seller, payment.currency, keyOf(payment.payer), -c * counted(payment));
    }
    for (const payment of line.own) {
      book(line.seller, payment.currency, keyOf(payment.payee), TEN_18 * counted(payment));
      book(line.seller, payment.currency, keyOf(payment.payer), -TEN_18 * counted(payment));
    }
  }
  return new Map([...totals].filter(([, scaled]) => scaled !== 0n));
}
