import { describe, expect, it } from '@jest/globals';
import type { StepKind } from '../../core/batch/graph.js';
import { fraction } from '../../core/kernel/fraction.js';
import type { HoldingFacts, StepFacts } from '../traceability/index.js';
import { sourceMasses } from './source-masses.js';

type Flow = readonly [holdingId: string, quantity: bigint];

function step(id: string, kind: StepKind, inputs: readonly Flow[], outputs: readonly Flow[], source: bigint | null = null): StepFacts {
  return {
    id,
    kind,
    inputs: inputs.map(([holdingId, quantity]) => ({ holdingId, quantity })),
    outputs: outputs.map(([holdingId, quantity]) => ({ holdingId, quantity, weight: fraction(quantity) })),
    captureId: id,
    eventId: id,
    organisationId: 'cooperative',
    occurredAt: new Date(0),
    custodyModel: null,
    source: source === null ? null : { quantity: source, dimension: 'MASS', unpriced: false },
    openSeason: false,
  };
}
function holding(id: string, made: bigint): HoldingFacts {
  return {
    id,
    batchId: 'batch',
    holderId: 'cooperative',
    facilityId: null,
    version: 1,
    dimension: 'MASS',
    made,
    available: 0n,
    inTransit: false,
  };
}

describe('what a batch is made of', () => {
  it('is what was delivered for it, whether or not it was dried since', () => {
    const steps = [step('d', 'DELIVERY', [], [['paddy', 100n]], 100n), step('t', 'TRANSFORMATION', [['paddy', 50n]], [['rice', 30n]])];
    expect(sourceMasses([holding('rice', 30n)], steps)).toEqual({
      byStep: new Map([['d', fraction(50n)]]),
      total: fraction(50n),
      known: fraction(50n),
    });
  });

  it('counts goods that changed hands once', () => {
    const steps = [step('d', 'DELIVERY', [], [['here', 100n]], 100n), step('r', 'RECEIPT_LINE', [['here', 60n]], [['there', 60n]])];
    expect(sourceMasses([holding('here', 100n), holding('there', 60n)], steps).total).toEqual(fraction(100n));
  });

  it('keeps apart what is of unknown origin', () => {
    const steps = [
      step('d', 'DELIVERY', [], [['a', 75n]], 75n),
      step('u', 'UNKNOWN_ORIGIN', [], [['b', 25n]], 25n),
      step(
        't',
        'TRANSFORMATION',
        [
          ['a', 75n],
          ['b', 25n],
        ],
        [['c', 100n]],
      ),
    ];
    expect(sourceMasses([holding('c', 100n)], steps)).toMatchObject({ total: fraction(100n), known: fraction(75n) });
  });

  it('leaves out a delivery of which nothing is in the batch', () => {
    const steps = [step('d', 'DELIVERY', [], [['a', 75n]], 75n), step('e', 'DELIVERY', [], [['b', 5n]], 5n)];
    expect([...sourceMasses([holding('a', 75n)], steps).byStep.keys()]).toEqual(['d']);
  });
});
