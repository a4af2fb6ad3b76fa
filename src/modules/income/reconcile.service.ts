import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { Database } from '../../platform/database/database.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import { PaymentService } from '../ledger/index.js';
import type { WaitingSale } from '../sales/index.js';
import { SALE_ALLOCATED, SaleService } from '../sales/index.js';
import type { Recomposed } from '../traceability/index.js';
import { COMPOSITION_CHANGED, GraphService } from '../traceability/index.js';
import { AttributionRepository } from './attribution.repository.js';
import { Round } from './round.js';

/** A sale that waits longer than this was lost between commit and queue. */
export const ATTRIBUTION_AGE_MS_MAX = 60_000;
export const RECONCILED_SALES_MAX = 1_000;
export const RECONCILED_HOLDINGS_MAX = 1_000;
/** Payments of so long ago are looked at again, in case the job that they raised was lost. */
export const PAYMENTS_RECONCILED_MS = 15 * 60_000;

/** Finds, from the tables alone, the work whose job a crash between commit and queue, or an emptied queue, has lost (ADR 3). */
@Injectable()
export class ReconcileService {
  private readonly waiting = new Round<WaitingSale>(RECONCILED_SALES_MAX);
  private readonly recomposed = new Round<Recomposed>(RECONCILED_HOLDINGS_MAX);

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly queue: JobQueue,
    private readonly sales: SaleService,
    private readonly graph: GraphService,
    private readonly payments: PaymentService,
    private readonly figures: AttributionRepository,
  ) {}

  /** Raises it again, a job a sale or holding, so that one that fails fails alone. What is already waiting in the queue is not doubled. */
  async reconcile(): Promise<void> {
    const { reader } = this.database;
    const pending = await this.waiting.next((after, limit) =>
      this.sales.pendingSales(reader, { olderThanMs: ATTRIBUTION_AGE_MS_MAX, after, limit }),
    );
    const paid = await this.payments.stepsPaidSince(reader, new Date(this.clock.nowMs() - PAYMENTS_RECONCILED_MS));
    const outdated = await this.figures.salesOlderThan(reader, paid);
    const saleIds = new Set([...pending.map(({ saleId }) => saleId), ...outdated]);
    await this.queue.add(
      SALE_ALLOCATED,
      [...saleIds].map((saleId) => ({ saleId })),
    );
    const recomposed = await this.recomposed.next((after, limit) => this.graph.recomposed(reader, after, limit));
    await this.queue.add(
      COMPOSITION_CHANGED,
      recomposed.map(({ holdingId }) => ({ holdingIds: [holdingId] })),
    );
  }
}
