import { Injectable } from '@nestjs/common';
import type { Quantity } from '../../core/kernel/quantity.js';
import type { UnitPrice } from '../../core/kernel/money.js';
import type { Party, PartyKind } from '../../core/ledger/party.js';
import { RowsInsert } from '../../platform/database/rows.js';
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

const DELIVERIES = new RowsInsert<NewDelivery>('deliveries', {
  id: ['uuid', (d) => d.id],
  event_id: ['text', (d) => d.eventId],
  organisation_id: ['uuid', (d) => d.organisationId],
  product_id: ['uuid', (d) => d.productId],
  batch_id: ['uuid', (d) => d.batchId],
  step_id: ['uuid', (d) => d.stepId],
  season_id: ['uuid', (d) => d.seasonId],
  plot_id: ['uuid', (d) => d.plotId],
  grower_kind: ['text', (d) => d.grower.kind],
  grower_id: ['text', (d) => d.grower.id],
  grower_member_id: ['uuid', (d) => d.growerMemberId],
  collected_by_kind: ['text', (d) => d.collectedBy?.kind ?? null],
  collected_by_id: ['text', (d) => d.collectedBy?.id ?? null],
  delivered_at: ['timestamptz', (d) => d.deliveredAt],
  net: ['bigint', (d) => d.net.amount],
  dimension: ['text', (d) => d.net.dimension],
  net_value: ['text', (d) => d.netSaid.value],
  net_unit: ['text', (d) => d.netSaid.unit],
  price_amount_minor: ['bigint', (d) => d.price?.amountMinor ?? null],
  price_currency: ['text', (d) => d.price?.currency ?? null],
  price_per: ['text', (d) => d.price?.per ?? null],
  unpriced: ['boolean', (d) => d.unpriced],
  grade: ['text', (d) => d.grade],
  particulars: ['jsonb', (d) => d.particulars],
  salt: ['bytea', (d) => d.salt],
  digest: ['text', (d) => d.digest],
  recorded_at: ['timestamptz', (d) => d.recordedAt],
});

/** Table deliveries. Append-only. */
@Injectable()
export class DeliveryRepository {
  async insert(tx: Tx, deliveries: readonly NewDelivery[]): Promise<void> {
    await DELIVERIES.insert(tx, deliveries);
  }

  /** Of each batch one of its growers, and another where there is one: enough to know whether a grower is alone in it. By batch. */
  async someGrowers(tx: Tx, batchIds: readonly string[]): Promise<Map<string, Party[]>> {
    const rows = await tx.query<{ batch_id: string; kind: PartyKind; id: string; other_kind: PartyKind | null; other_id: string | null }>(
      `SELECT b.id AS batch_id, one.grower_kind AS kind, one.grower_id AS id, other.grower_kind AS other_kind, other.grower_id AS other_id
       FROM unnest($1::uuid[]) AS b(id)
       CROSS JOIN LATERAL (SELECT d.grower_kind, d.grower_id FROM deliveries d WHERE d.batch_id = b.id LIMIT 1) one
       LEFT JOIN LATERAL (
         SELECT d.grower_kind, d.grower_id FROM deliveries d
         WHERE d.batch_id = b.id AND (d.grower_kind, d.grower_id) <> (one.grower_kind, one.grower_id) LIMIT 1
       ) other ON true`,
      [batchIds],
    );
    return new Map(
      rows.map((row) => [
        row.batch_id,
        [
          { kind: row.kind, id: row.id },
          ...(row.other_kind !== null && row.other_id !== null ? [{ kind: row.other_kind, id: row.other_id }] : []),
        ],
      ]),
    );
  }
}
