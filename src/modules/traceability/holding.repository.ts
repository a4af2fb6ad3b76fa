import { Injectable } from '@nestjs/common';
import type { HoldingKind } from '../../core/batch/graph.js';
import type { HoldingState } from '../../core/batch/stock.js';
import type { Dimension } from '../../core/kernel/quantity.js';
import { RowsInsert } from '../../platform/database/rows.js';
import type { Tx } from '../../platform/database/tx.js';
import type { Recomposed } from './facts.js';

interface HoldingRow {
  id: string;
  kind: HoldingKind;
  batch_id: string | null;
  holder_id: string;
  facility_id: string | null;
  version: number;
  dimension: Dimension;
  made: string;
  taken: string;
  in_transit: string;
}

const COLUMNS = 'id, kind, batch_id, holder_id, facility_id, version, dimension, made, taken, in_transit';

const HOLDINGS = new RowsInsert<HoldingState & { readonly createdAt: Date }>(
  'holdings',
  {
    id: ['uuid', (state) => state.id],
    kind: ['text', (state) => state.kind],
    batch_id: ['uuid', (state) => state.batchId],
    holder_id: ['uuid', (state) => state.holderId],
    facility_id: ['uuid', (state) => state.facilityId],
    version: ['int', (state) => state.version],
    dimension: ['text', (state) => state.dimension],
    made: ['bigint', (state) => state.made],
    taken: ['bigint', (state) => state.taken],
    in_transit: ['bigint', (state) => state.inTransit],
    created_at: ['timestamptz', (state) => state.createdAt],
  },
  // Goods that come in after others were taken change what was taken: the holding is marked, each time with a later moment.
  `ON CONFLICT (id) DO UPDATE SET made = excluded.made, taken = excluded.taken, in_transit = excluded.in_transit,
     recomposed_at = CASE WHEN excluded.made > holdings.made AND holdings.taken > 0
       THEN greatest(clock_timestamp(), holdings.recomposed_at + interval '1 microsecond') ELSE holdings.recomposed_at END`,
);

/** Table holdings. Whoever changes holdings locks them first, in the order of their ids, so that two never wait for each other. */
@Injectable()
export class HoldingRepository {
  /** All holdings of these batches, and these others, locked until the transaction ends. */
  async lock(tx: Tx, batchIds: readonly string[], holdingIds: readonly string[] = []): Promise<HoldingState[]> {
    const rows = await tx.query<HoldingRow>(
      `SELECT ${COLUMNS} FROM holdings WHERE batch_id = ANY($1::uuid[]) OR id = ANY($2::uuid[]) ORDER BY id FOR UPDATE`,
      [batchIds, holdingIds],
    );
    return rows.map(stateOf);
  }

  async ofBatches(tx: Tx, batchIds: readonly string[]): Promise<HoldingState[]> {
    const rows = await tx.query<HoldingRow>(`SELECT ${COLUMNS} FROM holdings WHERE batch_id = ANY($1::uuid[]) ORDER BY created_at, id`, [
      batchIds,
    ]);
    return rows.map(stateOf);
  }

  /** `at` is when those that are new came to be. */
  async save(tx: Tx, states: readonly HoldingState[], at: Date | ((state: HoldingState) => Date)): Promise<void> {
    await HOLDINGS.insert(
      tx,
      states.map((state) => ({ ...state, createdAt: at instanceof Date ? at : at(state) })),
    );
  }

  /** Holdings that are marked as recomposed, the longest waiting first, from behind the given one on. */
  async recomposed(tx: Tx, after: Recomposed | null, limit: number): Promise<Recomposed[]> {
    const rows = await tx.query<{ id: string; recomposed_at: string }>(
      `SELECT id, recomposed_at::text FROM holdings
       WHERE recomposed_at IS NOT NULL AND ($1::timestamptz IS NULL OR (recomposed_at, id) > ($1, $2::uuid))
       ORDER BY holdings.recomposed_at, id LIMIT $3`,
      [after?.at ?? null, after?.holdingId ?? null, limit],
    );
    return rows.map((row) => ({ holdingId: row.id, at: row.recomposed_at }));
  }

  /** The marks of these holdings; those without one are left out. */
  async recompositionsOf(tx: Tx, holdingIds: readonly string[]): Promise<Recomposed[]> {
    const rows = await tx.query<{ id: string; recomposed_at: string }>(
      'SELECT id, recomposed_at::text FROM holdings WHERE id = ANY($1::uuid[]) AND recomposed_at IS NOT NULL',
      [holdingIds],
    );
    return rows.map((row) => ({ holdingId: row.id, at: row.recomposed_at }));
  }

  /** Takes these marks away; a holding that was marked anew since stays marked. */
  async settleRecompositions(tx: Tx, marks: readonly Recomposed[]): Promise<void> {
    await tx.query(
      `UPDATE holdings SET recomposed_at = NULL WHERE id IN (
         SELECT h.id FROM unnest($1::uuid[], $2::timestamptz[]) AS given(id, at) JOIN holdings h ON h.id = given.id AND h.recomposed_at = given.at
         ORDER BY h.id FOR UPDATE OF h)`,
      [marks.map(({ holdingId }) => holdingId), marks.map(({ at }) => at)],
    );
  }
}

function stateOf(row: HoldingRow): HoldingState {
  return {
    id: row.id,
    kind: row.kind,
    batchId: row.batch_id,
    holderId: row.holder_id,
    facilityId: row.facility_id,
    version: row.version,
    dimension: row.dimension,
    made: BigInt(row.made),
    taken: BigInt(row.taken),
    inTransit: BigInt(row.in_transit),
  };
}
