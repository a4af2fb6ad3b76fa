import { Injectable } from '@nestjs/common';
import type { DatedFact } from '../../core/registry/as-of.js';
import type { HouseholdStatusKind } from '../../core/registry/target-group.js';
import type { Tx } from '../../platform/database/tx.js';

export interface NewStatus {
  readonly id: string;
  readonly householdId: string;
  readonly kind: HouseholdStatusKind;
  readonly validFrom: string;
  readonly register: string;
  readonly category: string | null;
  readonly score: string | null;
  readonly threshold: string | null;
  readonly reason: string | null;
  readonly evidence: readonly string[];
}

export interface StatusEntry extends DatedFact {
  readonly householdId: string;
  readonly kind: HouseholdStatusKind;
}

/** Table household_statuses: dated facts. Append-only. */
@Injectable()
export class HouseholdStatusRepository {
  async insert(tx: Tx, entry: NewStatus, seq: bigint, recordedBy: string, recordedAt: Date): Promise<void> {
    await tx.query(
      `INSERT INTO household_statuses (id, household_id, kind, valid_from, register, category, score, threshold, reason, evidence, seq,
                                       recorded_by, recorded_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [
        entry.id,
        entry.householdId,
        entry.kind,
        entry.validFrom,
        entry.register,
        entry.category,
        entry.score,
        entry.threshold,
        entry.reason,
        entry.evidence,
        seq,
        recordedBy,
        recordedAt,
      ],
    );
  }

  /** Every entry of these households that was recorded by `seq`. */
  async recordedBy(tx: Tx, householdIds: readonly string[], seq: bigint): Promise<StatusEntry[]> {
    const rows = await tx.query<{
      id: string;
      household_id: string;
      kind: HouseholdStatusKind;
      valid_from: string;
      valid_to: string | null;
      seq: string;
      supersedes: string | null;
      retraction: boolean;
    }>(
      `SELECT id, household_id, kind, valid_from::text, valid_to::text, seq::text, supersedes, retraction
       FROM household_statuses WHERE household_id = ANY($1::uuid[]) AND seq <= $2`,
      [householdIds, seq],
    );
    return rows.map((row) => ({
      id: row.id,
      householdId: row.household_id,
      kind: row.kind,
      validFrom: row.valid_from,
      validTo: row.valid_to,
      seq: BigInt(row.seq),
      supersedes: row.supersedes,
      retraction: row.retraction,
    }));
  }
}
