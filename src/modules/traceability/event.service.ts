import { Injectable } from '@nestjs/common';
import { EPCIS_CONTEXT } from '../../core/epcis/epcis-json.js';
import type { EpcisEvent } from '../../core/epcis/event.js';
import { eventHash } from '../../core/epcis/event-hash.js';
import { DomainError } from '../../core/kernel/errors.js';
import type { Instant } from '../../core/kernel/instant.js';
import { formatInstant } from '../../core/kernel/instant.js';
import { Clock } from '../../platform/clock/clock.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/tx.js';
import type { Principal } from '../identity/index.js';
import { IdentityService } from '../identity/index.js';
import type { StoredEvent } from './event.repository.js';
import { EventRepository } from './event.repository.js';

/** A phone's clock may run ahead a little; what claims to be further in the future is a mistake. */
export const EVENT_TIME_AHEAD_MS_MAX = 5 * 60_000;
export const EVENTS_PER_BATCH_MAX = 500;

export interface Recording {
  readonly captureId: string;
  readonly kind: string;
  readonly at: Instant;
  readonly organisationId: string;
  readonly facilityId: string | null;
  readonly event: EpcisEvent;
}

/** The record of what happened: named by the hash of its content, stored once, never changed. */
@Injectable()
export class EventService {
  constructor(
    private readonly events: EventRepository,
    private readonly identity: IdentityService,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Stores the event and answers its id, the CBV 2.0 event hash. Throws TIME_IN_FUTURE. */
  async append(tx: Tx, recording: Recording): Promise<string> {
    const event = this.draft(recording);
    await this.store(tx, [event]);
    return event.id;
  }

  /** Throws TIME_IN_FUTURE. */
  requireNotAhead(at: Instant): void {
    if (at.epochMs > this.clock.nowMs() + EVENT_TIME_AHEAD_MS_MAX)
      throw new DomainError('TIME_IN_FUTURE', { eventTime: formatInstant(at) });
  }

  /** The event as it is to be stored, named by its hash. Throws TIME_IN_FUTURE. */
  draft(recording: Recording): StoredEvent {
    const { captureId, kind, at, organisationId, facilityId, event } = recording;
    this.requireNotAhead(at);
    const { hash, prehash, profile } = eventHash(event, EPCIS_CONTEXT);
    return {
      id: hash,
      captureId,
      kind,
      type: event.type,
      action: 'action' in event ? event.action : null,
      bizStep: event.bizStep ?? null,
      disposition: event.disposition ?? null,
      eventTimeMs: at.epochMs,
      eventOffsetMinutes: at.offsetMinutes,
      organisationId,
      facilityId,
      hashProfile: profile,
      prehash,
      epcis: { ...event, eventID: hash },
      recordedAt: new Date(this.clock.nowMs()),
    };
  }

  /** In their order: the order of the record. */
  async store(tx: Tx, events: readonly StoredEvent[]): Promise<void> {
    await this.events.insert(tx, events);
  }

  async byIds(ids: readonly string[], tx: Tx = this.database.reader): Promise<StoredEvent[]> {
    return this.events.byIds(tx, ids);
  }

  async ofBatches(batchIds: readonly string[]): Promise<Map<string, StoredEvent[]>> {
    return this.events.ofBatches(this.database.reader, batchIds, EVENTS_PER_BATCH_MAX);
  }

  /** One event, where the principal may see it; else null. */
  async find(principal: Principal, ref: { eventId?: string | null; captureId?: string | null }): Promise<StoredEvent | null> {
    const tx = this.database.reader;
    const [event] = ref.eventId ? await this.events.byIds(tx, [ref.eventId]) : await this.events.byCaptureIds(tx, [ref.captureId ?? '']);
    if (!event) return null;
    const visible = await this.identity.visible(principal, [event.organisationId]);
    return visible.has(event.organisationId) ? event : null;
  }
}
