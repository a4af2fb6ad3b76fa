import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The record is supply_events; batches, holdings and steps are its projection, kept in the same transaction. */
export class Traceability0006 implements MigrationInterface {
  readonly name = 'Traceability0000000000006';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE supply_events (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id text NOT NULL UNIQUE,
        capture_id uuid NOT NULL UNIQUE,
        kind text NOT NULL,
        type text NOT NULL,
        action text,
        biz_step text,
        disposition text,
        event_time timestamptz NOT NULL,
        event_offset_minutes int NOT NULL,
        organisation_id uuid NOT NULL,
        facility_id uuid,
        hash_profile text NOT NULL,
        prehash text NOT NULL,
        epcis jsonb NOT NULL,
        recorded_at timestamptz NOT NULL
      );
      CREATE INDEX ON supply_events (organisation_id, seq);
      CALL make_append_only('supply_events');

      CREATE TABLE seasons (
        id uuid PRIMARY KEY,
        organisation_id uuid NOT NULL,
        product_id uuid NOT NULL,
        name text NOT NULL,
        from_on date NOT NULL,
        plot_ids uuid[] NOT NULL,
        holding_id uuid NOT NULL UNIQUE,
        step_id uuid NOT NULL UNIQUE,
        closed_at timestamptz,
        opened_at timestamptz NOT NULL
      );
      GRANT SELECT, INSERT, UPDATE ON seasons TO sheaf_app;

      CREATE TABLE plantings (
        id uuid PRIMARY KEY,
        season_id uuid NOT NULL REFERENCES seasons,
        plot_id uuid NOT NULL,
        planted_at timestamptz NOT NULL,
        seed text,
        area_value text,
        area_unit text
      );
      CREATE INDEX ON plantings (season_id);
      CALL make_append_only('plantings');

      CREATE TABLE batches (
        id uuid PRIMARY KEY,
        product_id uuid NOT NULL,
        gtin char(14) NOT NULL,
        lot text NOT NULL,
        digital_link text NOT NULL UNIQUE,
        short_code text NOT NULL UNIQUE,
        organisation_id uuid NOT NULL,
        created_at timestamptz NOT NULL,
        -- When it was first drawn from: deliveries made later no longer enter it.
        drawn_from_at timestamptz,
        UNIQUE (gtin, lot)
      );
      GRANT SELECT, INSERT, UPDATE ON batches TO sheaf_app;

      -- A batch in one holder's hands, in one version; a crop season and the shared payments of a shipment are holdings too.
      CREATE TABLE holdings (
        id uuid PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('GOODS', 'SEASON', 'POOL')),
        batch_id uuid REFERENCES batches,
        holder_id uuid NOT NULL,
        facility_id uuid,
        version int NOT NULL,
        dimension text NOT NULL,
        made bigint NOT NULL CHECK (made >= 0),
        taken bigint NOT NULL CHECK (taken >= 0),
        in_transit bigint NOT NULL DEFAULT 0 CHECK (in_transit >= 0),
        created_at timestamptz NOT NULL,
        CONSTRAINT holding_not_overdrawn CHECK (taken <= made),
        CHECK ((kind = 'GOODS') = (batch_id IS NOT NULL))
      );
      CREATE INDEX ON holdings (batch_id);
      CREATE INDEX ON holdings (holder_id) WHERE kind = 'GOODS';
      GRANT SELECT, INSERT, UPDATE ON holdings TO sheaf_app;

      -- A node of the composition graph: takes from holdings, makes holdings.
      CREATE TABLE steps (
        id uuid PRIMARY KEY,
        kind text NOT NULL,
        capture_id uuid NOT NULL,
        event_id text,
        organisation_id uuid NOT NULL,
        occurred_at timestamptz NOT NULL,
        custody_model text,
        allocation_method text
      );
      CREATE INDEX ON steps (capture_id);
      CREATE INDEX ON steps (event_id);
      CALL make_append_only('steps');

      CREATE TABLE step_inputs (
        step_id uuid NOT NULL REFERENCES steps,
        holding_id uuid NOT NULL REFERENCES holdings,
        quantity bigint NOT NULL CHECK (quantity > 0),
        PRIMARY KEY (step_id, holding_id)
      );
      CREATE INDEX ON step_inputs (holding_id);
      CALL make_append_only('step_inputs');

      -- A season's output grows when more is drawn than was expected: hence the one quantity that may be updated.
      CREATE TABLE step_outputs (
        step_id uuid NOT NULL REFERENCES steps,
        line int NOT NULL,
        holding_id uuid REFERENCES holdings,
        quantity bigint NOT NULL CHECK (quantity > 0),
        dimension text NOT NULL,
        weight_num numeric(60, 0) NOT NULL,
        weight_den numeric(60, 0) NOT NULL,
        waste boolean NOT NULL,
        PRIMARY KEY (step_id, line),
        CHECK (waste = (holding_id IS NULL))
      );
      CREATE INDEX ON step_outputs (holding_id);
      GRANT SELECT, INSERT, UPDATE (quantity, weight_num) ON step_outputs TO sheaf_app;

      -- Households, prices and payments never stand in an EPCIS event: a delivery is bound to its event by a salted digest.
      CREATE TABLE deliveries (
        id uuid PRIMARY KEY,
        event_id text NOT NULL,
        organisation_id uuid NOT NULL,
        product_id uuid NOT NULL,
        batch_id uuid NOT NULL REFERENCES batches,
        step_id uuid NOT NULL UNIQUE,
        season_id uuid REFERENCES seasons,
        plot_id uuid,
        grower_kind text NOT NULL,
        grower_id text NOT NULL,
        grower_member_id uuid,
        collected_by_kind text,
        collected_by_id text,
        delivered_at timestamptz NOT NULL,
        net bigint NOT NULL,
        dimension text NOT NULL,
        net_value text NOT NULL,
        net_unit text NOT NULL,
        price_amount_minor bigint,
        price_currency char(3),
        price_per text,
        grade text,
        particulars jsonb NOT NULL,
        salt bytea NOT NULL,
        digest char(64) NOT NULL,
        -- True while neither a price nor an amount is known: unknown, never zero.
        unpriced boolean NOT NULL,
        recorded_at timestamptz NOT NULL
      );
      CREATE INDEX ON deliveries (batch_id);
      CREATE INDEX ON deliveries (grower_id);
      CALL make_append_only('deliveries');

      CREATE TABLE unknown_origins (
        step_id uuid PRIMARY KEY REFERENCES steps,
        product_id uuid NOT NULL,
        quantity bigint NOT NULL,
        dimension text NOT NULL,
        note text
      );
      CALL make_append_only('unknown_origins');

      CREATE TABLE logistic_unit_entries (
        capture_id uuid NOT NULL,
        line int NOT NULL,
        sscc char(18) NOT NULL,
        action text NOT NULL,
        holding_id uuid,
        child_sscc char(18),
        quantity bigint,
        PRIMARY KEY (capture_id, line)
      );
      CREATE INDEX ON logistic_unit_entries (sscc);
      CALL make_append_only('logistic_unit_entries');

      CREATE TABLE shipments (
        id uuid PRIMARY KEY,
        event_id text NOT NULL,
        from_organisation_id uuid NOT NULL,
        to_organisation_id uuid NOT NULL,
        from_facility_id uuid,
        to_facility_id uuid NOT NULL,
        shipped_at timestamptz NOT NULL,
        particulars jsonb NOT NULL,
        received_by_capture uuid
      );
      GRANT SELECT, INSERT, UPDATE ON shipments TO sheaf_app;

      CREATE TABLE shipment_lines (
        shipment_id uuid NOT NULL REFERENCES shipments,
        line int NOT NULL,
        batch_id uuid NOT NULL,
        holding_id uuid NOT NULL,
        quantity bigint NOT NULL,
        dimension text NOT NULL,
        unit text NOT NULL,
        price_amount_minor bigint,
        price_currency char(3),
        price_per text,
        PRIMARY KEY (shipment_id, line, holding_id)
      );
      CALL make_append_only('shipment_lines');
    `);
  }

  down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
