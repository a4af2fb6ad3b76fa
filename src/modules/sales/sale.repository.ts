import { Injectable } from '@nestjs/common';
import type { Dimension } from '../../core/kernel/quantity.js';
import type { Tx } from '../../platform/database/tx.js';
import type { PageRequest } from '../../platform/graphql/page.js';
import type { SaleChannel, SaleStatus, WaitingSale } from './facts.js';
import type { Need } from './wholeness.js';

export interface StoredSale {
  /** The order of recording; also what pages go by. */
  readonly seq: bigint;
  readonly id: string;
  readonly sellerId: string;
  readonly shopId: string | null;
  readonly channel: SaleChannel | null;
  readonly soldAt: Date;
  readonly orderReference: string | null;
  readonly final: boolean;
  readonly currency: string;
  readonly particulars: SaleParticulars;
  readonly status: SaleStatus;
}

/** What of an order is kept but never asked for by itself. As JSON: amounts in minor units are strings. */
export interface SaleParticulars {
  /** As said, with its offset. */
  readonly soldAt: string;
  readonly charges: readonly { readonly kind: string; readonly amountMinor: string; readonly taxMinor: string }[];
  readonly discounts: readonly {
    readonly line: string | null;
    readonly funder: string;
    readonly amountMinor: string;
    readonly code: string | null;
  }[];
  readonly taxMinor: string;
  /** How many payments of the sale itself were recorded with it. */
  readonly fees: number;
}

export interface NewSale extends Omit<StoredSale, 'seq'> {
  readonly buyerKind: 'CONSUMER' | 'ORGANISATION' | 'EXTERNAL';
  /** An organisation's id; an external name only sealed. */
  readonly buyerId: string | null;
  readonly pendingSince: Date | null;
  readonly recordedAt: Date;
}

export interface StoredLine {
  readonly id: string;
  readonly saleId: string;
  readonly line: number;
  readonly ref: string;
  readonly sku: string | null;
  readonly quantityValue: string;
  readonly quantityUnit: string;
  readonly needs: readonly Need[];
  readonly grossMinor: bigint;
  readonly netMinor: bigint;
}

export interface StoredProposal {
  readonly lineId: string;
  readonly position: number;
  readonly batchId: string;
  readonly quantity: bigint;
  readonly dimension: Dimension;
}

export interface StoredAllocation {
  readonly id: string;
  readonly lineId: string;
  readonly captureId: string;
  readonly batchId: string;
  readonly holdingId: string;
  readonly productId: string;
  readonly quantity: bigint;
  readonly dimension: Dimension;
  /** In which it was said. */
  readonly unit: string;
  readonly nominal: bigint;
}

export interface SaleSearch {
  /** Null: of anybody. */
  readonly sellerIds: readonly string[] | null;
  readonly shopId: string | null;
  readonly orderReference: string | null;
  readonly status: SaleStatus | null;
}

interface SaleRow {
  seq: string;
  id: string;
  seller_id: string;
  shop_id: string | null;
  channel: SaleChannel | null;
  sold_at: Date;
  order_reference: string | null;
  final: boolean;
  currency: string;
  particulars: SaleParticulars;
  status: SaleStatus;
}

interface StoredNeed {
  productId: string;
  dimension: Dimension;
  amount: string;
  revenueWeight?: string | null;
}

const SALE_COLUMNS = 'seq, id, seller_id, shop_id, channel, sold_at, order_reference, final, currency, particulars, status';

/** Tables sales, sale_lines, sale_proposals and sale_allocations. */
@Injectable()
export class SaleRepository {
  /** False where the shop's order of this reference is recorded already. */
  async insert(tx: Tx, sale: NewSale): Promise<boolean> {
    const rows = await tx.query(
      `INSERT INTO sales (id, seller_id, shop_id, buyer_kind, buyer_id, channel, sold_at, order_reference, final, currency, particulars, status, pending_since, recorded_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb, $12, $13, $14)
       ON CONFLICT ON CONSTRAINT order_recorded_once DO NOTHING RETURNING id`,
      [
        sale.id,
        sale.sellerId,
        sale.shopId,
        sale.buyerKind,
        sale.buyerId,
        sale.channel,
        sale.soldAt,
        sale.orderReference,
        sale.final,
        sale.currency,
        JSON.stringify(sale.particulars),
        sale.status,
        sale.pendingSince,
        sale.recordedAt,
      ],
    );
    return rows.length > 0;
  }

  async insertLines(tx: Tx, lines: readonly StoredLine[]): Promise<void> {
    await tx.query(
      `INSERT INTO sale_lines (id, sale_id, line, ref, sku, quantity_value, quantity_unit, components, gross_minor, net_minor)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[], $9::bigint[], $10::bigint[])`,
      [
        lines.map((line) => line.id),
        lines.map((line) => line.saleId),
        lines.map((line) => line.line),
        lines.map((line) => line.ref),
        lines.map((line) => line.sku),
        lines.map((line) => line.quantityValue),
        lines.map((line) => line.quantityUnit),
        lines.map((line) => JSON.stringify(line.needs.map((need) => ({ ...need, amount: need.amount.toString() })))),
        lines.map((line) => line.grossMinor),
        lines.map((line) => line.netMinor),
      ],
    );
  }

  async insertProposals(tx: Tx, proposals: readonly StoredProposal[]): Promise<void> {
    if (proposals.length === 0) return;
    await tx.query(
      `INSERT INTO sale_proposals (line_id, position, batch_id, quantity, dimension)
       SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::bigint[], $5::text[])`,
      [
        proposals.map((proposal) => proposal.lineId),
        proposals.map((proposal) => proposal.position),
        proposals.map((proposal) => proposal.batchId),
        proposals.map((proposal) => proposal.quantity),
        proposals.map((proposal) => proposal.dimension),
      ],
    );
  }

  async insertAllocations(tx: Tx, allocations: readonly StoredAllocation[]): Promise<void> {
    if (allocations.length === 0) return;
    await tx.query(
      `INSERT INTO sale_allocations (id, line_id, capture_id, batch_id, holding_id, product_id, quantity, dimension, unit, nominal)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::bigint[], $8::text[], $9::text[], $10::bigint[])`,
      [
        allocations.map((one) => one.id),
        allocations.map((one) => one.lineId),
        allocations.map((one) => one.captureId),
        allocations.map((one) => one.batchId),
        allocations.map((one) => one.holdingId),
        allocations.map((one) => one.productId),
        allocations.map((one) => one.quantity),
        allocations.map((one) => one.dimension),
        allocations.map((one) => one.unit),
        allocations.map((one) => one.nominal),
      ],
    );
  }

  async sales(tx: Tx, ids: readonly string[]): Promise<StoredSale[]> {
    if (ids.length === 0) return [];
    return (await tx.query<SaleRow>(`SELECT ${SALE_COLUMNS} FROM sales WHERE id = ANY($1::uuid[]) ORDER BY seq`, [ids])).map(saleOf);
  }

  /** Held until the transaction ends: two fulfilments of one sale come one after the other. */
  async lock(tx: Tx, id: string): Promise<StoredSale | null> {
    const row = await tx.first<SaleRow>(`SELECT ${SALE_COLUMNS} FROM sales WHERE id = $1 FOR UPDATE`, [id]);
    return row && saleOf(row);
  }

  /** Newest first. */
  async page(tx: Tx, search: SaleSearch, page: PageRequest): Promise<StoredSale[]> {
    const rows = await tx.query<SaleRow>(
      `SELECT ${SALE_COLUMNS} FROM sales
       WHERE ($1::uuid[] IS NULL OR seller_id = ANY($1)) AND ($2::uuid IS NULL OR shop_id = $2)
         AND ($3::text IS NULL OR order_reference = $3) AND ($4::text IS NULL OR status = $4) AND ($5::bigint IS NULL OR seq < $5)
       ORDER BY seq DESC LIMIT $6`,
      [search.sellerIds, search.shopId, search.orderReference, search.status, page.after, page.size + 1],
    );
    return rows.map(saleOf);
  }

  /** Everybody who ever sold. */
  async sellerIds(tx: Tx): Promise<string[]> {
    return (await tx.query<{ seller_id: string }>('SELECT DISTINCT seller_id FROM sales')).map((row) => row.seller_id);
  }

  async lines(tx: Tx, saleIds: readonly string[]): Promise<StoredLine[]> {
    if (saleIds.length === 0) return [];
    const rows = await tx.query<{
      id: string;
      sale_id: string;
      line: number;
      ref: string;
      sku: string | null;
      quantity_value: string;
      quantity_unit: string;
      components: StoredNeed[];
      gross_minor: string;
      net_minor: string;
    }>(
      `SELECT id, sale_id, line, ref, sku, quantity_value, quantity_unit, components, gross_minor, net_minor
       FROM sale_lines WHERE sale_id = ANY($1::uuid[]) ORDER BY sale_id, line`,
      [saleIds],
    );
    return rows.map((row) => ({
      id: row.id,
      saleId: row.sale_id,
      line: row.line,
      ref: row.ref,
      sku: row.sku,
      quantityValue: row.quantity_value,
      quantityUnit: row.quantity_unit,
      needs: row.components.map((need) => ({ ...need, amount: BigInt(need.amount), revenueWeight: need.revenueWeight ?? null })),
      grossMinor: BigInt(row.gross_minor),
      netMinor: BigInt(row.net_minor),
    }));
  }

  async proposals(tx: Tx, saleIds: readonly string[]): Promise<StoredProposal[]> {
    if (saleIds.length === 0) return [];
    const rows = await tx.query<{ line_id: string; position: number; batch_id: string; quantity: string; dimension: Dimension }>(
      `SELECT p.line_id, p.position, p.batch_id, p.quantity, p.dimension
       FROM sale_proposals p JOIN sale_lines l ON l.id = p.line_id WHERE l.sale_id = ANY($1::uuid[]) ORDER BY p.line_id, p.position`,
      [saleIds],
    );
    return rows.map((row) => ({
      lineId: row.line_id,
      position: row.position,
      batchId: row.batch_id,
      quantity: BigInt(row.quantity),
      dimension: row.dimension,
    }));
  }

  async allocations(tx: Tx, saleIds: readonly string[]): Promise<StoredAllocation[]> {
    if (saleIds.length === 0) return [];
    const rows = await tx.query<{
      id: string;
      line_id: string;
      capture_id: string;
      batch_id: string;
      holding_id: string;
      product_id: string;
      quantity: string;
      dimension: Dimension;
      unit: string;
      nominal: string;
    }>(
      `SELECT a.id, a.line_id, a.capture_id, a.batch_id, a.holding_id, a.product_id, a.quantity, a.dimension, a.unit, a.nominal
       FROM sale_allocations a JOIN sale_lines l ON l.id = a.line_id WHERE l.sale_id = ANY($1::uuid[]) ORDER BY l.line, a.id`,
      [saleIds],
    );
    return rows.map((row) => ({
      id: row.id,
      lineId: row.line_id,
      captureId: row.capture_id,
      batchId: row.batch_id,
      holdingId: row.holding_id,
      productId: row.product_id,
      quantity: BigInt(row.quantity),
      dimension: row.dimension,
      unit: row.unit,
      nominal: BigInt(row.nominal),
    }));
  }

  async markPending(tx: Tx, id: string, since: Date): Promise<void> {
    await tx.query(`UPDATE sales SET status = 'PENDING', pending_since = $2 WHERE id = $1 AND status = 'AWAITING_FULFILMENT'`, [id, since]);
  }

  async markAttributed(tx: Tx, ids: readonly string[]): Promise<void> {
    await tx.query(`UPDATE sales SET status = 'ATTRIBUTED', pending_since = NULL WHERE id = ANY($1::uuid[]) AND status = 'PENDING'`, [ids]);
  }

  /** Sales that wait since before then, the longest waiting first, from behind the given one on. */
  async pendingSince(tx: Tx, before: Date, after: WaitingSale | null, limit: number): Promise<WaitingSale[]> {
    const rows = await tx.query<{ id: string; pending_since: string }>(
      `SELECT id, pending_since::text FROM sales
       WHERE status = 'PENDING' AND pending_since <= $1 AND ($2::timestamptz IS NULL OR (pending_since, id) > ($2, $3::uuid))
       ORDER BY sales.pending_since, id LIMIT $4`,
      [before, after?.since ?? null, after?.saleId ?? null, limit],
    );
    return rows.map((row) => ({ saleId: row.id, since: row.pending_since }));
  }

  async salesOfHoldings(tx: Tx, holdingIds: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ sale_id: string }>(
      `SELECT DISTINCT l.sale_id FROM sale_allocations a JOIN sale_lines l ON l.id = a.line_id WHERE a.holding_id = ANY($1::uuid[]) ORDER BY 1`,
      [holdingIds],
    );
    return rows.map((row) => row.sale_id);
  }
}

function saleOf(row: SaleRow): StoredSale {
  return {
    seq: BigInt(row.seq),
    id: row.id,
    sellerId: row.seller_id,
    shopId: row.shop_id,
    channel: row.channel,
    soldAt: row.sold_at,
    orderReference: row.order_reference,
    final: row.final,
    currency: row.currency,
    particulars: row.particulars,
    status: row.status,
  };
}
