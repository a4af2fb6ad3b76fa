import { describe, expect, it } from '@jest/globals';
import type { StepKind } from '../../core/batch/graph.js';
import type { StepFacts, StoredEvent } from '../traceability/index.js';
import { journeyOf } from './journey.js';

function happened(id: string, kind: StepKind, at: string, eventId = id): { step: StepFacts; event: StoredEvent } {
  const step = {
    id,
    kind,
    inputs: [],
    outputs: [],
    captureId: id,
    eventId,
    organisationId: 'o',
    occurredAt: new Date(at),
    custodyModel: null,
    source: null,
    openSeason: false,
  };
  const event = {
    id: eventId,
    captureId: id,
    kind,
    type: 'ObjectEvent',
    action: 'ADD',
    bizStep: 'commissioning',
    disposition: null,
    eventTimeMs: Date.parse(at),
    eventOffsetMinutes: 480,
    organisationId: 'o',
    facilityId: 'f',
    hashProfile: '',
    prehash: '',
    epcis: {},
    recordedAt: new Date(at),
  };
  return { step, event };
}
function journey(all: readonly { step: StepFacts; event: StoredEvent }[]): [StepKind, string][] {
  const events = [...new Map(all.map(({ event }) => [event.id, event])).values()];
  const steps = journeyOf(
    all.map(({ step }) => step),
    events,
    [{ id: 'o', name: 'Guiding rice' }],
    [{ id: 'f', name: 'Weighing house' }],
  );
  return steps.map(({ kind, at }) => [kind, at]);
}

describe('a journey', () => {
  it('tells the day as the clock at the place showed it', () => {
    expect(journey([happened('a', 'TRANSFORMATION', '2026-05-26T20:00:00Z')])).toEqual([['TRANSFORMATION', '2026-05-27']]);
  });

  it('tells the deliveries into one place once, on the day of the first', () => {
    const all = [
      happened('a', 'DELIVERY', '2026-05-26T01:00:00Z'),
      happened('b', 'DELIVERY', '2026-05-26T02:00:00Z'),
      happened('c', 'DELIVERY', '2026-05-27T02:00:00Z'),
    ];
    expect(journey(all)).toEqual([['DELIVERY', '2026-05-26']]);
  });

  it('tells a receipt of several lines once', () => {
    const at = '2026-05-28T07:00:00Z';
    expect(
      journey([happened('a', 'RECEIPT_LINE', at, 'e'), happened('b', 'RECEIPT_LINE', at, 'e'), happened('c', 'RECEIPT', at, 'e')]),
    ).toEqual([['RECEIPT', '2026-05-28']]);
  });

  it.each([
    ['before', ['UNKNOWN_ORIGIN', 'TRANSFORMATION']],
    ['after', ['TRANSFORMATION', 'UNKNOWN_ORIGIN']],
  ] as const)('calls a step by what was done where goods of unknown origin stand %s it', (_, kinds) => {
    expect(journey(kinds.map((kind) => happened(kind, kind, '2026-05-28T07:00:00Z', 'e')))).toEqual([['TRANSFORMATION', '2026-05-28']]);
  });
});
