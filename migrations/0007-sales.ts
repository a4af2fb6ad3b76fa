import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Shops, what they offer, what was ordered, and which lots went into it. */
export class Sales0007 implements MigrationInterface {
  readonly name = 'Sales0000000000007';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE shops (
        id uuid PRIMARY KEY,
        organisation_id uuid NOT NULL,
        name text NOT NULL,
        platform text NOT NULL,
        sealed_webhook_secret bytea,
        registered_at timestamptz NOT NULL
      );
      GRANT SELECT, INSERT ON shops TO sheaf_app;

      CREATE TABLE listings (
        id uuid PRIMARY KEY,
        shop_id uuid NOT NULL REFERENCES shops,
        sku text NOT NULL,
        stock_rule text NOT NULL,
        components jsonb NOT NULL,
        batch_ids uuid[] NOT NULL DEFAULT '{}',
        registered_at timestamptz NOT NULL,
        UNIQUE (shop_id, sku)
      );
      GRANT SELECT, INSERT ON listings TO sheaf_app;

      CREATE TABLE sales (
        seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
        id uuid PRIMARY KEY,
        seller_id uuid NOT NULL,
        shop_id uuid REFERENCES shops,
        buyer_kind text NOT NULL,
        buyer_id text,
        channel text,
        sold_at timestamptz NOT NULL,
        order_reference text,
        final boolean NOT NULL,
        currency char(3) NOT NULL,
        particulars jsonb NOT NULL,
        status text NOT NULL,
        -- Since when it waits to be attributed: the reconcile looks here.
        pending_since timestamptz,
        recorded_at timestamptz NOT NULL,
        CONSTRAINT order_recorded_once UNIQUE (shop_id, order_reference)
      );
      CREATE INDEX ON sales (seller_id, seq);
      CREATE INDEX ON sales (pending_since) WHERE status = 'PENDING';
      GRANT SELECT, INSERT, UPDATE ON sales TO sheaf_app;

      CREATE TABLE sale_lines (
        id uuid PRIMARY KEY,
        sale_id uuid NOT NULL REFERENCES sales,
        line int NOT NULL,
        ref text NOT NULL,
        sku text,
        quantity_value text NOT NULL,
        quantity_unit text NOT NULL,
        -- What must be allocated before the line is whole: [{productId, dimension, amount, revenueWeight}].
        components jsonb NOT NULL,
        gross_minor bigint NOT NULL,
        net_minor bigint NOT NULL,
        UNIQUE (sale_id, ref)
      );
      CALL make_append_only('sale_lines');

      CREATE TABLE sale_proposals (
        line_id uuid NOT NULL REFERENCES sale_lines,
        position int NOT NULL,
        batch_id uuid NOT NULL,
        quantity bigint NOT NULL,
        dimension text NOT NULL,
        PRIMARY KEY (line_id, position)
      );
      CALL make_append_only('sale_proposals');

      CREATE TABLE sale_allocations (
        id uuid PRIMARY KEY,
        line_id uuid NOT NULL REFERENCES sale_lines,
        capture_id uuid NOT NULL,
        batch_id uuid NOT NULL,
        holding_id uuid NOT NULL,
        product_id uuid NOT NULL,
        quantity bigint NOT NULL CHECK (quantity > 0),
        dimension text NOT NULL,
        unit text NOT NULL,
        -- What it counts as towards the line, in the product's dimension: a weighed pack counts as the pack that was sold.
        nominal bigint NOT NULL CHECK (nominal >= 0)
      );
      CREATE INDEX ON sale_allocations (line_id);
      CREATE INDEX ON sale_allocations (holding_id);
      CALL make_append_only('sale_allocations');

      -- A rejected delivery may come again once its cause is mended; any other outcome stands. What was rejected is kept, sealed.
      CREATE TABLE webhook_deliveries (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        shop_id uuid NOT NULL REFERENCES shops,
        delivery_id text NOT NULL,
        topic text NOT NULL,
        body_hash char(64) NOT NULL,
        outcome text NOT NULL,
        sale_id uuid,
        rejection text,
        sealed_body bytea,
        received_at timestamptz NOT NULL,
        CHECK ((outcome = 'REJECTED') = (rejection IS NOT NULL))
      );
      CREATE UNIQUE INDEX ON webhook_deliveries (shop_id, delivery_id) WHERE outcome <> 'REJECTED';
      CALL make_append_only('webhook_deliveries');
    `);
  }

  down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
