import { Injectable } from '@nestjs/common';
import type { PartyKind } from '../../core/ledger/party.js';
import type { PaymentKind, PaymentStatus } from '../../core/ledger/payment.js';
import { RowsInsert } from '../../platform/database/rows.js';
import type { Tx } from '../../platform/database/tx.js';
import type { CauseKind, NewPayment, RecordedPayment } from './payment-facts.js';

interface PaymentRow {
  id: string;
  cause_kind: CauseKind;
  cause_id: string;
  step_id: string | null;
  kind: PaymentKind;
  payer_kind: PartyKind;
  payer_id: string;
  payee_kind: PartyKind;
  payee_id: string;
  open_minor: string;
  currency: string;
  status: PaymentStatus;
  admitted_minor: string | null;
  paid_on: string | null;
  cause_on: string;
}

/**
 * A payment as its facts and the payments that settle it leave it: what is settled of a payable is no longer payable. The first fact stands in the
 * payment's own row.
 */
const CURRENT = `
  SELECT p.id, p.cause_kind, p.cause_id, p.step_id, p.kind, p.payer_kind, p.payer_id, p.payee_kind, p.payee_id,
         p.amount_minor - coalesce(settled.amount_minor, 0) AS open_minor, p.currency,
         coalesce(latest.status, p.status) AS status, latest.admitted_minor, coalesce(dated.paid_on, p.paid_on)::text AS paid_on,
         p.cause_on::text AS cause_on
    FROM payments p
    LEFT JOIN LATERAL (SELECT status, admitted_minor FROM payment_facts f WHERE f.payment_id = p.id ORDER BY f.seq DESC LIMIT 1) latest
      ON true
    LEFT JOIN LATERAL (
      SELECT paid_on FROM payment_facts f WHERE f.payment_id = p.id AND f.paid_on IS NOT NULL ORDER BY f.seq DESC LIMIT 1
    ) dated ON true
    LEFT JOIN LATERAL (
      SELECT sum(s.amount_minor)::bigint AS amount_minor FROM payments s
       WHERE s.settles = p.id
         AND coalesce((SELECT f.status FROM payment_facts f WHERE f.payment_id = s.id ORDER BY f.seq DESC LIMIT 1), s.status) <> 'REVERSED'
    ) settled ON true`;

type NewRow = NewPayment & { readonly recordedAt: Date; readonly journalId: string | null };

const PAYMENTS = new RowsInsert<NewRow>(
  'payments',
  {
    id: ['uuid', (payment) => payment.id],
    cause_kind: ['text', (payment) => payment.causeKind],
    cause_id: ['uuid', (payment) => payment.causeId],
    step_id: ['uuid', (payment) => payment.stepId],
    kind: ['text', (payment) => payment.kind],
    payer_kind: ['text', (payment) => payment.payer.kind],
    payer_id: ['text', (payment) => payment.payer.id],
    payee_kind: ['text', (payment) => payment.payee.kind],
    payee_id: ['text', (payment) => payment.payee.id],
    payee_member_id: ['uuid', (payment) => payment.payeeMemberId],
    amount_minor: ['bigint', (payment) => payment.amountMinor],
    currency: ['text', (payment) => payment.currency],
    status: ['text', (payment) => payment.status],
    at: ['timestamptz', (payment) => new Date(payment.at.epochMs)],
    paid_on: ['date', (payment) => payment.paidOn],
    method: ['text', (payment) => payment.method],
    cause_on: ['date', (payment) => payment.causeOn],
    settles: ['uuid', (payment) => payment.settles ?? null],
    evidence: ['text[]', (payment) => payment.evidence],
    recorded_by: ['uuid', (payment) => payment.recordedBy],
    recorded_at: ['timestamptz', (payment) => payment.recordedAt],
    journal_id: ['uuid', (payment) => payment.journalId],
  },
  'ON CONFLICT (id) DO NOTHING RETURNING id',
);

/** Tables payments and payment_facts. Append-only. */
@Injectable()
export class PaymentRepository {
  /** With their first facts. Answers the ids that are new; payments already there are left alone. */
  async insert(tx: Tx, payments: readonly (NewPayment & { readonly journalId: string | null })[], recordedAt: Date): Promise<Set<string>> {
    const inserted = await PAYMENTS.insert<{ id: string }>(
      tx,
      payments.map((payment) => ({ ...payment, recordedAt })),
    );
    return new Set(inserted.map((row) => row.id));
  }

  /** Which of these ids are payments'. */
  async known(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const rows = await tx.query<{ id: string }>('SELECT id FROM payments WHERE id = ANY($1::uuid[])', [ids]);
    return new Set(rows.map((row) => row.id));
  }

  /** Who has to do with these payments. */
  async organisationsConcerned(tx: Tx, ids: readonly string[]): Promise<{ paymentId: string; organisationId: string }[]> {
    return tx.query(
      `SELECT p.id AS "paymentId", concerned.id AS "organisationId"
       FROM payments p CROSS JOIN LATERAL (
         SELECT p.recorded_by AS id
         UNION SELECT p.payer_id::uuid WHERE p.payer_kind = 'ORGANISATION'
         UNION SELECT p.payee_id::uuid WHERE p.payee_kind = 'ORGANISATION'
       ) AS concerned
       WHERE p.id = ANY($1::uuid[])`,
      [ids],
    );
  }

  async ofSteps(tx: Tx, stepIds: readonly string[]): Promise<RecordedPayment[]> {
    const rows = await tx.query<PaymentRow>(`${CURRENT} WHERE p.step_id = ANY($1::uuid[]) ORDER BY p.seq`, [stepIds]);
    return rows.map(recordedPayment);
  }

  /** The sales' own payments (fees and the like), not those of the steps upstream. */
  async ofSales(tx: Tx, saleIds: readonly string[]): Promise<RecordedPayment[]> {
    const rows = await tx.query<PaymentRow>(
      `${CURRENT} WHERE p.cause_id = ANY($1::uuid[]) AND p.cause_kind = 'SALE' AND p.step_id IS NULL ORDER BY p.seq`,
      [saleIds],
    );
    return rows.map(recordedPayment);
  }

  async byId(tx: Tx, id: string): Promise<RecordedPayment | null> {
    const row = await tx.first<PaymentRow>(`${CURRENT} WHERE p.id = $1`, [id]);
    return row && recordedPayment(row);
  }

  /** One after the other settles, reverses or confirms a payment. It takes no row lock, which would need the right to update. */
  async lock(tx: Tx, id: string): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('payment ' || $1, 0))`, [id]);
  }
}

function recordedPayment(row: PaymentRow): RecordedPayment {
  return {
    id: row.id,
    causeKind: row.cause_kind,
    causeId: row.cause_id,
    stepId: row.step_id,
    kind: row.kind,
    payer: { kind: row.payer_kind, id: row.payer_id },
    payee: { kind: row.payee_kind, id: row.payee_id },
    amountMinor: BigInt(row.open_minor),
    currency: row.currency,
    status: row.status,
    admittedMinor: row.admitted_minor === null ? null : BigInt(row.admitted_minor),
    paidOn: row.paid_on,
    causeOn: row.cause_on,
  };
}
