/**
 * What an organisation promised to growers, at work (income.md, 1: agreement). REVENUE_SHARE: a line of R owes household h
 * T_h = rate × R × its part of all growers' goods in the line. UP_TO: purchases of the same goods are an advance on it, and what is promised
 * is max(0, ΣT_h − Σ purchases) of the running total per (agreement version, household): line by line, a good price for one lot would be paid
 * again by a bad one. ON_TOP: ΣT_h. Goods of unknown origin have growers too, whoever they are: their part is promised to nobody that is
 * known, so that buying in elsewhere makes no household's part larger.
 */
import { apportion } from '../kernel/apportion.js';
import { assert } from '../kernel/assert.js';
import type { Fraction } from '../kernel/fraction.js';
import { divide, divideHalfEven, fraction, multiply, ONE, sum, toScaled, ZERO } from '../kernel/fraction.js';
import type { UnitPrice } from '../kernel/money.js';
import { priceOf } from '../kernel/money.js';
import type { Quantity } from '../kernel/quantity.js';
import type { Party } from '../ledger/party.js';
import { partyKey } from '../ledger/party.js';
import { COEFFICIENT_DECIMALS, SCALE } from './coefficient.js';

export type AgreementCounts = 'UP_TO' | 'ON_TOP';
export type GrowerWeights = 'QUANTITY' | 'PURCHASE_VALUE' | 'EQUAL';

/** One source of a line's goods: a delivery, a harvest, or goods of unknown origin. */
export interface GrownPart {
  /** Null: of unknown origin. */
  readonly grower: Party | null;
  /** Of the source, carried by the line; in one measure for all sources of the line. */
  readonly mass: Fraction;
  /** Purchases of the source, carried by the line, in minor units. */
  readonly purchases: Fraction;
}

/**
 * Household → rate × its part of the line, × SCALE, rounded half-even once; T_h of the line is that × R, exact in integers. What other growers
 * and the unknown would get is nobody's promise. Empty where the goods weigh nothing by this measure.
 */
export function promiseCoefficients(rate: Fraction, weights: GrowerWeights, parts: readonly GrownPart[]): Map<string, bigint> {
  const byGrower = new Map<string, { readonly grower: Party | null; readonly weights: Fraction[] }>();
  for (const part of parts) {
    if (part.mass.num === 0n) continue;
    const key = part.grower ? partyKey(part.grower) : '';
    const entry = byGrower.get(key) ?? { grower: part.grower, weights: [] };
    byGrower.set(key, entry);
    entry.weights.push(weights === 'PURCHASE_VALUE' ? part.purchases : part.mass);
  }
  const weighed = [...byGrower.values()].map((entry) => ({ grower: entry.grower, weight: weights === 'EQUAL' ? ONE : sum(entry.weights) }));
  const total = sum(weighed.map(({ weight }) => weight));
  if (total.num === 0n) return new Map();
  const perWeight = divide(rate, total);
  return new Map(
    weighed.flatMap(({ grower, weight }) =>
      grower?.kind === 'HOUSEHOLD' && weight.num > 0n
        ? [[grower.id, toScaled(multiply(perWeight, weight), COEFFICIENT_DECIMALS)] as const]
        : [],
    ),
  );
}

/** The running total of one household under one agreement version, in minor units of one currency. */
export interface PromiseTotal {
  /** Σ T_h of the lines, × SCALE; refunds have lessened it. */
  readonly targetScaled: bigint;
  /** Σ purchases of the same goods, × SCALE: what of an UP_TO promise was paid in advance. */
  readonly purchasesScaled: bigint;
  /** What has been paid of the promise, by payments that name the agreement. */
  readonly paidMinor: bigint;
  /** What refunds took off the promise after it had been paid: it stays with the household, and is the seller's. */
  readonly lossMinor: bigint;
}

export const NOTHING_PROMISED: PromiseTotal = { targetScaled: 0n, purchasesScaled: 0n, paidMinor: 0n, lossMinor: 0n };

/** E of the promise itself, × SCALE, without REFUND_LOSS. */
export function promisedScaled(total: PromiseTotal, counts: AgreementCounts): bigint {
  const exact = counts === 'UP_TO' ? total.targetScaled - total.purchasesScaled : total.targetScaled;
  return exact > 0n ? exact : 0n;
}

/** What the household has to get by the total, in minor units: the promise rounded half-even, and what was lost to refunds. */
export function promisedMinor(total: PromiseTotal, counts: AgreementCounts): bigint {
  return divideHalfEven(promisedScaled(total, counts), SCALE) + total.lossMinor;
}

/** What is still owed, in minor units: never below zero. */
export function owedMinor(total: PromiseTotal, counts: AgreementCounts): bigint {
  const rest = promisedMinor(total, counts) - total.paidMinor;
  return rest > 0n ? rest : 0n;
}

/**
 * The total after refunds. What of the promise had been paid and is promised no more is lost to the seller: it is added to the target, so that
 * no later promise is taken for it. What was overpaid for another reason is no loss of this refund.
 */
export function afterRefunds(
  before: PromiseTotal,
  change: Pick<PromiseTotal, 'targetScaled' | 'purchasesScaled'>,
  counts: AgreementCounts,
): { readonly total: PromiseTotal; readonly lossMinor: bigint } {
  const after = {
    ...before,
    targetScaled: before.targetScaled + change.targetScaled,
    purchasesScaled: before.purchasesScaled + change.purchasesScaled,
  };
  const covered = least(before.paidMinor, promisedMinor(before, counts));
  const gone = covered - promisedMinor(after, counts);
  const lossMinor = gone > 0n ? gone : 0n;
  return { total: { ...after, lossMinor: after.lossMinor + lossMinor }, lossMinor };
}

/** What a line shows of the promise: T_h(line) × promise ÷ ΣT_h, in minor units; 0 where ΣT_h is 0. Over all lines it adds up to the promise. */
export function shownOfPromise(lineTargetScaled: bigint, total: PromiseTotal, counts: AgreementCounts): Fraction {
  if (total.targetScaled === 0n) return ZERO;
  return multiply(fraction(lineTargetScaled, SCALE), fraction(promisedScaled(total, counts), total.targetScaled));
}

/** FLOOR_PRICE: max(0, floor × net − purchases) of one delivery, in minor units of the floor's currency. Throws UNIT_MISMATCH. */
export function floorTopUpMinor(floor: UnitPrice, net: Quantity, purchasesMinor: bigint): bigint {
  const missing = priceOf(floor, net).amountMinor - purchasesMinor;
  return missing > 0n ? missing : 0n;
}

/** One organisation's margin on one line of a period's sales. */
export interface Margin {
  readonly key: string;
  /** Minor units × SCALE; may be negative. */
  readonly marginScaled: bigint;
}

/**
 * A dividend or an overhead of a period stands against its payer's margin on the period's sales, in proportion to the margins above zero and by
 * largest remainder, × SCALE; what exceeds them is reported for the period and put on no pack.
 */
export function chargedToMargins(
  amountMinor: bigint,
  margins: readonly Margin[],
): { readonly charges: ReadonlyMap<string, bigint>; readonly excessScaled: bigint } {
  assert(amountMinor >= 0n, 'What a period costs is not negative.');
  const positive = margins.filter(({ marginScaled }) => marginScaled > 0n);
  const total = positive.reduce((all, { marginScaled }) => all + marginScaled, 0n);
  const amountScaled = amountMinor * SCALE;
  const part = least(amountScaled, total);
  const weights = positive.map(({ key, marginScaled }) => ({ key, weight: fraction(marginScaled) }));
  return { charges: apportion(part, weights), excessScaled: amountScaled - part };
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
