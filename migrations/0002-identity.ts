import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Organisations and the keys they knock with. */
export class Identity0002 implements MigrationInterface {
  readonly name = 'Identity0000000000002';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE organisations (
        id uuid PRIMARY KEY,
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
        kind text NOT NULL,
        area_code text NOT NULL,
        time_zone text NOT NULL,
        currency char(3) NOT NULL,
        gln char(13) UNIQUE,
        registered_at timestamptz NOT NULL
      );
      GRANT SELECT, INSERT ON organisations TO sheaf_app;

      CREATE TABLE api_keys (
        id uuid PRIMARY KEY,
        organisation_id uuid NOT NULL REFERENCES organisations,
        role text NOT NULL,
        area_code text,
        key_hash bytea NOT NULL UNIQUE,
        expires_at timestamptz,
        created_at timestamptz NOT NULL
      );
      GRANT SELECT, INSERT ON api_keys TO sheaf_app;
    `);
  }

  down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
