import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/tx.js';
import type { LineFigure, Pass, StoredPosition, StoredSummary } from './figure.js';

interface FigureRow {
  line_id: string;
  version: number;
  sale_id: string;
  pass_id: string;
  figure_id: string;
  net_minor: string;
  currency: string;
  step_ids: string[];
  coefficients_scaled: string[];
  positions: StoredPosition[];
  summary: StoredSummary;
  content_hash: string;
}

/** A figure with what its pass says of it. */
export interface DatedFigure extends LineFigure {
  readonly method: string;
  readonly registrySnapshotId: string;
  readonly sellerId: string;
}

/** Tables attribution_passes and line_attributions. Append-only. */
@Injectable()
export class AttributionRepository {
  /** One pass at a time a seller and currency: they share their running totals, and each must see the versions of the one before. */
  async lock(tx: Tx, sellerId: string, currency: string): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('attribution ' || $1 || ' ' || $2, 0))`, [sellerId, currency]);
  }

  async insertPass(tx: Tx, pass: Pass): Promise<void> {
    await tx.query(
      `INSERT INTO attribution_passes (id, seller_id, currency, journal_id, method, registry_snapshot_id, computed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [pass.id, pass.sellerId, pass.currency, pass.journalId, pass.method, pass.registrySnapshotId, pass.computedAt],
    );
  }

  async insertFigures(tx: Tx, figures: readonly LineFigure[]): Promise<void> {
    const rows = figures.map((figure) => ({
      line_id: figure.lineId,
      version: figure.version,
      sale_id: figure.saleId,
      pass_id: figure.passId,
      figure_id: figure.figureId,
      net_minor: figure.netMinor.toString(),
      currency: figure.currency,
      step_ids: figure.coefficients.map(({ stepId }) => stepId),
      coefficients_scaled: figure.coefficients.map(({ coefficient }) => coefficient.toString()),
      positions: figure.positions,
      summary: figure.summary,
      content_hash: figure.contentHash,
    }));
    await tx.query(
      `INSERT INTO line_attributions (line_id, version, sale_id, pass_id, figure_id, net_minor, currency, step_ids, coefficients_scaled,
                                      positions, summary, content_hash)
       SELECT line_id, version, sale_id, pass_id, figure_id, net_minor, currency, step_ids, coefficients_scaled, positions, summary, content_hash
         FROM jsonb_to_recordset($1::jsonb) AS given (
           line_id uuid, version int, sale_id uuid, pass_id uuid, figure_id uuid, net_minor bigint, currency text, step_ids uuid[],
           coefficients_scaled numeric(60, 0)[], positions jsonb, summary jsonb, content_hash text)`,
      [JSON.stringify(rows)],
    );
  }

  /** The newest version of each of these lines that has one. */
  async latest(tx: Tx, lineIds: readonly string[]): Promise<DatedFigure[]> {
    const rows = await tx.query<FigureRow & { method: string; registry_snapshot_id: string; seller_id: string }>(
      // The driver reads numeric[] as floats; as text the coefficients stay exact.
      `SELECT DISTINCT ON (f.line_id) f.*, f.coefficients_scaled::text[] AS coefficients_scaled, p.method, p.registry_snapshot_id, p.seller_id
         FROM line_attributions f JOIN attribution_passes p ON p.id = f.pass_id
        WHERE f.line_id = ANY($1::uuid[])
        ORDER BY f.line_id, f.version DESC`,
      [lineIds],
    );
    return rows.map((row) => ({
      lineId: row.line_id,
      version: row.version,
      saleId: row.sale_id,
      passId: row.pass_id,
      figureId: row.figure_id,
      netMinor: BigInt(row.net_minor),
      currency: row.currency,
      coefficients: row.step_ids.map((stepId, i) => ({ stepId, coefficient: BigInt(row.coefficients_scaled[i] ?? '0') })),
      positions: row.positions,
      summary: row.summary,
      contentHash: row.content_hash,
      method: row.method,
      registrySnapshotId: row.registry_snapshot_id,
      sellerId: row.seller_id,
    }));
  }
}
