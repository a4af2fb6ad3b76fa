import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One log for everything that the registry is told, and facts that are corrected by facts. What was recorded before comes over: the register's
 * entries keep their numbers, so that snapshots of earlier computations name the same entries as ever; everything else was not told apart in
 * time by any snapshot, and comes before them, the last as number 0.
 */
export class RegistryLog0014 implements MigrationInterface {
  readonly name = 'RegistryLog0000000000014';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- seq is given under one lock that is held until the commit: whoever reads up to a number has read all there will ever be below it.
      CREATE TABLE registry_changes (
        seq bigint PRIMARY KEY,
        kind text NOT NULL,
        subject_kind text NOT NULL,
        subject_id text NOT NULL,
        organisation_id uuid NOT NULL,
        source_id uuid,
        concerns_id uuid,
        household_id uuid,
        area_code text,
        -- Never earlier than that of the change before, whatever the clocks of several processes say.
        recorded_at timestamptz NOT NULL
      );
      CREATE INDEX ON registry_changes (recorded_at, seq);

      -- For a table of facts with id, valid_from and valid_to: the change that told each, and what it corrects.
      CREATE PROCEDURE make_dated_facts(target regclass) LANGUAGE plpgsql AS $$
      BEGIN
        EXECUTE format('ALTER TABLE %s ADD seq bigint NOT NULL, ADD supersedes uuid, ADD retraction boolean NOT NULL DEFAULT false,
          ADD CHECK (valid_from < valid_to), ADD CHECK (supersedes IS NOT NULL OR NOT retraction)', target);
        EXECUTE format('CREATE UNIQUE INDEX ON %s (supersedes) WHERE supersedes IS NOT NULL', target);
        CALL make_append_only(target);
      END $$;

      ALTER TABLE facilities ADD seq bigint;
      ALTER TABLE products ADD seq bigint;
      ALTER TABLE households ADD seq bigint;
      ALTER TABLE plots ADD seq bigint;
      ALTER TABLE memberships ADD seq bigint, ADD supersedes uuid, ADD retraction boolean NOT NULL DEFAULT false;
      ALTER TABLE agreements ADD seq bigint, ADD supersedes uuid, ADD retraction boolean NOT NULL DEFAULT false;
      ALTER TABLE household_statuses ADD valid_to date, ADD supersedes uuid, ADD retraction boolean NOT NULL DEFAULT false;
      ALTER TABLE household_statuses ALTER seq DROP IDENTITY, DROP CONSTRAINT household_statuses_pkey, ADD PRIMARY KEY (id);
      ALTER TABLE household_statuses DROP CONSTRAINT household_statuses_id_key;
    `);
    await db.query(`
      CREATE TEMP TABLE taken_over ON COMMIT DROP AS
      SELECT told.*, row_number() OVER (ORDER BY at, rank, id) - count(*) OVER () AS seq
      FROM (
        SELECT 1 AS rank, 'FACILITY' AS kind, 'FACILITY' AS subject_kind, id, id AS subject_id, organisation_id,
               organisation_id AS concerns_id, NULL::uuid AS household_id, area_code, registered_at AS at
        FROM facilities
        UNION ALL SELECT 2, 'PRODUCT', 'PRODUCT', id, id, organisation_id, organisation_id, NULL, NULL, registered_at FROM products
        UNION ALL SELECT 3, 'HOUSEHOLD', 'HOUSEHOLD', id, id, registered_by, NULL, id, area_code, registered_at FROM households
        UNION ALL SELECT 4, 'MEMBERSHIP', 'HOUSEHOLD', m.id, household_id, cooperative_id, cooperative_id, household_id, h.area_code, recorded_at
                  FROM memberships m JOIN households h ON h.id = household_id
        UNION ALL SELECT 5, 'PLOT', 'PLOT', id, id, registered_by, CASE owner_kind WHEN 'ORGANISATION' THEN owner_id END,
                         CASE owner_kind WHEN 'HOUSEHOLD' THEN owner_id END, area_code, registered_at FROM plots
        UNION ALL SELECT 6, 'AGREEMENT', 'AGREEMENT', id, id, promisor_id, promisor_id, NULL, NULL, recorded_at FROM agreements
      ) AS told;

      INSERT INTO registry_changes (seq, kind, subject_kind, subject_id, organisation_id, concerns_id, household_id, area_code, recorded_at)
      SELECT seq, kind, subject_kind, subject_id, organisation_id, concerns_id, household_id, area_code, max(at) OVER (ORDER BY seq)
      FROM (
        SELECT seq, kind, subject_kind, subject_id, organisation_id, concerns_id, household_id, area_code, at FROM taken_over
        UNION ALL SELECT s.seq, 'HOUSEHOLD_STATUS', 'HOUSEHOLD', household_id, recorded_by, NULL, household_id, h.area_code, recorded_at
                  FROM household_statuses s JOIN households h ON h.id = household_id
      ) AS told;
    `);
    for (const [table, kind] of Object.entries(TAKEN_OVER)) {
      await db.query(`
        ALTER TABLE ${table} DISABLE TRIGGER USER;
        UPDATE ${table} AS fact SET seq = taken_over.seq FROM taken_over WHERE taken_over.kind = '${kind}' AND taken_over.id = fact.id;
        ALTER TABLE ${table} ENABLE TRIGGER USER;
        ALTER TABLE ${table} ALTER seq SET NOT NULL;
      `);
    }
    await db.query(`
      CREATE UNIQUE INDEX ON memberships (supersedes) WHERE supersedes IS NOT NULL;
      CREATE UNIQUE INDEX ON agreements (supersedes) WHERE supersedes IS NOT NULL;
      CREATE UNIQUE INDEX ON household_statuses (supersedes) WHERE supersedes IS NOT NULL;
      CALL make_append_only('registry_changes');
    `);
  }

  down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}

/** Tables and the kinds of their changes. */
const TAKEN_OVER = {
  facilities: 'FACILITY',
  products: 'PRODUCT',
  households: 'HOUSEHOLD',
  memberships: 'MEMBERSHIP',
  plots: 'PLOT',
  agreements: 'AGREEMENT',
} as const;
