import { Injectable } from '@nestjs/common';
import { RowsInsert } from '../../platform/database/rows.js';
import type { Tx } from '../../platform/database/tx.js';

export interface StoredEvent {
  readonly id: string;
  readonly captureId: string;
  readonly kind: string;
  readonly type: string;
  readonly action: string | null;
  readonly bizStep: string | null;
  readonly disposition: string | null;
  readonly eventTimeMs: number;
  readonly eventOffsetMinutes: number;
  readonly organisationId: string;
  readonly facilityId: string | null;
  readonly hashProfile: string;
  readonly prehash: string;
  readonly epcis: Readonly<Record<string, unknown>>;
  readonly recordedAt: Date;
}

interface EventRow {
  id: string;
  capture_id: string;
  kind: string;
  type: string;
  action: string | null;
  biz_step: string | null;
  disposition: string | null;
  event_time: Date;
  event_offset_minutes: number;
  organisation_id: string;
  facility_id: string | null;
  hash_profile: string;
  prehash: string;
  epcis: Record<string, unknown>;
  recorded_at: Date;
}

const COLUMNS = `id, capture_id, kind, type, action, biz_step, disposition, event_time, event_offset_minutes, organisation_id, facility_id,
  hash_profile, prehash, epcis, recorded_at`;

const EVENTS = new RowsInsert<StoredEvent>('supply_events', {
  id: ['text', (event) => event.id],
  capture_id: ['uuid', (event) => event.captureId],
  kind: ['text', (event) => event.kind],
  type: ['text', (event) => event.type],
  action: ['text', (event) => event.action],
  biz_step: ['text', (event) => event.bizStep],
  disposition: ['text', (event) => event.disposition],
  event_time: ['timestamptz', (event) => new Date(event.eventTimeMs)],
  event_offset_minutes: ['int', (event) => event.eventOffsetMinutes],
  organisation_id: ['uuid', (event) => event.organisationId],
  facility_id: ['uuid', (event) => event.facilityId],
  hash_profile: ['text', (event) => event.hashProfile],
  prehash: ['text', (event) => event.prehash],
  epcis: ['jsonb', (event) => event.epcis],
  recorded_at: ['timestamptz', (event) => event.recordedAt],
});

/** Table supply_events: the record. Append-only. */
@Injectable()
export class EventRepository {
  async insert(tx: Tx, events: readonly StoredEvent[]): Promise<void> {
    await EVENTS.insert(tx, events);
  }

  async byIds(tx: Tx, ids: readonly string[]): Promise<StoredEvent[]> {
    return (await tx.query<EventRow>(`SELECT ${COLUMNS} FROM supply_events WHERE id = ANY($1)`, [ids])).map(eventOf);
  }

  async byCaptureIds(tx: Tx, captureIds: readonly string[]): Promise<StoredEvent[]> {
    return (await tx.query<EventRow>(`SELECT ${COLUMNS} FROM supply_events WHERE capture_id = ANY($1::uuid[])`, [captureIds])).map(eventOf);
  }

  /** Events that made or used any holding of these batches, oldest first; at most `limit` a batch. */
  async ofBatches(tx: Tx, batchIds: readonly string[], limit: number): Promise<Map<string, StoredEvent[]>> {
    const rows = await tx.query<EventRow & { batch_id: string }>(
      `SELECT batch_id, ${COLUMNS} FROM (
         SELECT touched.batch_id, e.*, row_number() OVER (PARTITION BY touched.batch_id ORDER BY e.seq) AS place
         FROM (
           SELECT h.batch_id, s.event_id FROM holdings h
           JOIN (SELECT holding_id, step_id FROM step_inputs UNION SELECT holding_id, step_id FROM step_outputs WHERE holding_id IS NOT NULL) flow
             ON flow.holding_id = h.id
           JOIN steps s ON s.id = flow.step_id
           WHERE h.batch_id = ANY($1::uuid[]) AND s.event_id IS NOT NULL
           UNION
           SELECT l.batch_id, sh.event_id FROM shipment_lines l JOIN shipments sh ON sh.id = l.shipment_id WHERE l.batch_id = ANY($1::uuid[])
         ) touched
         JOIN supply_events e ON e.id = touched.event_id
       ) numbered WHERE place <= $2 ORDER BY batch_id, place`,
      [batchIds, limit],
    );
    const byBatch = new Map<string, StoredEvent[]>(batchIds.map((id) => [id, []]));
    for (const row of rows) byBatch.get(row.batch_id)?.push(eventOf(row));
    return byBatch;
  }
}

function eventOf(row: EventRow): StoredEvent {
  return {
    id: row.id,
    captureId: row.capture_id,
    kind: row.kind,
    type: row.type,
    action: row.action,
    bizStep: row.biz_step,
    disposition: row.disposition,
    eventTimeMs: row.event_time.getTime(),
    eventOffsetMinutes: row.event_offset_minutes,
    organisationId: row.organisation_id,
    facilityId: row.facility_id,
    hashProfile: row.hash_profile,
    prehash: row.prehash,
    epcis: row.epcis,
    recordedAt: row.recorded_at,
  };
}
