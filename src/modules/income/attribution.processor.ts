import { Injectable } from '@nestjs/common';
import { JobQueue } from '../../platform/queue/job-queue.js';
import type { PaymentsChanged } from '../ledger/index.js';
import { PAYMENTS_CHANGED } from '../ledger/index.js';
import type { SaleAllocated } from '../sales/index.js';
import { SALE_ALLOCATED } from '../sales/index.js';
import type { CompositionChanged } from '../traceability/index.js';
import { COMPOSITION_CHANGED } from '../traceability/index.js';
import { AttributionService } from './attribution.service.js';
import { ReconcileService } from './reconcile.service.js';

export const RECONCILE_EVERY_MS = 60_000;
/** Passes of one seller wait for one another in the database; a few at once keep several sellers going. */
const ATTRIBUTIONS_AT_ONCE = 2;

/** The jobs that lead to attribution. */
@Injectable()
export class AttributionProcessor {
  constructor(queue: JobQueue, attribution: AttributionService, reconcile: ReconcileService) {
    queue.register({
      type: SALE_ALLOCATED,
      concurrency: ATTRIBUTIONS_AT_ONCE,
      handle: ({ saleId }: SaleAllocated) => attribution.attribute([saleId], 'sale-allocated'),
    });
    queue.register({
      type: COMPOSITION_CHANGED,
      concurrency: 1,
      handle: ({ holdingIds }: CompositionChanged) => attribution.reattributeHoldings(holdingIds, 'composition-changed'),
    });
    queue.register({
      type: PAYMENTS_CHANGED,
      concurrency: 1,
      handle: (changed: PaymentsChanged) => attribution.reattributePayments(changed, 'payments-changed'),
    });
    queue.registerPeriodic({ name: 'attribution-reconcile', everyMs: RECONCILE_EVERY_MS, run: () => reconcile.reconcile() });
  }
}
