import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Uploaded files: sealed parts on their way in, what they become, who has sent it, and which records name it. */
export class Files0012 implements MigrationInterface {
  readonly name = 'Files0000000000012';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE file_uploads (
        id uuid PRIMARY KEY,
        organisation_id uuid NOT NULL,
        bytes bigint,
        received bigint NOT NULL,
        sha256 char(64),
        media_type text,
        sealed_key bytea NOT NULL,
        file_id char(64),
        begun_at timestamptz NOT NULL,
        touched_at timestamptz NOT NULL,
        CHECK (received <= bytes)
      );
      CREATE INDEX ON file_uploads (touched_at);
      CREATE INDEX ON file_uploads (organisation_id) WHERE file_id IS NULL;
      GRANT SELECT, INSERT, UPDATE, DELETE ON file_uploads TO sheaf_app;

      -- One sealed blob a row. Not stored: announced and not confirmed, or refuse; the sweep deletes it.
      CREATE TABLE file_parts (
        blob_id uuid PRIMARY KEY,
        upload_id uuid NOT NULL,
        start_byte bigint NOT NULL,
        bytes int NOT NULL,
        stored boolean NOT NULL DEFAULT false,
        announced_at timestamptz NOT NULL
      );
      CREATE UNIQUE INDEX ON file_parts (upload_id, start_byte) WHERE stored;
      CREATE INDEX ON file_parts (announced_at) WHERE NOT stored;
      GRANT SELECT, INSERT, UPDATE, DELETE ON file_parts TO sheaf_app;

      -- The id is the sha-256 of what is in it: the same file twice is one file.
      CREATE TABLE files (
        id char(64) PRIMARY KEY,
        upload_id uuid NOT NULL UNIQUE,
        bytes bigint NOT NULL,
        media_type text NOT NULL,
        sealed_key bytea NOT NULL,
        stored_at timestamptz NOT NULL
      );
      CREATE INDEX ON files (stored_at);
      GRANT SELECT, INSERT, UPDATE (sealed_key), DELETE ON files TO sheaf_app;

      CREATE TABLE file_holders (
        file_id char(64) NOT NULL REFERENCES files ON DELETE CASCADE,
        organisation_id uuid NOT NULL,
        uploaded_at timestamptz NOT NULL,
        PRIMARY KEY (file_id, organisation_id)
      );
      GRANT SELECT, INSERT, UPDATE (uploaded_at) ON file_holders TO sheaf_app;

      -- Who may read a file: who may read a record that names it.
      CREATE TABLE file_names (
        file_id char(64) NOT NULL REFERENCES files,
        record_kind text NOT NULL,
        record_id uuid NOT NULL,
        organisation_id uuid NOT NULL,
        named_at timestamptz NOT NULL,
        PRIMARY KEY (file_id, record_kind, record_id)
      );
      CREATE INDEX ON file_names (record_kind, record_id);
      CALL make_append_only('file_names');
    `);
  }

  down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
