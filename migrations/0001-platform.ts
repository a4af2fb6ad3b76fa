import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The role every connection works as, the append-only rule, and the ids that clients made. */
export class Platform0001 implements MigrationInterface {
  readonly name = 'Platform0000000000001';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sheaf_app') THEN
          CREATE ROLE sheaf_app NOLOGIN;
        END IF;
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
      END $$;
      GRANT sheaf_app TO CURRENT_USER;
      GRANT USAGE ON SCHEMA public TO sheaf_app;

      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'table % is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'SH001';
      END $$;

      -- Append, never amend: corrections are new rows. The owner of the table is bound by it too.
      CREATE PROCEDURE make_append_only(target regclass) LANGUAGE plpgsql AS $$
      BEGIN
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION refuse_change()', target);
        EXECUTE format('CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', target);
        EXECUTE format('GRANT SELECT, INSERT ON %s TO sheaf_app', target);
      END $$;

      CREATE TABLE client_requests (
        id uuid PRIMARY KEY,
        organisation_id uuid NOT NULL,
        kind text NOT NULL,
        content_hash char(64) NOT NULL,
        answer jsonb NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT now()
      );
      CALL make_append_only('client_requests');
    `);
  }

  down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
