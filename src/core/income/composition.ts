/**
 * What one unit of goods is made of (income.md, 2): for a holding k and an upstream step x, share[k][x] is the part of all that happened at x
 * that one unit of k carries. It does not depend on money, so a later payment, price or correction changes no composition. Forward recursion
 * in topological order, each step and holding worked out once; exact, save where fractions outgrow MAX_FRACTION_BITS (tanks that are
 * refilled for years): there the part that the whole holding carries is rounded half-even at ROUNDED_DECIMALS, and the holding and all made
 * of it are marked. The whole holding's part, not the unit's: a tank of 10^15 mg would else multiply the error past the promised 1e-30.
 */
import type { CompositionStep } from '../batch/graph.js';
import { topologicalOrder, upstreamClosure } from '../batch/graph.js';
import { assert } from '../kernel/assert.js';
import type { Fraction } from '../kernel/fraction.js';
import { add, bitLength, divide, fraction, multiply, ONE, sum, toScaled } from '../kernel/fraction.js';

export const MAX_FRACTION_BITS = 4_096;
export const ROUNDED_DECIMALS = 40;

/** Upstream step → part. Steps that give nothing are absent. */
export type Shares = ReadonlyMap<string, Fraction>;

/** Holding → its shares, per one smallest unit of the holding. */
export interface Composition extends ReadonlyMap<string, Shares> {
  /** The holdings whose shares carry a rounding, of their own or from upstream. */
  readonly rounded: ReadonlySet<string>;
}

interface Carried {
  readonly parts: Shares;
  readonly rounded: boolean;
}

interface Making {
  quantity: bigint;
  readonly parts: { readonly stepId: string; readonly alpha: Fraction }[];
}

/**
 * The shares of the holdings asked for. `steps` must hold everything upstream of them; what lies elsewhere is passed over.
 * Throws GRAPH_CIRCLE; BrokenInvariant where a holding has no maker in the list.
 */
export function compose(steps: readonly CompositionStep[], holdingIds: Iterable<string>): Composition {
  const wanted = [...new Set(holdingIds)];
  const flow = new Flow(topologicalOrder(upstreamClosure(steps, wanted)));
  const shares = new Map(wanted.map((holdingId) => [holdingId, flow.sharesOf(holdingId).parts]));
  return Object.assign(shares, { rounded: new Set(wanted.filter((holdingId) => flow.sharesOf(holdingId).rounded)) });
}

/**
 * Upstream step → the part of it that came to nothing: carried by steps that make nothing, or nothing but waste (spoilt, stolen, stock
 * count, a season without a harvest). With it every step is conserved: Σ (made − taken) × share + taken by final sales + lost = 1.
 */
export function lostShares(steps: readonly CompositionStep[]): Map<string, Fraction> {
  const flow = new Flow(topologicalOrder(steps));
  const lost = new Map<string, Fraction>();
  for (const step of steps) {
    if (totalWeight(step).num > 0n) continue;
    for (const [stepId, part] of flow.carriedBy(step.id).parts) accumulate(lost, stepId, part);
  }
  return lost;
}

/** The recursion itself: carried[step] from the shares of its inputs, share[holding] from what its makers carried. */
class Flow {
  private readonly makings = new Map<string, Making>();
  private readonly carried = new Map<string, Carried>();
  private readonly shares = new Map<string, Carried>();

  /** `steps` in topological order. */
  constructor(steps: readonly CompositionStep[]) {
    for (const step of steps) this.note(step);
    for (const step of steps) this.carried.set(step.id, this.carry(step));
  }

  carriedBy(stepId: string): Carried {
    const carried = this.carried.get(stepId);
    assert(carried, 'A step is worked out after all that made what it takes.');
    return carried;
  }

  sharesOf(holdingId: string): Carried {
    const known = this.shares.get(holdingId);
    if (known) return known;
    const making = this.makings.get(holdingId);
    assert(making, 'Every holding of a composition was made by a step of the list.');
    const total = new Map<string, Fraction>();
    let rounded = false;
    for (const { stepId, alpha } of making.parts) {
      const perUnit = divide(alpha, fraction(making.quantity));
      const carried = this.carriedBy(stepId);
      rounded ||= carried.rounded;
      for (const [upstreamId, part] of carried.parts) accumulate(total, upstreamId, multiply(perUnit, part));
    }
    for (const [upstreamId, share] of total) {
      if (bitLength(share) <= MAX_FRACTION_BITS) continue;
      rounded = true;
      const bounded = roundedShare(share, making.quantity);
      if (bounded.num === 0n) total.delete(upstreamId);
      else total.set(upstreamId, bounded);
    }
    const shares = { parts: total, rounded };
    this.shares.set(holdingId, shares);
    return shares;
  }

  private note(step: CompositionStep): void {
    const weights = totalWeight(step);
    for (const output of step.outputs) {
      assert(output.quantity > 0n, 'A step makes a quantity greater than zero.');
      const making = this.makings.get(output.holdingId) ?? { quantity: 0n, parts: [] };
      this.makings.set(output.holdingId, making);
      making.quantity += output.quantity;
      if (output.weight.num > 0n) making.parts.push({ stepId: step.id, alpha: divide(output.weight, weights) });
    }
  }

  private carry(step: CompositionStep): Carried {
    const parts = new Map<string, Fraction>([[step.id, ONE]]);
    let rounded = false;
    for (const input of step.inputs) {
      assert(input.quantity > 0n, 'A step takes a quantity greater than zero.');
      const shares = this.sharesOf(input.holdingId);
      rounded ||= shares.rounded;
      for (const [upstreamId, share] of shares.parts) accumulate(parts, upstreamId, multiply(fraction(input.quantity), share));
    }
    return { parts, rounded };
  }
}

function roundedShare(share: Fraction, quantity: bigint): Fraction {
  const whole = toScaled(multiply(share, fraction(quantity)), ROUNDED_DECIMALS);
  return fraction(whole, quantity * 10n ** BigInt(ROUNDED_DECIMALS));
}

function totalWeight(step: CompositionStep): Fraction {
  assert(
    step.outputs.every((output) => output.weight.num >= 0n),
    'No output of a step has a negative weight.',
  );
  return sum(step.outputs.map((output) => output.weight));
}

function accumulate(totals: Map<string, Fraction>, key: string, part: Fraction): void {
  const before = totals.get(key);
  totals.set(key, before ? add(before, part) : part);
}
