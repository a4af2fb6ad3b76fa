/**
 * What one unit of goods is made of (income.md, 2): for a holding k and an upstream step x, share[k][x] is the part of all that happened at x
 * that one unit of k carries. It does not depend on money, so a later payment, price or correction changes no composition. Forward recursion
 * in topological order, each step and holding worked out once; exact, save where the numbers outgrow MAX_FRACTION_BITS (tanks that are
 * refilled for years): there the parts that the whole holding carries are rounded half-even at ROUNDED_DECIMALS, and the holding and all made
 * of it are marked. The whole holding's part, not the unit's: a tank of 10^15 mg would else multiply the error past the promised 1e-30.
 */
import type { CompositionStep } from '../batch/graph.js';
import { topologicalOrder, upstreamClosure } from '../batch/graph.js';
import { assert } from '../kernel/assert.js';
import type { Fraction } from '../kernel/fraction.js';
import { add, divide, fraction, multiply, ONE, sum } from '../kernel/fraction.js';
import type { PartVector, ScaledVector } from './share-vector.js';
import { bitsOf, combine, fractionsOf, roundedVector } from './share-vector.js';

export const MAX_FRACTION_BITS = 4_096;
export const ROUNDED_DECIMALS = 40;

/** Upstream step → part. Steps that give nothing are absent. */
export type Shares = ReadonlyMap<string, Fraction>;

/** Holding → its shares, per one smallest unit of the holding. */
export interface Composition extends ReadonlyMap<string, Shares> {
  /** The holdings whose shares carry a rounding, of their own or from upstream. */
  readonly rounded: ReadonlySet<string>;
}

/** The shares of one holding as a vector over a list of steps. */
export interface HoldingShares extends ScaledVector {
  readonly rounded: boolean;
}

export interface ComposedHoldings {
  /** What the vectors' places name. */
  readonly stepIds: readonly string[];
  readonly holdings: ReadonlyMap<string, HoldingShares>;
}

interface Carried {
  readonly parts: PartVector;
  readonly rounded: boolean;
}

interface Making {
  quantity: bigint;
  readonly makers: { readonly step: number; readonly alpha: Fraction }[];
}

/**
 * The shares of the holdings asked for. `steps` must hold everything upstream of them; what lies elsewhere is passed over.
 * Throws GRAPH_CIRCLE; BrokenInvariant where a holding has no maker in the list.
 */
export function compose(steps: readonly CompositionStep[], holdingIds: Iterable<string>): Composition {
  const { stepIds, holdings } = composeVectors(steps, holdingIds);
  const named = ([step, share]: [number, Fraction]): [string, Fraction] => [stepIds[step] ?? '', share];
  const shares = new Map([...holdings].map(([holdingId, vector]) => [holdingId, new Map(fractionsOf(vector).map(named))]));
  return Object.assign(shares, { rounded: new Set([...holdings].flatMap(([holdingId, { rounded }]) => (rounded ? [holdingId] : []))) });
}

/** The same as vectors. Holdings that one step alone made share the vector of what it carried, each with a factor of its own. */
export function composeVectors(steps: readonly CompositionStep[], holdingIds: Iterable<string>): ComposedHoldings {
  const wanted = [...new Set(holdingIds)];
  const ordered = topologicalOrder(upstreamClosure(steps, wanted));
  const flow = new Flow(ordered);
  return {
    stepIds: ordered.map((step) => step.id),
    holdings: new Map(wanted.map((holdingId) => [holdingId, flow.sharesOf(holdingId)])),
  };
}

/**
 * Upstream step → the part of it that came to nothing: carried by steps that make nothing, or nothing but waste (spoilt, stolen, stock
 * count, a season without a harvest). With it every step is conserved: Σ (made − taken) × share + taken by final sales + lost = 1.
 */
export function lostShares(steps: readonly CompositionStep[]): Map<string, Fraction> {
  const ordered = topologicalOrder(steps);
  const flow = new Flow(ordered);
  const lost = new Map<string, Fraction>();
  for (const [place, step] of ordered.entries()) {
    if (totalWeight(step).num > 0n) continue;
    for (const [upstream, part] of fractionsOf({ parts: flow.carriedBy(place).parts, factor: ONE })) {
      const stepId = ordered[upstream]?.id ?? '';
      const before = lost.get(stepId);
      lost.set(stepId, before ? add(before, part) : part);
    }
  }
  return lost;
}

/** The recursion itself: carried[step] from the shares of its inputs, share[holding] from what its makers carried. */
class Flow {
  private readonly makings = new Map<string, Making>();
  private readonly carried: Carried[] = [];
  private readonly shares = new Map<string, HoldingShares>();

  /** `steps` in topological order. */
  constructor(steps: readonly CompositionStep[]) {
    for (const [place, step] of steps.entries()) this.note(step, place);
    for (const [place, step] of steps.entries()) this.carried.push(this.carry(step, place));
  }

  carriedBy(step: number): Carried {
    const carried = this.carried[step];
    assert(carried, 'A step is worked out after all that made what it takes.');
    return carried;
  }

  sharesOf(holdingId: string): HoldingShares {
    const known = this.shares.get(holdingId);
    if (known) return known;
    const making = this.makings.get(holdingId);
    assert(making, 'Every holding of a composition was made by a step of the list.');
    const exact = this.exactShares(making);
    // Once rounded, the numbers are small, and stay so for what is made next of it.
    const grown = bitsOf(exact) > MAX_FRACTION_BITS;
    const shares = grown ? { parts: roundedVector(exact, making.quantity, ROUNDED_DECIMALS), factor: ONE, rounded: true } : exact;
    this.shares.set(holdingId, shares);
    return shares;
  }

  private exactShares({ makers, quantity }: Making): HoldingShares {
    const vectors = makers.map(({ step, alpha }) => ({ ...this.carriedBy(step), factor: divide(alpha, fraction(quantity)) }));
    const rounded = vectors.some((vector) => vector.rounded);
    const [first] = vectors;
    if (vectors.length === 1 && first) return { parts: first.parts, factor: first.factor, rounded };
    return { parts: combine(vectors, null), factor: ONE, rounded };
  }

  private note(step: CompositionStep, place: number): void {
    const weights = totalWeight(step);
    for (const output of step.outputs) {
      assert(output.quantity > 0n, 'A step makes a quantity greater than zero.');
      const making = this.makings.get(output.holdingId) ?? { quantity: 0n, makers: [] };
      this.makings.set(output.holdingId, making);
      making.quantity += output.quantity;
      if (output.weight.num > 0n) making.makers.push({ step: place, alpha: divide(output.weight, weights) });
    }
  }

  private carry(step: CompositionStep, place: number): Carried {
    const vectors = step.inputs.map((input) => {
      assert(input.quantity > 0n, 'A step takes a quantity greater than zero.');
      const shares = this.sharesOf(input.holdingId);
      return { ...shares, factor: multiply(fraction(input.quantity), shares.factor) };
    });
    return { parts: combine(vectors, place), rounded: vectors.some((vector) => vector.rounded) };
  }
}

function totalWeight(step: CompositionStep): Fraction {
  assert(
    step.outputs.every((output) => output.weight.num >= 0n),
    'No output of a step has a negative weight.',
  );
  return sum(step.outputs.map((output) => output.weight));
}
