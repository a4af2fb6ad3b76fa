import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Data keys wrapped by master keys, and hashes of what clients sent under a key: a dump of the database lets nobody try values against them. */
export class VaultKeys0013 implements MigrationInterface {
  readonly name = 'VaultKeys0000000000013';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- By fingerprint; the keys themselves stand in a file. The newest that is not retired wraps.
      CREATE TABLE vault_masters (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id text NOT NULL UNIQUE,
        added_at timestamptz NOT NULL DEFAULT now(),
        retired_at timestamptz
      );
      GRANT SELECT, INSERT, UPDATE ON vault_masters TO sheaf_app;

      CREATE TABLE vault_keys (
        subject_id uuid PRIMARY KEY,
        master_id text NOT NULL,
        wrapped bytea NOT NULL CHECK (length(wrapped) = 60),
        made_at timestamptz NOT NULL DEFAULT now()
      );
      GRANT SELECT, INSERT, UPDATE, DELETE ON vault_keys TO sheaf_app;

      CREATE TABLE secret_fingerprints (
        secret text PRIMARY KEY,
        fingerprint text NOT NULL
      );
      GRANT SELECT, INSERT ON secret_fingerprints TO sheaf_app;

      -- 1: SHA-256 of the content; 2: HMAC of that.
      ALTER TABLE client_requests ADD COLUMN hash_version int NOT NULL DEFAULT 1;
    `);
  }

  down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
