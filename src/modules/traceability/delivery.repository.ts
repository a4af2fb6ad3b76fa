import { Injectable } from '@nestjs/common';
import type { Quantity } from '../../core/kernel/quantity.js';
import type { UnitPrice } from '../../core/kernel/money.js';
import type { Party } from '../../core/ledger/party.js';
import type { Tx } from '../../platform/database/tx.js';

export interface NewDelivery {
  readonly id: string;
  readonly eventId: string;
  readonly organisationId: string;
  readonly productId: string;
  readonly batchId: string;
  readonly stepId: string;
  readonly seasonId: string | null;
  readonly plotId: string | null;
  readonly grower: Party;
  readonly growerMemberId: string | null;
  readonly collectedBy: Party | null;
  readonly deliveredAt: Date;
  readonly net: Quantity;
  readonly netSaid: { readonly value: string; readonly unit: string };
  readonly price: UnitPrice | null;
  readonly unpriced: boolean;
  readonly grade: string | null;
  /** Gross, tare, deductions, packages, quality, rejected, evidence: as they were said. */
  readonly particulars: Readonly<Record<string, unknown>>;
  readonly salt: Buffer;
  readonly digest: string;
  readonly recordedAt: Date;
}

/** Table deliveries. Append-only. */
@Injectable()
export class DeliveryRepository {
  async insert(tx: Tx, d: NewDelivery): Promise<void> {
    const row: Record<string, Parameters<Tx['query']>[1] extends readonly (infer V)[] | undefined ? V : never> = {
      id: d.id,
      event_id: d.eventId,
      organisation_id: d.organisationId,
      product_id: d.productId,
      batch_id: d.batchId,
      step_id: d.stepId,
      season_id: d.seasonId,
      plot_id: d.plotId,
      grower_kind: d.grower.kind,
      grower_id: d.grower.id,
      grower_member_id: d.growerMemberId,
      collected_by_kind: d.collectedBy?.kind ?? null,
      collected_by_id: d.collectedBy?.id ?? null,
      delivered_at: d.deliveredAt,
      net: d.net.amount,
      dimension: d.net.dimension,
      net_value: d.netSaid.value,
      net_unit: d.netSaid.unit,
      price_amount_minor: d.price?.amountMinor ?? null,
      price_currency: d.price?.currency ?? null,
      price_per: d.price?.per ?? null,
      unpriced: d.unpriced,
      grade: d.grade,
      particulars: JSON.stringify(d.particulars),
      salt: d.salt,
      digest: d.digest,
      recorded_at: d.recordedAt,
    };
    const names = Object.keys(row);
    await tx.query(
      `INSERT INTO deliveries (${names.join(', ')}) VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
      Object.values(row),
    );
  }

  /** True where somebody else, too, delivered into the batch. */
  async hasOtherGrowers(tx: Tx, batchId: string, grower: Party): Promise<boolean> {
    const found = await tx.first('SELECT 1 FROM deliveries WHERE batch_id = $1 AND (grower_kind, grower_id) <> ($2, $3) LIMIT 1', [
      batchId,
      grower.kind,
      grower.id,
    ]);
    return found !== null;
  }
}
