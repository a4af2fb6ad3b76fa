/**
 * Σ c of many lines, by step, in typed arrays: what a pass adds to what its seller's lines carry of each step. Lines that take the same
 * quantities of the same holdings carry the same, so each kind of line is worked out once, however many were sold.
 */
import { assert } from '../kernel/assert.js';
import type { VectorAllocation } from './coefficient.js';
import { eachCoefficient, SCALE } from './coefficient.js';

/** More of a step than all of it is never sold; as much again is room for what is taken back in the same pass. */
const SUM_MAX = 4n * SCALE;

/** The coefficients of one kind of line. */
export interface LineCoefficients {
  readonly steps: Int32Array;
  readonly coefficients: BigInt64Array;
}

export function lineCoefficients(allocations: readonly VectorAllocation[]): LineCoefficients {
  const size = allocations.reduce((most, { shares }) => most + shares.parts.steps.length, 0);
  const steps = new Int32Array(size);
  const coefficients = new BigInt64Array(size);
  let length = 0;
  eachCoefficient(allocations, (step, coefficient) => {
    steps[length] = step;
    coefficients[length] = coefficient;
    length += 1;
  });
  return { steps: steps.subarray(0, length), coefficients: coefficients.subarray(0, length) };
}

export class CoefficientSums {
  private readonly sums: BigInt64Array;
  private readonly touched: number[] = [];
  private readonly seen: Uint8Array;

  /** `stepCount`: places of steps lie below it. */
  constructor(stepCount: number) {
    this.sums = new BigInt64Array(stepCount);
    this.seen = new Uint8Array(stepCount);
  }

  /** So many lines of this kind; negative takes them back. */
  add({ steps, coefficients }: LineCoefficients, lines: bigint): void {
    for (let i = 0; i < steps.length; i += 1) {
      const step = steps[i] ?? 0;
      const sum = (this.sums[step] ?? 0n) + lines * (coefficients[i] ?? 0n);
      assert(sum <= SUM_MAX && sum >= -SUM_MAX, 'No step is sold several times over.');
      this.sums[step] = sum;
      if (this.seen[step] === 1) continue;
      this.seen[step] = 1;
      this.touched.push(step);
    }
  }

  /** The steps that were added to, those that came to nothing included. */
  *entries(): Generator<[step: number, coefficient: bigint]> {
    for (const step of this.touched) yield [step, this.sums[step] ?? 0n];
  }
}
