import { Injectable } from '@nestjs/common';
import { RowsInsert } from '../../platform/database/rows.js';
import type { Tx } from '../../platform/database/tx.js';
import type { PageRequest } from '../../platform/graphql/page.js';
import type { BatchFacts } from './facts.js';

interface BatchRow {
  id: string;
  product_id: string;
  gtin: string;
  lot: string;
  digital_link: string;
  short_code: string;
  organisation_id: string;
  created_at: Date;
  drawn_from_at: Date | null;
}

export interface StoredBatch extends BatchFacts {
  readonly drawnFromAt: Date | null;
}

const COLUMNS = 'id, product_id, gtin, lot, digital_link, short_code, organisation_id, created_at, drawn_from_at';

const BATCHES = new RowsInsert<BatchFacts>(
  'batches',
  {
    id: ['uuid', (batch) => batch.id],
    product_id: ['uuid', (batch) => batch.productId],
    gtin: ['text', (batch) => batch.gtin],
    lot: ['text', (batch) => batch.lot],
    digital_link: ['text', (batch) => batch.digitalLink],
    short_code: ['text', (batch) => batch.shortCode],
    organisation_id: ['uuid', (batch) => batch.organisationId],
    created_at: ['timestamptz', (batch) => batch.createdAt],
  },
  'ON CONFLICT (gtin, lot) DO NOTHING RETURNING id',
);

/** Table batches. */
@Injectable()
export class BatchRepository {
  /**
   * Answers the ids of those that are new; those that exist already are left alone, and of two of one id the first counts. In one order, so that two
   * who make the same lots do not wait for each other.
   */
  async insert(tx: Tx, batches: readonly BatchFacts[]): Promise<Set<string>> {
    const byId = new Map([...batches].reverse().map((batch) => [batch.id, batch]));
    const ordered = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return new Set((await BATCHES.insert<{ id: string }>(tx, ordered)).map((row) => row.id));
  }

  async byIds(tx: Tx, ids: readonly string[]): Promise<StoredBatch[]> {
    return (await tx.query<BatchRow>(`SELECT ${COLUMNS} FROM batches WHERE id = ANY($1::uuid[])`, [ids])).map(batchOf);
  }

  /** Locks it: who fills a lot and who first draws from it must not miss each other. */
  async lock(tx: Tx, ids: readonly string[]): Promise<StoredBatch[]> {
    return (await tx.query<BatchRow>(`SELECT ${COLUMNS} FROM batches WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE`, [ids])).map(
      batchOf,
    );
  }

  async byDigitalLinks(tx: Tx, links: readonly string[]): Promise<StoredBatch[]> {
    return (await tx.query<BatchRow>(`SELECT ${COLUMNS} FROM batches WHERE digital_link = ANY($1)`, [links])).map(batchOf);
  }

  async byShortCodes(tx: Tx, codes: readonly string[]): Promise<StoredBatch[]> {
    return (await tx.query<BatchRow>(`SELECT ${COLUMNS} FROM batches WHERE short_code = ANY($1)`, [codes])).map(batchOf);
  }

  /** The batches a capture made, in the order of its outputs. */
  async madeBy(tx: Tx, captureId: string): Promise<string[]> {
    const rows = await tx.query<{ batch_id: string }>(
      `SELECT h.batch_id FROM steps s JOIN step_outputs o ON o.step_id = s.id JOIN holdings h ON h.id = o.holding_id
       WHERE s.capture_id = $1 AND h.batch_id IS NOT NULL ORDER BY s.id, o.line`,
      [captureId],
    );
    return [...new Set(rows.map((row) => row.batch_id))];
  }

  /** The first time something was drawn stays. */
  async noteDrawn(tx: Tx, ids: readonly string[], at: Date): Promise<void> {
    await tx.query('UPDATE batches SET drawn_from_at = least(coalesce(drawn_from_at, $2), $2) WHERE id = ANY($1::uuid[])', [ids, at]);
  }

  /** Batches made or held by any of these organisations; null: by anybody. Newest first. */
  async page(
    tx: Tx,
    filter: { organisationIds: readonly string[] | null; productId: string | null; lot: string | null },
    page: PageRequest,
  ): Promise<StoredBatch[]> {
    const rows = await tx.query<BatchRow>(
      `SELECT ${COLUMNS} FROM batches b
       WHERE ($1::uuid[] IS NULL OR b.organisation_id = ANY($1) OR EXISTS (SELECT 1 FROM holdings h WHERE h.batch_id = b.id AND h.holder_id = ANY($1)))
         AND ($2::uuid IS NULL OR b.product_id = $2) AND ($3::text IS NULL OR b.lot = $3)
         AND ($4::text IS NULL OR (b.created_at, b.id) < (split_part($4, '|', 1)::timestamptz, split_part($4, '|', 2)::uuid))
       ORDER BY b.created_at DESC, b.id DESC LIMIT $5`,
      [filter.organisationIds, filter.productId, filter.lot, page.after, page.size + 1],
    );
    return rows.map(batchOf);
  }

  /** Which of these batches one of the organisations made or ever held. */
  async touchedBy(tx: Tx, ids: readonly string[], organisationId: string): Promise<Set<string>> {
    const rows = await tx.query<{ id: string }>(
      `SELECT b.id FROM batches b WHERE b.id = ANY($1::uuid[])
         AND (b.organisation_id = $2 OR EXISTS (SELECT 1 FROM holdings h WHERE h.batch_id = b.id AND h.holder_id = $2))`,
      [ids, organisationId],
    );
    return new Set(rows.map((row) => row.id));
  }
}

function batchOf(row: BatchRow): StoredBatch {
  return {
    id: row.id,
    productId: row.product_id,
    gtin: row.gtin,
    lot: row.lot,
    digitalLink: row.digital_link,
    shortCode: row.short_code,
    organisationId: row.organisation_id,
    createdAt: row.created_at,
    drawnFromAt: row.drawn_from_at,
  };
}
