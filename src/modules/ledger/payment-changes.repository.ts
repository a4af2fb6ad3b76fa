import { Injectable } from '@nestjs/common';
import { RowsInsert } from '../../platform/database/rows.js';
import type { Tx } from '../../platform/database/tx.js';
import type { PaymentChange, PaymentsChanged } from './payment-facts.js';

interface ChangeRow {
  seq: string;
  step_id: string | null;
  sale_id: string | null;
}

const CHANGES = new RowsInsert<Omit<PaymentChange, 'seq'>>('payment_changes', {
  step_id: ['uuid', ({ stepId }) => stepId],
  sale_id: ['uuid', ({ saleId }) => saleId],
});

/** Table payment_changes. */
@Injectable()
export class PaymentChangesRepository {
  async insert(tx: Tx, { stepIds, saleIds }: PaymentsChanged): Promise<void> {
    await CHANGES.insert(tx, [
      ...stepIds.map((stepId) => ({ stepId, saleId: null })),
      ...saleIds.map((saleId) => ({ stepId: null, saleId })),
    ]);
  }

  /** In the order in which they were noted, from behind the given one on. */
  async page(tx: Tx, after: PaymentChange | null, limit: number): Promise<PaymentChange[]> {
    const rows = await tx.query<ChangeRow>('SELECT seq, step_id, sale_id FROM payment_changes WHERE seq > $1 ORDER BY seq LIMIT $2', [
      after?.seq ?? 0n,
      limit,
    ]);
    return rows.map(changeOf);
  }

  async of(tx: Tx, { stepIds, saleIds }: PaymentsChanged): Promise<PaymentChange[]> {
    const rows = await tx.query<ChangeRow>(
      'SELECT seq, step_id, sale_id FROM payment_changes WHERE step_id = ANY($1::uuid[]) OR sale_id = ANY($2::uuid[])',
      [stepIds, saleIds],
    );
    return rows.map(changeOf);
  }

  async delete(tx: Tx, changes: readonly PaymentChange[]): Promise<void> {
    await tx.query('DELETE FROM payment_changes WHERE seq = ANY($1::bigint[])', [changes.map(({ seq }) => seq)]);
  }
}

function changeOf(row: ChangeRow): PaymentChange {
  return { seq: BigInt(row.seq), stepId: row.step_id, saleId: row.sale_id };
}
