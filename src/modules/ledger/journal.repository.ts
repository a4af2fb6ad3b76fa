import { Injectable } from '@nestjs/common';
import type { RunningTotal } from '../../core/income/accrual.js';
import type { Journal } from '../../core/ledger/journal.js';
import { RowsInsert } from '../../platform/database/rows.js';
import type { Tx } from '../../platform/database/tx.js';

export type Book = 'PAYMENT' | 'ATTRIBUTION';

export interface NewJournal {
  readonly id: string;
  readonly book: Book;
  readonly cause: string;
  readonly journal: Journal;
}

/** What a running total is kept by, beside its seller and currency. */
export interface TotalKey {
  readonly payee: string;
  readonly agreementId: string;
}

export interface TotalsOf {
  readonly book: Book;
  readonly sellerId: string;
  readonly currency: string;
}

const JOURNALS = new RowsInsert<NewJournal & { readonly recordedAt: Date }>('journals', {
  id: ['uuid', ({ id }) => id],
  book: ['text', ({ book }) => book],
  currency: ['text', ({ journal }) => journal.currency],
  cause: ['text', ({ cause }) => cause],
  accounts: ['text[]', ({ journal }) => journal.entries.map((entry) => entry.account)],
  amounts_minor: ['bigint[]', ({ journal }) => journal.entries.map((entry) => entry.amountMinor)],
  recorded_at: ['timestamptz', ({ recordedAt }) => recordedAt],
});

/** Tables journals (append-only) and running_totals. */
@Injectable()
export class JournalRepository {
  async insert(tx: Tx, journals: readonly NewJournal[], recordedAt: Date): Promise<void> {
    await JOURNALS.insert(
      tx,
      journals.map((booked) => ({ ...booked, recordedAt })),
    );
  }

  /** The totals as they stand, held until the transaction ends; those that are new start at nothing. Always in one order: no deadlock. */
  async lockTotals(tx: Tx, of: TotalsOf, keys: readonly TotalKey[]): Promise<(TotalKey & RunningTotal)[]> {
    const given = JSON.stringify(keys.map(({ payee, agreementId }) => ({ payee, agreement_id: agreementId })));
    const parameters = [of.book, of.sellerId, of.currency, given];
    await tx.query(
      `INSERT INTO running_totals (book, seller_id, payee, agreement_id, currency, exact_scaled, posted_minor)
       SELECT $1, $2, payee, agreement_id, $3, 0, 0 FROM jsonb_to_recordset($4::jsonb) AS given (payee text, agreement_id uuid)
        ORDER BY payee, agreement_id
       ON CONFLICT DO NOTHING`,
      parameters,
    );
    const rows = await tx.query<{ payee: string; agreement_id: string; exact_scaled: string; posted_minor: string }>(
      `SELECT t.payee, t.agreement_id, t.exact_scaled, t.posted_minor FROM running_totals t
         JOIN jsonb_to_recordset($4::jsonb) AS given (payee text, agreement_id uuid) USING (payee, agreement_id)
        WHERE t.book = $1 AND t.seller_id = $2 AND t.currency = $3
        ORDER BY t.payee, t.agreement_id
          FOR UPDATE OF t`,
      parameters,
    );
    return rows.map((row) => ({
      payee: row.payee,
      agreementId: row.agreement_id,
      exactScaled: BigInt(row.exact_scaled),
      postedMinor: BigInt(row.posted_minor),
    }));
  }

  async saveTotals(tx: Tx, of: TotalsOf, totals: readonly (TotalKey & RunningTotal)[]): Promise<void> {
    const rows = totals.map((total) => ({
      payee: total.payee,
      agreement_id: total.agreementId,
      exact_scaled: total.exactScaled.toString(),
      posted_minor: total.postedMinor.toString(),
    }));
    await tx.query(
      `UPDATE running_totals t SET exact_scaled = given.exact_scaled, posted_minor = given.posted_minor
         FROM jsonb_to_recordset($4::jsonb) AS given (payee text, agreement_id uuid, exact_scaled numeric, posted_minor bigint)
        WHERE t.book = $1 AND t.seller_id = $2 AND t.currency = $3 AND t.payee = given.payee AND t.agreement_id = given.agreement_id`,
      [of.book, of.sellerId, of.currency, JSON.stringify(rows)],
    );
  }
}
