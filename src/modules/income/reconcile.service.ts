import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import type { PaymentChange } from '../ledger/index.js';
import { PAYMENTS_CHANGED, PaymentService } from '../ledger/index.js';
import type { WaitingSale } from '../sales/index.js';
import { SALE_ALLOCATED, SaleService } from '../sales/index.js';
import type { Recomposed } from '../traceability/index.js';
import { COMPOSITION_CHANGED, GraphService } from '../traceability/index.js';
import { Round } from './round.js';

/** A sale that waits longer than this was lost between commit and queue. */
export const ATTRIBUTION_AGE_MS_MAX = 60_000;
export const RECONCILED_SALES_MAX = 1_000;
export const RECONCILED_HOLDINGS_MAX = 1_000;
export const RECONCILED_PAYMENTS_MAX = 1_000;

/** Finds, from the tables alone, the work whose job a crash between commit and queue, or an emptied queue, has lost (ADR 3). */
@Injectable()
export class ReconcileService {
  private readonly waiting = new Round<WaitingSale>(RECONCILED_SALES_MAX);
  private readonly recomposed = new Round<Recomposed>(RECONCILED_HOLDINGS_MAX);
  private readonly paid = new Round<PaymentChange>(RECONCILED_PAYMENTS_MAX);

  constructor(
    private readonly database: Database,
    private readonly queue: JobQueue,
    private readonly sales: SaleService,
    private readonly graph: GraphService,
    private readonly payments: PaymentService,
  ) {}

  /** Raises it again, a job a sale, holding or step, so that one that fails fails alone. What is already waiting in the queue is not doubled. */
  async reconcile(): Promise<void> {
    const { reader } = this.database;
    const pending = await this.waiting.next((after, limit) =>
      this.sales.pendingSales(reader, { olderThanMs: ATTRIBUTION_AGE_MS_MAX, after, limit }),
    );
    await this.queue.add(
      SALE_ALLOCATED,
      pending.map(({ saleId }) => ({ saleId })),
    );
    const recomposed = await this.recomposed.next((after, limit) => this.graph.recomposed(reader, after, limit));
    await this.queue.add(
      COMPOSITION_CHANGED,
      recomposed.map(({ holdingId }) => ({ holdingIds: [holdingId] })),
    );
    const paid = await this.paid.next((after, limit) => this.payments.announced(reader, after, limit));
    const stepIds = new Set(paid.flatMap(({ stepId }) => stepId ?? []));
    const saleIds = new Set(paid.flatMap(({ saleId }) => saleId ?? []));
    await this.queue.add(PAYMENTS_CHANGED, [
      ...[...stepIds].map((stepId) => ({ stepIds: [stepId], saleIds: [] })),
      ...[...saleIds].map((saleId) => ({ stepIds: [], saleIds: [saleId] })),
    ]);
  }
}
