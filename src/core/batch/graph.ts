/**
 * The graph that composition runs on (income.md, 2): steps take quantities from holdings and make quantities of holdings. A crop season
 * and the shared payments of a whole shipment are holdings like goods are, so that one algorithm serves all and nothing is a special case.
 * Order and circles are decided on steps and holdings together: a lot of a thousand deliveries with a thousand takers stays linear.
 */
import { assert } from '../kernel/assert.js';
import { DomainError } from '../kernel/errors.js';
import type { Fraction } from '../kernel/fraction.js';

export type StepKind =
  'SEASON' | 'HARVEST' | 'DELIVERY' | 'UNKNOWN_ORIGIN' | 'TRANSFORMATION' | 'SHIPMENT' | 'RECEIPT' | 'RECEIPT_LINE' | 'RETURN' | 'LOSS';

export type HoldingKind = 'GOODS' | 'SEASON' | 'POOL';

export interface StepInput {
  readonly holdingId: string;
  /** Greater than zero, in the smallest unit of the holding's dimension. */
  readonly quantity: bigint;
}

export interface StepOutput {
  readonly holdingId: string;
  /** Greater than zero, in the smallest unit of the holding's dimension. */
  readonly quantity: bigint;
  /** Against the other outputs of the step; zero for waste. */
  readonly weight: Fraction;
}

/** One node of the composition graph: income.md's "upstream event x". */
export interface CompositionStep {
  readonly id: string;
  readonly kind: StepKind;
  readonly inputs: readonly StepInput[];
  readonly outputs: readonly StepOutput[];
}

/** Holding → the steps that make it, each named once. */
export function makersByHolding(steps: readonly CompositionStep[]): Map<string, CompositionStep[]> {
  const makers = new Map<string, CompositionStep[]>();
  for (const step of steps) {
    for (const holdingId of distinctHoldings(step.outputs)) append(makers, holdingId, step);
  }
  return makers;
}

/**
 * The steps so ordered that each stands behind all that made what it takes. Inputs that no step of the list makes are taken as given.
 * Throws GRAPH_CIRCLE, naming the steps of one circle.
 */
export function topologicalOrder(steps: readonly CompositionStep[]): CompositionStep[] {
  assert(new Set(steps.map((step) => step.id)).size === steps.length, 'Each step stands in the graph once.');
  const makers = makersByHolding(steps);
  const makersOpen = new Map([...makers].map(([holdingId, list]) => [holdingId, list.length]));
  const takers = new Map<string, CompositionStep[]>();
  const inputsOpen = new Map<string, number>();
  for (const step of steps) {
    const made = distinctHoldings(step.inputs).filter((holdingId) => makers.has(holdingId));
    inputsOpen.set(step.id, made.length);
    for (const holdingId of made) append(takers, holdingId, step);
  }
  const order = steps.filter((step) => inputsOpen.get(step.id) === 0);
  // The list grows while it is walked: it is the queue and the answer in one.
  for (const step of order) {
    for (const holdingId of distinctHoldings(step.outputs)) {
      if (countDown(makersOpen, holdingId) > 0) continue;
      for (const taker of takers.get(holdingId) ?? []) if (countDown(inputsOpen, taker.id) === 0) order.push(taker);
    }
  }
  if (order.length < steps.length) throw new DomainError('GRAPH_CIRCLE', { steps: circleAmong(steps, order, makers) });
  return order;
}

/** The steps of the list upstream of the holdings, their own makers included, in the list's order. */
export function upstreamClosure(steps: readonly CompositionStep[], holdingIds: Iterable<string>): CompositionStep[] {
  const makers = makersByHolding(steps);
  const holdings = new Set(holdingIds);
  const reached = new Set<string>();
  // A Set hands out what is added while it is walked.
  for (const holdingId of holdings) {
    for (const maker of makers.get(holdingId) ?? []) {
      if (reached.has(maker.id)) continue;
      reached.add(maker.id);
      for (const input of maker.inputs) holdings.add(input.holdingId);
    }
  }
  return steps.filter((step) => reached.has(step.id));
}

/** Walks back from a step that could not be ordered until a step comes again: between the two lies a circle. */
function circleAmong(
  steps: readonly CompositionStep[],
  ordered: readonly CompositionStep[],
  makers: ReadonlyMap<string, readonly CompositionStep[]>,
): string[] {
  const done = new Set(ordered.map((step) => step.id));
  const path: string[] = [];
  const seen = new Map<string, number>();
  let step = steps.find((candidate) => !done.has(candidate.id));
  while (step && !seen.has(step.id)) {
    seen.set(step.id, path.length);
    path.push(step.id);
    step = step.inputs.flatMap((input) => makers.get(input.holdingId) ?? []).find((maker) => !done.has(maker.id));
  }
  assert(step, 'A step that cannot be ordered has a maker that cannot be ordered.');
  return path.slice(seen.get(step.id)).reverse();
}

function distinctHoldings(flows: readonly { readonly holdingId: string }[]): string[] {
  return [...new Set(flows.map((flow) => flow.holdingId))];
}

function append<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

function countDown(counts: Map<string, number>, key: string): number {
  const rest = (counts.get(key) ?? 0) - 1;
  assert(rest >= 0, 'A count of open edges never falls below zero.');
  counts.set(key, rest);
  return rest;
}
