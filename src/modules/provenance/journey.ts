import type { StepKind } from '../../core/batch/graph.js';
import { formatInstant } from '../../core/kernel/instant.js';
import type { Ancestor } from '../traceability/index.js';
import type { JourneyStep } from './view.js';

interface Named {
  readonly id: string;
  readonly name: string;
}

/**
 * What happened on the way, in the order of the events. The deliveries into one facility are one step of the journey, on the day of the
 * first: how many there were could be how few, and on most days somebody delivers alone.
 */
export function journeyOf(
  steps: readonly Pick<Ancestor, 'kind' | 'eventId'>[],
  events: readonly NonNullable<Ancestor['event']>[],
  organisations: readonly Named[],
  facilities: readonly Named[],
): JourneyStep[] {
  const kinds = kindsByEvent(steps);
  const names = new Map([...organisations, ...facilities].map((one) => [one.id, one.name]));
  const seen = new Set<string>();
  return events.flatMap((event) => {
    const kind = kinds.get(event.id);
    const organisation = names.get(event.organisationId);
    if (kind === undefined || organisation === undefined) return [];
    const at = formatInstant({ epochMs: event.eventTimeMs, offsetMinutes: event.eventOffsetMinutes }).slice(0, 10);
    const once = kind === 'DELIVERY' || kind === 'HARVEST' ? [kind, event.organisationId, event.facilityId].join() : event.id;
    if (seen.has(once)) return [];
    seen.add(once);
    return { eventId: event.id, kind, bizStep: event.bizStep, at, organisation, facility: names.get(event.facilityId ?? '') ?? null };
  });
}

/** A receipt is one event and several steps: each line, and what they share. */
function kindsByEvent(steps: readonly Pick<Ancestor, 'kind' | 'eventId'>[]): Map<string, StepKind> {
  const kinds = new Map<string, StepKind>();
  for (const step of steps) {
    // Goods of unknown origin come with the event of the step that takes them.
    if (step.eventId === null || (step.kind === 'UNKNOWN_ORIGIN' && kinds.has(step.eventId))) continue;
    kinds.set(step.eventId, step.kind === 'RECEIPT_LINE' ? 'RECEIPT' : step.kind);
  }
  return kinds;
}
