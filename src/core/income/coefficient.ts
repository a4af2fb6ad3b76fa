/**
 * The one rounding of attribution (income.md, 3): c = q × share, half-even at 18 decimals, once for each line and step. What follows is exact
 * in integers: c × paid, the group as the sum of its persons, the sum of any lines in any order. So Σ c of many lines may be kept in place of
 * the lines, and money that changes later is multiplied by it.
 */
import { assert } from '../kernel/assert.js';
import type { Fraction } from '../kernel/fraction.js';
import { add, divideHalfEven, fraction, gcd, multiply, toScaled, ZERO } from '../kernel/fraction.js';
import type { Composition } from './composition.js';
import type { ScaledVector } from './share-vector.js';

export const COEFFICIENT_DECIMALS = 18;

/** Amounts called `…Scaled` are minor units × SCALE; coefficients are fractions × SCALE. */
export const SCALE = 10n ** BigInt(COEFFICIENT_DECIMALS);

export interface LineAllocation {
  readonly holdingId: string;
  /** In the smallest unit of the holding's dimension. */
  readonly quantity: bigint;
}

export interface StepCoefficient {
  readonly stepId: string;
  /** The part of all that happened at the step that the line carries, × SCALE. */
  readonly coefficient: bigint;
}

/** c[step] = Σ quantity × share, summed over the allocations before it is rounded; in the order of the steps' ids, zeros left out. */
export function coefficientsOf(allocations: readonly LineAllocation[], composition: Composition): StepCoefficient[] {
  const exact = new Map<string, Fraction>();
  for (const { holdingId, quantity } of allocations) {
    const shares = composition.get(holdingId);
    assert(shares, 'Every holding that a line takes from has been composed.');
    for (const [stepId, share] of shares) exact.set(stepId, add(exact.get(stepId) ?? ZERO, multiply(fraction(quantity), share)));
  }
  return [...exact]
    .map(([stepId, part]) => ({ stepId, coefficient: toScaled(part, COEFFICIENT_DECIMALS) }))
    .filter(({ coefficient }) => coefficient !== 0n)
    .sort((a, b) => (a.stepId < b.stepId ? -1 : 1));
}

/** What a line takes of one composed holding; a quantity may be a fraction where part of it was refunded (refund.ts). */
export interface VectorAllocation {
  readonly shares: ScaledVector;
  readonly quantity: Fraction;
}

/** The same from vectors: by place, for each step once; zeros are passed over. */
export function eachCoefficient(allocations: readonly VectorAllocation[], take: (step: number, coefficient: bigint) => void): void {
  const [only] = allocations;
  if (!only) return;
  if (allocations.length > 1) {
    for (const [step, part] of addedUp(allocations)) give(step, toScaled(part, COEFFICIENT_DECIMALS), take);
    return;
  }
  const { parts, factor } = only.shares;
  const wholeNum = only.quantity.num * factor.num * SCALE;
  const wholeDen = only.quantity.den * factor.den * parts.den;
  const common = gcd(wholeNum, wholeDen);
  const [num, den] = [wholeNum / common, wholeDen / common];
  for (let i = 0; i < parts.steps.length; i += 1) give(parts.steps[i] ?? 0, divideHalfEven((parts.nums[i] ?? 0n) * num, den), take);
}

function give(step: number, coefficient: bigint, take: (step: number, coefficient: bigint) => void): void {
  if (coefficient !== 0n) take(step, coefficient);
}

function addedUp(allocations: readonly VectorAllocation[]): Map<number, Fraction> {
  const exact = new Map<number, Fraction>();
  for (const { shares, quantity } of allocations) {
    const perPart = multiply(quantity, shares.factor);
    for (let i = 0; i < shares.parts.steps.length; i += 1) {
      const step = shares.parts.steps[i] ?? 0;
      const part = multiply(perPart, fraction(shares.parts.nums[i] ?? 0n, shares.parts.den));
      const before = exact.get(step);
      exact.set(step, before ? add(before, part) : part);
    }
  }
  return exact;
}
