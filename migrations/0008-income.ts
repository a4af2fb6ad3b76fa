import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each final sale line was found to be made of: coefficients and totals; per-payment lines are derived on demand. */
export class Income0008 implements MigrationInterface {
  readonly name = 'Income0000000000008';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE attribution_passes (
        id uuid PRIMARY KEY,
        seller_id uuid NOT NULL,
        currency char(3) NOT NULL,
        journal_id uuid,
        method text NOT NULL,
        registry_snapshot_id text NOT NULL,
        computed_at timestamptz NOT NULL
      );
      CALL make_append_only('attribution_passes');

      CREATE TABLE line_attributions (
        line_id uuid NOT NULL,
        version int NOT NULL,
        sale_id uuid NOT NULL,
        pass_id uuid NOT NULL REFERENCES attribution_passes,
        figure_id uuid NOT NULL UNIQUE,
        net_minor bigint NOT NULL,
        currency char(3) NOT NULL,
        step_ids uuid[] NOT NULL,
        coefficients_scaled numeric(60, 0)[] NOT NULL,
        -- Exact position of every party, scaled by 10^18: [{party, position, received, paid, owed}].
        positions jsonb NOT NULL,
        summary jsonb NOT NULL,
        content_hash char(64) NOT NULL,
        PRIMARY KEY (line_id, version)
      );
      CREATE INDEX ON line_attributions (sale_id);
      CREATE INDEX ON line_attributions USING gin (step_ids);
      CALL make_append_only('line_attributions');
    `);
  }

  down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
