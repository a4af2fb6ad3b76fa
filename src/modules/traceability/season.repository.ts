import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/tx.js';

export interface Season {
  readonly id: string;
  readonly organisationId: string;
  readonly productId: string;
  readonly name: string;
  readonly fromOn: string;
  readonly plotIds: readonly string[];
  readonly holdingId: string;
  readonly stepId: string;
  readonly closedAt: Date | null;
}

/** Tables seasons and plantings. */
@Injectable()
export class SeasonRepository {
  async insert(tx: Tx, season: Season, openedAt: Date): Promise<void> {
    await tx.query(
      `INSERT INTO seasons (id, organisation_id, product_id, name, from_on, plot_ids, holding_id, step_id, opened_at)
       VALUES ($1, $2, $3, $4, $5, $6::uuid[], $7, $8, $9)`,
      [
        season.id,
        season.organisationId,
        season.productId,
        season.name,
        season.fromOn,
        season.plotIds,
        season.holdingId,
        season.stepId,
        openedAt,
      ],
    );
  }

  async byIds(tx: Tx, ids: readonly string[]): Promise<Season[]> {
    const rows = await tx.query<{
      id: string;
      organisation_id: string;
      product_id: string;
      name: string;
      from_on: string;
      plot_ids: string[];
      holding_id: string;
      step_id: string;
      closed_at: Date | null;
    }>(
      `SELECT id, organisation_id, product_id, name, from_on::text, plot_ids, holding_id, step_id, closed_at FROM seasons WHERE id = ANY($1::uuid[])`,
      [ids],
    );
    return rows.map((row) => ({
      id: row.id,
      organisationId: row.organisation_id,
      productId: row.product_id,
      name: row.name,
      fromOn: row.from_on,
      plotIds: row.plot_ids,
      holdingId: row.holding_id,
      stepId: row.step_id,
      closedAt: row.closed_at,
    }));
  }

  async insertPlanting(
    tx: Tx,
    planting: {
      id: string;
      seasonId: string;
      plotId: string;
      plantedAt: Date;
      seed: string | null;
      areaValue: string | null;
      areaUnit: string | null;
    },
  ): Promise<void> {
    await tx.query(
      'INSERT INTO plantings (id, season_id, plot_id, planted_at, seed, area_value, area_unit) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      [planting.id, planting.seasonId, planting.plotId, planting.plantedAt, planting.seed, planting.areaValue, planting.areaUnit],
    );
  }

  /** Plots where something of these seasons grows, with the time it was planted. */
  async plantingsOf(tx: Tx, seasonIds: readonly string[]): Promise<{ seasonId: string; plotId: string; plantedAt: Date }[]> {
    const rows = await tx.query<{ season_id: string; plot_id: string; planted_at: Date }>(
      'SELECT season_id, plot_id, planted_at FROM plantings WHERE season_id = ANY($1::uuid[]) ORDER BY planted_at',
      [seasonIds],
    );
    return rows.map((row) => ({ seasonId: row.season_id, plotId: row.plot_id, plantedAt: row.planted_at }));
  }
}
