import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/tx.js';

export interface UnitEntry {
  readonly sscc: string;
  readonly action: 'ADD' | 'DELETE';
  readonly holdingId: string | null;
  readonly childSscc: string | null;
  readonly quantity: bigint | null;
}

/** Table logistic_unit_entries: what was put into and taken out of logistic units; what is inside is the sum. Append-only. */
@Injectable()
export class LogisticUnitRepository {
  /** Two who pack one unit come one after the other. */
  async lock(tx: Tx, sscc: string): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 1))', [sscc]);
  }

  async insert(tx: Tx, captureId: string, entries: readonly UnitEntry[]): Promise<void> {
    await tx.query(
      `INSERT INTO logistic_unit_entries (capture_id, line, sscc, action, holding_id, child_sscc, quantity)
       SELECT $1, line - 1, sscc, action, holding_id, child_sscc, quantity
       FROM unnest($2::text[], $3::text[], $4::uuid[], $5::text[], $6::bigint[]) WITH ORDINALITY AS e(sscc, action, holding_id, child_sscc, quantity, line)`,
      [
        captureId,
        entries.map((entry) => entry.sscc),
        entries.map((entry) => entry.action),
        entries.map((entry) => entry.holdingId),
        entries.map((entry) => entry.childSscc),
        entries.map((entry) => entry.quantity),
      ],
    );
  }

  /** What is inside now: quantities by holding, and child units. */
  async contents(tx: Tx, sscc: string): Promise<{ holdings: Map<string, bigint>; children: Set<string> }> {
    const rows = await tx.query<{ holding_id: string | null; child_sscc: string | null; inside: string }>(
      `SELECT holding_id, child_sscc, sum(CASE action WHEN 'ADD' THEN coalesce(quantity, 1) ELSE -coalesce(quantity, 1) END)::text AS inside
       FROM logistic_unit_entries WHERE sscc = $1 GROUP BY 1, 2`,
      [sscc],
    );
    const inside = rows.filter((row) => BigInt(row.inside) > 0n);
    return {
      holdings: new Map(inside.flatMap((row) => (row.holding_id === null ? [] : [[row.holding_id, BigInt(row.inside)]]))),
      children: new Set(inside.flatMap((row) => (row.child_sscc === null ? [] : [row.child_sscc]))),
    };
  }
}
