/**
 * The shares of one holding, or what one step carried, as whole numbers over one denominator (income.md, 2). Exact like the fractions they
 * are, but one greatest common divisor a vector instead of several an entry: a lot of a thousand deliveries is a thousand products and no
 * more. The packs of one lot differ by a factor only, so they share the vector of the step that made them.
 */
import { assert } from '../kernel/assert.js';
import type { Fraction } from '../kernel/fraction.js';
import { divideHalfEven, fraction, gcd, multiply } from '../kernel/fraction.js';

/** Parts of upstream steps: nums[i] ÷ den at steps[i]. Primitive: no divisor is common to all; entries are not zero. */
export interface PartVector {
  /** Upstream steps, each once; what they are named by is the caller's. */
  readonly steps: readonly number[];
  readonly nums: readonly bigint[];
  /** Greater than zero. */
  readonly den: bigint;
}

/** factor × parts. */
export interface ScaledVector {
  readonly parts: PartVector;
  readonly factor: Fraction;
}

/** Σ factor × parts, and `own` whole where it is given. */
export function combine(vectors: readonly ScaledVector[], own: number | null): PartVector {
  const scaled = vectors.filter(({ parts, factor }) => factor.num !== 0n && parts.steps.length > 0).map(timesFactor);
  const den = scaled.reduce((common, each) => (common / gcd(common, each.den)) * each.den, 1n);
  const [first] = scaled;
  if (scaled.length === 1 && first) return primitive(first.parts.steps, timesAll(first.parts.nums, first.times), den, own);
  const sums = new Map<number, bigint>();
  for (const { parts, times, den: ownDen } of scaled) {
    const weight = times * (den / ownDen);
    for (let i = 0; i < parts.steps.length; i += 1) {
      const step = parts.steps[i] ?? 0;
      sums.set(step, (sums.get(step) ?? 0n) + weight * (parts.nums[i] ?? 0n));
    }
  }
  return primitive([...sums.keys()], [...sums.values()], den, own);
}

/** Each entry × factor as a fraction of its own. */
export function fractionsOf({ parts, factor }: ScaledVector): [step: number, share: Fraction][] {
  return parts.steps.map((step, i) => [step, multiply(factor, fraction(parts.nums[i] ?? 0n, parts.den))]);
}

/** How many bits the larger of numerators and denominator takes, the factor taken in. */
export function bitsOf({ parts, factor }: ScaledVector): number {
  const { times, den } = timesFactor({ parts, factor });
  const largest = parts.nums.reduce((most, num) => (num > most ? num : most), 0n) * times;
  return (largest > den ? largest : den).toString(16).length * 4;
}

/** Each entry × factor × whole rounded half-even at so many decimals, given back ÷ whole; entries that round to nothing are dropped. */
export function roundedVector(vector: ScaledVector, whole: bigint, decimals: number): PartVector {
  const scale = 10n ** BigInt(decimals);
  const { times, den } = timesFactor(vector);
  const nums = vector.parts.nums.map((num) => divideHalfEven(num * times * whole * scale, den));
  const kept = nums.flatMap((num, i) => (num === 0n ? [] : [i]));
  return primitive(
    kept.map((i) => vector.parts.steps[i] ?? 0),
    kept.map((i) => nums[i] ?? 0n),
    whole * scale,
    null,
  );
}

function timesFactor({ parts, factor }: ScaledVector): { readonly parts: PartVector; readonly times: bigint; readonly den: bigint } {
  assert(factor.num >= 0n, 'Goods carry no negative part of a step.');
  const common = gcd(factor.num, parts.den);
  return { parts, times: factor.num / common, den: (parts.den / common) * factor.den };
}

function timesAll(nums: readonly bigint[], times: bigint): bigint[] {
  return times === 1n ? [...nums] : nums.map((num) => num * times);
}

function primitive(steps: readonly number[], nums: readonly bigint[], den: bigint, own: number | null): PartVector {
  let common = den;
  for (let i = 0; i < nums.length && common !== 1n; i += 1) common = gcd(nums[i] ?? 0n, common);
  const reduced = common === 1n ? nums : nums.map((num) => num / common);
  const denReduced = den / common;
  if (own === null) return { steps, nums: reduced, den: denReduced };
  // A step carries itself whole, and nothing upstream of it is itself.
  return { steps: [...steps, own], nums: [...reduced, denReduced], den: denReduced };
}
