import { Injectable } from '@nestjs/common';
import type { HoldingKind } from '../../core/batch/graph.js';
import type { HoldingState } from '../../core/batch/stock.js';
import type { Dimension } from '../../core/kernel/quantity.js';
import type { Tx } from '../../platform/database/tx.js';

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

  async save(tx: Tx, states: readonly HoldingState[], at: Date): Promise<void> {
    if (states.length === 0) return;
    const column = <T>(pick: (state: HoldingState) => T): T[] => states.map(pick);
    await tx.query(
      `INSERT INTO holdings (${COLUMNS}, created_at)
       SELECT *, $11::timestamptz FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[], $6::int[], $7::text[], $8::bigint[], $9::bigint[], $10::bigint[])
       ON CONFLICT (id) DO UPDATE SET made = excluded.made, taken = excluded.taken, in_transit = excluded.in_transit`,
      [
        column((state) => state.id),
        column((state) => state.kind),
        column((state) => state.batchId),
        column((state) => state.holderId),
        column((state) => state.facilityId),
        column((state) => state.version),
        column((state) => state.dimension),
        column((state) => state.made),
        column((state) => state.taken),
        column((state) => state.inTransit),
        at,
      ],
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
