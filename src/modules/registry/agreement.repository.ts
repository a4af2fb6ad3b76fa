import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/tx.js';

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

/** Table agreements: dated facts. Append-only. */
@Injectable()
export class AgreementRepository {
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

  async insert(tx: Tx, agreement: Agreement, seq: bigint, recordedAt: Date): Promise<void> {
    await tx.query(
      `INSERT INTO agreements (id, kind, promisor_id, product_id, valid_from, valid_to, rate, floor_amount_minor, floor_currency, floor_per,
                               counts, weights, seq, recorded_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
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
        seq,
        recordedAt,
      ],
    );
  }
}
