import { Injectable } from '@nestjs/common';
import type { StepKind } from '../../core/batch/graph.js';
import { fraction } from '../../core/kernel/fraction.js';
import type { Dimension } from '../../core/kernel/quantity.js';
import type { Tx } from '../../platform/database/tx.js';
import type { Ancestor, StandingBatch } from './facts.js';

interface StandingRow {
  id: string;
  product_id: string;
  gtin: string;
  lot: string;
  digital_link: string;
  short_code: string;
  organisation_id: string;
  created_at: Date;
  drawn_from_at: Date | null;
  filled_by_deliveries: boolean;
  holding_id: string | null;
  made: string;
  taken: string;
  in_transit: string;
}

interface AncestorRow {
  id: string;
  kind: StepKind;
  event_id: string | null;
  inputs: [holding: string, quantity: string][] | null;
  outputs: [holding: string | null, line: number, quantity: string, num: string, den: string][] | null;
  source_quantity: string | null;
  source_dimension: Dimension | null;
  delivery_organisation_id: string | null;
  grower_kind: string | null;
  grower_id: string | null;
  plot_id: string | null;
  delivered_at: Date | null;
  biz_step: string | null;
  event_time: Date | null;
  event_offset_minutes: number | null;
  event_organisation_id: string | null;
  event_facility_id: string | null;
}

const NAMED_BY = { digitalLink: 'digital_link', shortCode: 'short_code', id: 'id' } as const;

/** A batch and all it came from, as provenance asks for it: two statements, however deep the chain. */
@Injectable()
export class AncestryRepository {
  /** The batch of that name with its holdings; null where there is none. */
  async standing(tx: Tx, by: keyof typeof NAMED_BY, name: string): Promise<StandingBatch | null> {
    const rows = await tx.query<StandingRow>(
      `SELECT b.id, b.product_id, b.gtin, b.lot, b.digital_link, b.short_code, b.organisation_id, b.created_at, b.drawn_from_at,
         EXISTS (SELECT 1 FROM deliveries d WHERE d.batch_id = b.id) AS filled_by_deliveries,
         h.id AS holding_id, h.made, h.taken, h.in_transit
       FROM batches b LEFT JOIN holdings h ON h.batch_id = b.id WHERE b.${NAMED_BY[by]} = $1`,
      [name],
    );
    const [row] = rows;
    if (!row) return null;
    return {
      id: row.id,
      productId: row.product_id,
      gtin: row.gtin,
      lot: row.lot,
      digitalLink: row.digital_link,
      shortCode: row.short_code,
      organisationId: row.organisation_id,
      createdAt: row.created_at,
      drawnFromAt: row.drawn_from_at,
      filledByDeliveries: row.filled_by_deliveries,
      holdings: rows.flatMap(({ holding_id: id, made, taken, in_transit: inTransit }) =>
        id === null ? [] : [{ id, made: BigInt(made), available: BigInt(made) - BigInt(taken), inTransit: inTransit !== '0' }],
      ),
    };
  }

  /**
   * Every step upstream of the batch, in whoever's hands, with its goods, its delivery and its event; null where there are more than `limit`. LATERAL with
   * OFFSET 0 is one index look-up a step: PostgreSQL cannot know how far the recursion goes, and would else read whole tables into hashes.
   * One id and no array, and a limit that is written out: so the plan is the same for every value, and is kept.
   */
  async ancestors(tx: Tx, batchId: string, limit: number): Promise<Ancestor[] | null> {
    const rows = await tx.query<AncestorRow>(
      `WITH RECURSIVE cone(step_id) AS (
         SELECT o.step_id FROM holdings h JOIN step_outputs o ON o.holding_id = h.id WHERE h.batch_id = $1
         UNION
         SELECT o.step_id FROM cone
         CROSS JOIN LATERAL (SELECT holding_id FROM step_inputs WHERE step_id = cone.step_id OFFSET 0) i
         CROSS JOIN LATERAL (SELECT step_id FROM step_outputs WHERE holding_id = i.holding_id OFFSET 0) o
       )
       SELECT s.id, s.kind, s.event_id,
         (SELECT json_agg(json_build_array(i.holding_id, i.quantity::text)) FROM step_inputs i WHERE i.step_id = s.id) AS inputs,
         (SELECT json_agg(json_build_array(o.holding_id, o.line, o.quantity::text, o.weight_num::text, o.weight_den::text))
            FROM step_outputs o WHERE o.step_id = s.id) AS outputs,
         coalesce(d.net, u.quantity)::text AS source_quantity, coalesce(d.dimension, u.dimension) AS source_dimension,
         d.organisation_id AS delivery_organisation_id, d.grower_kind, d.grower_id, d.plot_id, d.delivered_at,
         e.biz_step, e.event_time, e.event_offset_minutes, e.organisation_id AS event_organisation_id, e.facility_id AS event_facility_id
       FROM (SELECT step_id FROM cone LIMIT ${limit + 1}) AS reached
       CROSS JOIN LATERAL (SELECT * FROM steps WHERE id = reached.step_id OFFSET 0) s
       LEFT JOIN LATERAL (SELECT * FROM deliveries WHERE step_id = s.id OFFSET 0) d ON true
       LEFT JOIN LATERAL (SELECT * FROM unknown_origins WHERE step_id = s.id OFFSET 0) u ON true
       LEFT JOIN LATERAL (SELECT * FROM supply_events WHERE id = s.event_id OFFSET 0) e ON true
       ORDER BY s.id`,
      [batchId],
    );
    return rows.length > limit ? null : rows.map(ancestorOf);
  }
}

function ancestorOf(row: AncestorRow): Ancestor {
  const { id, kind, event_id: eventId } = row;
  return {
    id,
    kind,
    eventId,
    inputs: (row.inputs ?? []).map(([holdingId, quantity]) => ({ holdingId, quantity: BigInt(quantity) })),
    outputs: (row.outputs ?? []).map(([holdingId, line, quantity, num, den]) => ({
      // Waste lies in nobody's hands: a name that nothing takes from.
      holdingId: holdingId ?? `waste:${id}:${String(line)}`,
      quantity: BigInt(quantity),
      weight: fraction(BigInt(num), BigInt(den)),
    })),
    source:
      row.source_quantity === null || row.source_dimension === null
        ? null
        : { quantity: BigInt(row.source_quantity), dimension: row.source_dimension },
    delivery:
      row.delivery_organisation_id === null || row.grower_kind === null || row.grower_id === null || row.delivered_at === null
        ? null
        : {
            organisationId: row.delivery_organisation_id,
            growerKind: row.grower_kind,
            growerId: row.grower_id,
            plotId: row.plot_id,
            deliveredAt: row.delivered_at,
          },
    event:
      eventId === null || row.event_time === null || row.event_organisation_id === null
        ? null
        : {
            id: eventId,
            bizStep: row.biz_step,
            eventTimeMs: row.event_time.getTime(),
            eventOffsetMinutes: row.event_offset_minutes ?? 0,
            organisationId: row.event_organisation_id,
            facilityId: row.event_facility_id,
          },
  };
}
