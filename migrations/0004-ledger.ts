import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Payments as transfers with their facts, and two books of balanced journals. Parties are pseudonyms. */
export class Ledger0004 implements MigrationInterface {
  readonly name = 'Ledger0000000000004';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE payments (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id uuid NOT NULL UNIQUE,
        cause_kind text NOT NULL,
        cause_id uuid NOT NULL,
        -- The step of the composition graph this money belongs to, or null: the sale's own (cause_id is the sale then).
        step_id uuid,
        kind text NOT NULL,
        payer_kind text NOT NULL,
        payer_id text NOT NULL,
        payee_kind text NOT NULL,
        payee_id text NOT NULL,
        payee_member_id uuid,
        amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
        currency char(3) NOT NULL,
        method text,
        cause_on date NOT NULL,
        -- The payable that this money is for: it lowers that one's open rest.
        settles uuid REFERENCES payments (id),
        evidence text[] NOT NULL DEFAULT '{}',
        recorded_by uuid NOT NULL,
        recorded_at timestamptz NOT NULL,
        CHECK ((payer_kind, payer_id) <> (payee_kind, payee_id))
      );
      CREATE INDEX ON payments (step_id) WHERE step_id IS NOT NULL;
      CREATE INDEX ON payments (cause_id);
      CREATE INDEX ON payments (payee_id);
      CREATE INDEX ON payments (recorded_at);
      CREATE INDEX ON payments (settles) WHERE settles IS NOT NULL;
      CALL make_append_only('payments');

      CREATE TABLE payment_facts (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        payment_id uuid NOT NULL REFERENCES payments (id),
        status text NOT NULL,
        admitted_minor bigint,
        at timestamptz NOT NULL,
        paid_on date,
        recorded_by uuid NOT NULL,
        recorded_at timestamptz NOT NULL
      );
      CREATE INDEX ON payment_facts (payment_id, seq);
      CALL make_append_only('payment_facts');

      CREATE FUNCTION sums_to_zero(amounts bigint[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS
        $$ SELECT coalesce(sum(amount), 0) = 0 FROM unnest(amounts) AS amount $$;

      CREATE TABLE journals (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id uuid NOT NULL UNIQUE,
        book text NOT NULL CHECK (book IN ('PAYMENT', 'ATTRIBUTION')),
        currency char(3) NOT NULL,
        cause text NOT NULL,
        accounts text[] NOT NULL,
        amounts_minor bigint[] NOT NULL,
        recorded_at timestamptz NOT NULL,
        CHECK (cardinality(accounts) = cardinality(amounts_minor) AND cardinality(accounts) >= 2),
        -- Nearly all have two entries, and a sum of two needs no function, which costs more than the rest of the row.
        CHECK (CASE WHEN cardinality(amounts_minor) = 2 AND array_lower(amounts_minor, 1) = 1
                    THEN coalesce(amounts_minor[1] + amounts_minor[2] = 0, false)
                    ELSE sums_to_zero(amounts_minor) END)
      );
      CREATE INDEX ON journals (cause);
      CALL make_append_only('journals');

      -- E and P of income.md, 3: what is exactly due and what was posted of it. Kept with the journal, in one transaction.
      CREATE TABLE running_totals (
        book text NOT NULL,
        seller_id uuid NOT NULL,
        payee text NOT NULL,
        agreement_id uuid NOT NULL,
        currency char(3) NOT NULL,
        exact_scaled numeric(60, 0) NOT NULL,
        posted_minor bigint NOT NULL,
        PRIMARY KEY (book, seller_id, payee, agreement_id, currency)
      );
      GRANT SELECT, INSERT, UPDATE ON running_totals TO sheaf_app;
    `);
  }

  down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
