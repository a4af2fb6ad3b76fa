import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomChains } from '../../../test/support/builders/random-chain.js';
import { DomainError } from '../kernel/errors.js';
import { ONE } from '../kernel/fraction.js';
import type { CompositionStep } from './graph.js';
import { topologicalOrder, upstreamClosure } from './graph.js';

function step(id: string, inputs: string[], outputs: string[]): CompositionStep {
  return {
    id,
    kind: 'TRANSFORMATION',
    inputs: inputs.map((holdingId) => ({ holdingId, quantity: 1n })),
    outputs: outputs.map((holdingId) => ({ holdingId, quantity: 1n, weight: ONE })),
  };
}

function circleOf(steps: CompositionStep[]): unknown {
  try {
    topologicalOrder(steps);
  } catch (error) {
    return error instanceof DomainError ? [error.code, error.detail] : error;
  }
  return 'no circle';
}

describe('the composition graph', () => {
  it('puts every step behind all that made what it takes, however the list is shuffled', () => {
    fc.assert(
      fc.property(
        randomChains().chain((chain) => fc.shuffledSubarray([...chain.steps], { minLength: chain.steps.length })),
        (shuffled) => {
          const order = topologicalOrder(shuffled);
          expect(order).toHaveLength(shuffled.length);
          const rank = new Map(order.map((each, i) => [each.id, i]));
          for (const maker of shuffled) {
            for (const taker of shuffled) {
              const feeds = maker.outputs.some((output) => taker.inputs.some((input) => input.holdingId === output.holdingId));
              if (feeds) expect(rank.get(maker.id)).toBeLessThan(rank.get(taker.id)!);
            }
          }
        },
      ),
    );
  });

  it('waits for all deliveries of one lot', () => {
    const take = step('take', ['lot'], ['rice']);
    const order = topologicalOrder([take, step('d1', [], ['lot']), step('d2', [], ['lot'])]);
    expect(order.map((each) => each.id)).toEqual(['d1', 'd2', 'take']);
  });

  it('takes inputs that no step of the list makes as given', () => {
    expect(topologicalOrder([step('mill', ['paddy'], ['rice'])])).toHaveLength(1);
  });

  it('refuses a circle and names its steps, not what lies downstream of it', () => {
    const steps = [
      step('press', ['mix'], ['product', 'regrind']),
      step('grind', ['regrind', 'h1'], ['mix']),
      step('pack', ['product'], ['pack']),
    ];
    expect(circleOf(steps)).toEqual(['GRAPH_CIRCLE', { steps: expect.arrayContaining(['press', 'grind']) }]);
    expect(circleOf(steps)).not.toEqual(['GRAPH_CIRCLE', { steps: expect.arrayContaining(['pack']) }]);
    expect(circleOf([step('loop', ['tank'], ['tank'])])).toEqual(['GRAPH_CIRCLE', { steps: ['loop'] }]);
  });

  it('closes upstream over makers of makers, and leaves out sisters and children', () => {
    const steps = [
      step('d1', [], ['lot']),
      step('d2', [], ['other']),
      step('mill', ['lot'], ['rice', 'bran']),
      step('pack', ['rice'], ['pack']),
      step('feed', ['bran', 'other'], ['feed']),
    ];
    expect(upstreamClosure(steps, ['rice']).map((each) => each.id)).toEqual(['d1', 'mill']);
    expect(upstreamClosure(steps, ['feed', 'pack'])).toEqual(steps);
    expect(upstreamClosure(steps, ['nothing'])).toEqual([]);
  });
});
