import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which holdings changed what one unit of them is made of after something had been taken, until those who took are looked at again. */
export class RecomposedHoldings0009 implements MigrationInterface {
  readonly name = 'RecomposedHoldings0000000000009';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- Null on nearly every row: what waits is found by the index, however many holdings there are.
      ALTER TABLE holdings ADD COLUMN recomposed_at timestamptz;
      CREATE INDEX ON holdings (recomposed_at, id) WHERE recomposed_at IS NOT NULL;
    `);
  }

  down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
