import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which steps and sales got a payment after they may have been attributed, until those who carry it are looked at again. */
export class PaymentChanges0010 implements MigrationInterface {
  readonly name = 'PaymentChanges0000000000010';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- Not a record: the payment is that. A row a change, so that those who pay for one season do not wait for each other.
      CREATE TABLE payment_changes (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        step_id uuid,
        sale_id uuid,
        CHECK (num_nonnulls(step_id, sale_id) = 1)
      );
      CREATE INDEX ON payment_changes (step_id) WHERE step_id IS NOT NULL;
      CREATE INDEX ON payment_changes (sale_id) WHERE sale_id IS NOT NULL;
      GRANT SELECT, INSERT, DELETE ON payment_changes TO sheaf_app;

      -- Only the reconcile asked by the first; the sales that carry a step are found by the graph instead of the second.
      DROP INDEX payments_recorded_at_idx;
      DROP INDEX line_attributions_step_ids_idx;
    `);
  }

  down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
