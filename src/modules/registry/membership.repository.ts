import { Injectable } from '@nestjs/common';
import type { Period } from '../../core/registry/as-of.js';
import type { Tx } from '../../platform/database/tx.js';
import { standingSql } from './standing.js';

export interface Membership extends Period {
  readonly id: string;
  readonly householdId: string;
  readonly cooperativeId: string;
}

/** Table memberships: dated facts. Append-only. */
@Injectable()
export class MembershipRepository {
  async insert(tx: Tx, membership: Membership, seq: bigint, recordedAt: Date): Promise<void> {
    await tx.query(
      'INSERT INTO memberships (id, household_id, cooperative_id, valid_from, valid_to, seq, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      [membership.id, membership.householdId, membership.cooperativeId, membership.validFrom, membership.validTo, seq, recordedAt],
    );
  }

  /** When these households belonged to the cooperative, as it stood at `seq`. */
  async ofCooperative(
    tx: Tx,
    householdIds: readonly string[],
    cooperativeId: string,
    seq: bigint,
  ): Promise<(Period & { householdId: string })[]> {
    const rows = await tx.query<{ household_id: string; valid_from: string; valid_to: string | null }>(
      `SELECT household_id, valid_from::text, valid_to::text FROM memberships AS fact
       WHERE cooperative_id = $1 AND household_id = ANY($2::uuid[]) AND ${standingSql('memberships', 'fact', '$3')}`,
      [cooperativeId, householdIds, seq],
    );
    return rows.map((row) => ({ householdId: row.household_id, validFrom: row.valid_from, validTo: row.valid_to }));
  }
}
