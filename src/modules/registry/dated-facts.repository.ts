import { Injectable } from '@nestjs/common';
import type { HouseholdStatusKind } from '../../core/registry/target-group.js';
import type { Tx } from '../../platform/database/tx.js';

export interface StatusEntry {
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

export interface Membership {
  readonly id: string;
  readonly householdId: string;
  readonly cooperativeId: string;
  readonly validFrom: string;
  readonly validTo: string | null;
}

export interface Agreement {
  readonly id: string;
  readonly kind: string;
  readonly promisorId: string;
  readonly productId: string | null;
  readonly validFrom: string;
  readonly validTo: string | null;
  /** Exact decimal. */
  readonly rate: string | null;
  readonly floor: { readonly amountMinor: bigint; readonly currency: string; readonly per: string } | null;
  readonly counts: string;
  readonly weights: string;
}

/** Tables household_statuses, memberships, agreements: dated facts, append-only. */
@Injectable()
export class DatedFactsRepository {
  async insertStatus(tx: Tx, entry: StatusEntry, recordedBy: string, recordedAt: Date): Promise<void> {
    // One after the other until the commit: else a lower seq could appear after a higher one was read, and a snapshot would change.
    await tx.query("SELECT pg_advisory_xact_lock(hashtextextended('household_statuses', 0))");
    await tx.query(
      `INSERT INTO household_statuses (id, household_id, kind, valid_from, register, category, score, threshold, reason, evidence, recorded_by, recorded_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
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
        recordedBy,
        recordedAt,
      ],
    );
  }

  /** The entries of these households as they were known by `seqMax`. */
  async statuses(
    tx: Tx,
    householdIds: readonly string[],
    seqMax: bigint,
  ): Promise<{ householdId: string; kind: HouseholdStatusKind; validFrom: string; seq: bigint }[]> {
    const rows = await tx.query<{ household_id: string; kind: HouseholdStatusKind; valid_from: string; seq: string }>(
      'SELECT household_id, kind, valid_from::text, seq::text FROM household_statuses WHERE household_id = ANY($1::uuid[]) AND seq <= $2',
      [householdIds, seqMax],
    );
    return rows.map((row) => ({ householdId: row.household_id, kind: row.kind, validFrom: row.valid_from, seq: BigInt(row.seq) }));
  }

  async lastStatusSeq(tx: Tx): Promise<bigint> {
    const row = await tx.first<{ seq: string }>('SELECT coalesce(max(seq), 0)::text AS seq FROM household_statuses');
    return BigInt(row?.seq ?? '0');
  }

  async insertMembership(tx: Tx, membership: Membership, recordedAt: Date): Promise<void> {
    await tx.query(
      'INSERT INTO memberships (id, household_id, cooperative_id, valid_from, valid_to, recorded_at) VALUES ($1, $2, $3, $4, $5, $6)',
      [membership.id, membership.householdId, membership.cooperativeId, membership.validFrom, membership.validTo, recordedAt],
    );
  }

  /** When these households belonged to the cooperative. */
  async memberships(
    tx: Tx,
    householdIds: readonly string[],
    cooperativeId: string,
  ): Promise<Pick<Membership, 'householdId' | 'validFrom' | 'validTo'>[]> {
    const rows = await tx.query<{ household_id: string; valid_from: string; valid_to: string | null }>(
      `SELECT household_id, valid_from::text, valid_to::text FROM memberships WHERE cooperative_id = $1 AND household_id = ANY($2::uuid[])`,
      [cooperativeId, householdIds],
    );
    return rows.map((row) => ({ householdId: row.household_id, validFrom: row.valid_from, validTo: row.valid_to }));
  }

  /** What the organisation promised of this kind at a rate. Holds its promises until the transaction ends: two made at once are added up. */
  async lockedRates(
    tx: Tx,
    promisorId: string,
    kind: string,
  ): Promise<{ productId: string | null; validFrom: string; validTo: string | null; rate: string }[]> {
    await tx.query("SELECT pg_advisory_xact_lock(hashtextextended('agreements ' || $1, 0))", [promisorId]);
    const rows = await tx.query<{ product_id: string | null; valid_from: string; valid_to: string | null; rate: string }>(
      `SELECT product_id, valid_from::text, valid_to::text, rate::text FROM agreements WHERE promisor_id = $1 AND kind = $2 AND rate IS NOT NULL`,
      [promisorId, kind],
    );
    return rows.map((row) => ({ productId: row.product_id, validFrom: row.valid_from, validTo: row.valid_to, rate: row.rate }));
  }

  async insertAgreement(tx: Tx, agreement: Agreement, recordedAt: Date): Promise<void> {
    await tx.query(
      `INSERT INTO agreements (id, kind, promisor_id, product_id, valid_from, valid_to, rate, floor_amount_minor, floor_currency, floor_per, counts, weights, recorded_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [
        agreement.id,
        agreement.kind,
        agreement.promisorId,
        agreement.productId,
        agreement.validFrom,
        agreement.validTo,
        agreement.rate,
        agreement.floor?.amountMinor ?? null,
        agreement.floor?.currency ?? null,
        agreement.floor?.per ?? null,
        agreement.counts,
        agreement.weights,
        recordedAt,
      ],
    );
  }
}
