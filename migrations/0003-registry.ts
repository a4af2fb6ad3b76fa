import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who grows, where, and what: master data. Names and numbers of people are sealed; everything else knows pseudonyms. */
export class Registry0003 implements MigrationInterface {
  readonly name = 'Registry0000000000003';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE facilities (
        id uuid PRIMARY KEY,
        organisation_id uuid NOT NULL,
        name text NOT NULL,
        kind text NOT NULL,
        gln char(13) UNIQUE,
        area_code text,
        geometry jsonb,
        registered_at timestamptz NOT NULL
      );
      GRANT SELECT, INSERT ON facilities TO sheaf_app;

      CREATE SEQUENCE restricted_gtin_sequence MINVALUE 1 MAXVALUE 9999999999;
      GRANT USAGE ON SEQUENCE restricted_gtin_sequence TO sheaf_app;
      CREATE TABLE products (
        id uuid PRIMARY KEY,
        organisation_id uuid NOT NULL,
        name text NOT NULL,
        gtin char(14) NOT NULL UNIQUE,
        sku text,
        base_unit text NOT NULL,
        dimension text NOT NULL,
        net_content bigint,
        net_content_dimension text,
        net_content_value text,
        net_content_unit text,
        packages jsonb NOT NULL DEFAULT '[]',
        registered_at timestamptz NOT NULL,
        UNIQUE (organisation_id, sku)
      );
      GRANT SELECT, INSERT ON products TO sheaf_app;

      CREATE TABLE households (
        id uuid PRIMARY KEY,
        area_code text NOT NULL,
        registered_by uuid NOT NULL,
        registered_at timestamptz NOT NULL
      );
      GRANT SELECT, INSERT ON households TO sheaf_app;

      CREATE TABLE household_members (
        id uuid PRIMARY KEY,
        household_id uuid NOT NULL REFERENCES households,
        head boolean NOT NULL,
        sex text,
        birth_year int,
        sealed_name bytea NOT NULL,
        sealed_national_id bytea,
        sealed_phone bytea,
        registered_at timestamptz NOT NULL
      );
      CREATE INDEX ON household_members (household_id);
      GRANT SELECT, INSERT ON household_members TO sheaf_app;

      CREATE TABLE memberships (
        id uuid PRIMARY KEY,
        household_id uuid NOT NULL REFERENCES households,
        cooperative_id uuid NOT NULL,
        valid_from date NOT NULL,
        valid_to date,
        recorded_at timestamptz NOT NULL
      );
      CREATE INDEX ON memberships (cooperative_id, household_id);
      CREATE INDEX ON memberships (household_id);
      CALL make_append_only('memberships');

      -- A register entry, dated; which one holds on a day is the newest recorded of the latest valid_from.
      CREATE TABLE household_statuses (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id uuid NOT NULL UNIQUE,
        household_id uuid NOT NULL REFERENCES households,
        kind text NOT NULL,
        valid_from date NOT NULL,
        register text NOT NULL,
        category text,
        score numeric,
        threshold numeric,
        reason text,
        evidence text[] NOT NULL DEFAULT '{}',
        recorded_by uuid NOT NULL,
        recorded_at timestamptz NOT NULL
      );
      CREATE INDEX ON household_statuses (household_id, valid_from);
      CALL make_append_only('household_statuses');

      -- People and businesses named in passing: the books know the pseudonym, which follows from the name under the vault's key.
      CREATE TABLE outsiders (
        id uuid PRIMARY KEY,
        sealed_name bytea NOT NULL,
        recorded_at timestamptz NOT NULL
      );
      GRANT SELECT, INSERT ON outsiders TO sheaf_app;

      CREATE TABLE plots (
        id uuid PRIMARY KEY,
        owner_kind text NOT NULL,
        owner_id uuid NOT NULL,
        area_code text NOT NULL,
        geometry jsonb,
        declared_area_value text,
        declared_area_unit text,
        registered_by uuid NOT NULL,
        registered_at timestamptz NOT NULL
      );
      GRANT SELECT, INSERT ON plots TO sheaf_app;

      CREATE TABLE agreements (
        id uuid PRIMARY KEY,
        kind text NOT NULL,
        promisor_id uuid NOT NULL,
        product_id uuid,
        valid_from date NOT NULL,
        valid_to date,
        rate numeric,
        floor_amount_minor bigint,
        floor_currency char(3),
        floor_per text,
        counts text NOT NULL,
        weights text NOT NULL,
        recorded_at timestamptz NOT NULL
      );
      CREATE INDEX ON agreements (promisor_id);
      CALL make_append_only('agreements');
    `);
  }

  down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
