import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Devices, where they hang, and what they said: one row a message, so that a message counts once. */
export class Sensing0005 implements MigrationInterface {
  readonly name = 'Sensing0000000000005';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE devices (
        id uuid PRIMARY KEY,
        device_id text NOT NULL UNIQUE,
        organisation_id uuid NOT NULL,
        model text NOT NULL,
        gateway_id uuid REFERENCES devices,
        secret_hash bytea NOT NULL,
        claim_code_hash bytea NOT NULL,
        registered_at timestamptz NOT NULL
      );
      GRANT SELECT, INSERT ON devices TO sheaf_app;

      CREATE TABLE device_aliases (
        alias text PRIMARY KEY,
        device_id uuid NOT NULL REFERENCES devices
      );
      GRANT SELECT, INSERT ON device_aliases TO sheaf_app;

      CREATE TABLE deployments (
        id uuid PRIMARY KEY,
        device_id uuid NOT NULL REFERENCES devices,
        channels text[],
        plot_id uuid,
        facility_id uuid,
        vehicle text,
        coverage jsonb,
        valid_from timestamptz NOT NULL,
        valid_to timestamptz,
        depth_cm int,
        recorded_at timestamptz NOT NULL,
        CHECK (num_nonnulls(plot_id, facility_id, vehicle, coverage) = 1)
      );
      CREATE INDEX ON deployments (device_id);
      CREATE INDEX ON deployments (plot_id);
      CALL make_append_only('deployments');

      -- What a device says with its time or its count is said once: a repeat is recognised by the unique key. sent_time is the time as the
      -- device spelled it, null where only the count tells messages apart, and '@' with the receipt where neither does.
      -- The four arrays go together, an entry a channel; readings is null where the channel carried no number.
      CREATE TABLE reading_messages (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        device_id uuid NOT NULL,
        sent_time text,
        sequence bigint,
        payload_hash bytea NOT NULL,
        measured_at timestamptz NOT NULL,
        received_at timestamptz NOT NULL,
        time_source text NOT NULL,
        channels text[] NOT NULL,
        readings numeric[] NOT NULL,
        raw_values text[] NOT NULL,
        units text[] NOT NULL,
        flags text[] NOT NULL DEFAULT '{}',
        UNIQUE NULLS NOT DISTINCT (device_id, sent_time, sequence, payload_hash)
      );
      CREATE INDEX ON reading_messages (device_id, measured_at DESC, id DESC);
      CALL make_append_only('reading_messages');

      CREATE TABLE device_states (
        device_id uuid PRIMARY KEY,
        state jsonb NOT NULL,
        received_at timestamptz NOT NULL
      );
      GRANT SELECT, INSERT, UPDATE ON device_states TO sheaf_app;

      CREATE TABLE quarantined_messages (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        principal text NOT NULL,
        topic text NOT NULL,
        payload bytea NOT NULL,
        reason text NOT NULL,
        received_at timestamptz NOT NULL
      );
      CALL make_append_only('quarantined_messages');
    `);
  }

  down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
