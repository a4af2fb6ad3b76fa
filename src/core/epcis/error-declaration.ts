/**
 * Saying that an event was wrong (EPCIS 2.0, 7.4.1.4): nothing is taken out of the record. The event is recorded once more, the same in every field and with
 * the same id, and with a declaration in it: when, why, and which events say it right. So whoever asks sees both, and a projection leaves both out. Whoever
 * recorded an event may declare it wrong, once; a declaration itself is not declared wrong, what it corrected is recorded anew.
 */
import { DomainError } from '../kernel/errors.js';
import type { Instant } from '../kernel/instant.js';
import { formatInstant } from '../kernel/instant.js';
import type { ErrorReason } from './cbv.js';
import { EPCIS_CONTEXT } from './epcis-json.js';
import type { EpcisEvent } from './event.js';
import { eventHash } from './event-hash.js';

/** Corrective events of one declaration. */
export const CORRECTIVE_EVENTS_MAX = 100;

export interface RecordedEvent {
  /** With its eventID. */
  readonly event: EpcisEvent;
  /** Who recorded it. */
  readonly organisationId: string;
  /** Milliseconds since 1970. */
  readonly recordedAtMs: number;
  /** True where it was declared wrong before. */
  readonly declared: boolean;
}

export interface DeclaredFacts {
  readonly organisationId: string;
  readonly at: Instant;
  readonly reason?: ErrorReason;
  readonly correctiveEventIds?: readonly string[];
}

/**
 * The event with the declaration in it. Throws FORBIDDEN for somebody else's event, ERROR_DECLARED for one that was declared wrong before, DATES_OUT_OF_ORDER
 * where it would be declared wrong before it was recorded, BAD_INPUT for a declaration, for an event that corrects itself, or is named twice; TOO_MANY_ITEMS.
 */
export function errorDeclarationOf(recorded: RecordedEvent, facts: DeclaredFacts): EpcisEvent {
  const { event } = recorded;
  const { at, reason, correctiveEventIds = [] } = facts;
  if (recorded.organisationId !== facts.organisationId) throw new DomainError('FORBIDDEN', { eventId: event.eventID });
  if (event.errorDeclaration)
    throw new DomainError('BAD_INPUT', { expected: 'an event, not the declaration of its error', found: event.eventID });
  if (recorded.declared) throw new DomainError('ERROR_DECLARED', { eventId: event.eventID });
  if (at.epochMs < recorded.recordedAtMs) {
    throw new DomainError('DATES_OUT_OF_ORDER', {
      recordedAt: new Date(recorded.recordedAtMs).toISOString(),
      declaredAt: formatInstant(at),
    });
  }
  if (correctiveEventIds.length > CORRECTIVE_EVENTS_MAX) {
    throw new DomainError('TOO_MANY_ITEMS', { items: correctiveEventIds.length, most: CORRECTIVE_EVENTS_MAX }, ['correctiveEventIds']);
  }
  const wrong = correctiveEventIds.findIndex((id, i) => id === event.eventID || correctiveEventIds.indexOf(id) < i);
  if (wrong >= 0) {
    throw new DomainError('BAD_INPUT', { expected: 'other events, each once', found: correctiveEventIds[wrong] }, [
      'correctiveEventIds',
      String(wrong),
    ]);
  }
  return {
    ...event,
    errorDeclaration: {
      declarationTime: formatInstant(at),
      ...(reason && { reason }),
      ...(correctiveEventIds.length > 0 && { correctiveEventIDs: correctiveEventIds }),
    },
  };
}

/** True where one event declares the other wrong: the same id, and the same in all that a hash sees. Both in their own context, as they were read. */
export function declaresErrorOf(declaration: EpcisEvent, event: EpcisEvent): boolean {
  if (!declaration.errorDeclaration || event.errorDeclaration || declaration.eventID !== event.eventID) return false;
  return eventHash(declaration, EPCIS_CONTEXT).hash === eventHash(event, EPCIS_CONTEXT).hash;
}
