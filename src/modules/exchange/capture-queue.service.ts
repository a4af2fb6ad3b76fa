import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/kernel/errors.js';
import { Log } from '../../platform/logging/log.js';
import type { Principal } from '../identity/index.js';
import { OPERATIONS, permits } from '../identity/index.js';
import type { RecordFulfilmentInput, RecordSaleInput } from '../sales/index.js';
import { SaleService } from '../sales/index.js';
import type { Capture, Captured, StoredBatch } from '../traceability/index.js';
import { BatchService, CaptureService } from '../traceability/index.js';
import type { CaptureItemInput } from './capture.input.js';

/** One call carries at most so many items; a longer queue is sent in several calls. */
export const CAPTURE_ITEMS_MAX = 500;

export type CaptureStatus = 'ACCEPTED' | 'REPLAYED' | 'REJECTED';

export interface CaptureResult {
  readonly id: string;
  readonly status: CaptureStatus;
  readonly eventId: string | null;
  readonly batch: StoredBatch | null;
  readonly error: DomainError | null;
}

type Doing =
  | Capture
  | { readonly kind: 'recordSale'; readonly input: RecordSaleInput }
  | { readonly kind: 'recordFulfilment'; readonly input: RecordFulfilmentInput };

/** What an item is recorded as, or what it is rejected for. */
type Outcome = Pick<Captured, 'replayed' | 'batchIds'> & Partial<Pick<Captured, 'fresh'>> & { readonly eventId: string | null };

/**
 * An offline queue in one call: each item stands or falls alone, in the order in which it was sent. Deliveries that follow one another are
 * handed over together, everything else has its own transaction.
 */
@Injectable()
export class CaptureQueueService {
  constructor(
    private readonly captures: CaptureService,
    private readonly sales: SaleService,
    private readonly batches: BatchService,
    private readonly log: Log,
  ) {}

  /** One result an item, in their order. Throws TOO_MANY_ITEMS; what is wrong with an item stands in its result. */
  async capture(principal: Principal, items: readonly CaptureItemInput[]): Promise<CaptureResult[]> {
    if (items.length > CAPTURE_ITEMS_MAX)
      throw new DomainError('TOO_MANY_ITEMS', { items: items.length, max: CAPTURE_ITEMS_MAX }, ['items']);
    const outcomes: { readonly id: string; readonly outcome: Outcome | DomainError }[] = [];
    for (const run of runsOf(items.map(doingOf))) {
      const recorded = await this.recordRun(principal, run);
      outcomes.push(...run.map(({ input }, i) => ({ id: input.id, outcome: recorded[i] ?? new DomainError('INTERNAL') })));
    }
    return this.results(outcomes);
  }

  /** One outcome each, in their order. */
  private async recordRun(principal: Principal, run: readonly Doing[]): Promise<(Outcome | DomainError)[]> {
    const kind = run[0]?.kind ?? '';
    if (!permits(OPERATIONS[`Mutation.${kind}`], principal.role)) return run.map(() => new DomainError('FORBIDDEN', { operation: kind }));
    const deliveries = run.flatMap((doing) => (doing.kind === 'recordDelivery' ? [doing.input] : []));
    const settled: PromiseSettledResult<Outcome | DomainError>[] =
      deliveries.length === run.length
        ? await this.captures.captureDeliveries(principal, deliveries)
        : await Promise.allSettled(run.map((doing) => this.record(principal, doing)));
    return settled.map((one, i) => (one.status === 'fulfilled' ? one.value : this.rejectionOf(one.reason, run[i]?.input.id ?? '')));
  }

  /** Its neighbours are stored already: what broke here must not take their answers with it. */
  private rejectionOf(error: unknown, captureId: string): DomainError {
    if (error instanceof DomainError) return error;
    this.log.write('error', 'An item of a capture broke.', { captureId, error: error instanceof Error ? error.stack : String(error) });
    return new DomainError('INTERNAL');
  }

  private async results(outcomes: readonly { readonly id: string; readonly outcome: Outcome | DomainError }[]): Promise<CaptureResult[]> {
    const toRead = outcomes.flatMap(({ outcome }) => (outcome instanceof DomainError || outcome.fresh ? [] : outcome.batchIds.slice(0, 1)));
    const batches = new Map((toRead.length > 0 ? await this.batches.batches(toRead) : []).map((batch) => [batch.id, batch]));
    return outcomes.map(({ id, outcome }) => {
      if (outcome instanceof DomainError) return { id, status: 'REJECTED', eventId: null, batch: null, error: outcome };
      const { eventId, replayed, fresh, batchIds } = outcome;
      const batch = fresh?.batch ?? batches.get(batchIds[0] ?? '') ?? null;
      return { id, status: replayed ? 'REPLAYED' : 'ACCEPTED', eventId, batch, error: null };
    });
  }

  private async record(principal: Principal, doing: Doing): Promise<Outcome> {
    switch (doing.kind) {
      case 'recordSale':
        return { ...(await this.sales.recordSale(principal, doing.input)), batchIds: [] };
      case 'recordFulfilment':
        return { ...(await this.sales.recordFulfilment(principal, doing.input)), batchIds: [] };
      case 'openSeason':
      case 'recordPlanting':
      case 'recordDelivery':
      case 'recordTransformation':
      case 'recordAggregation':
      case 'recordShipment':
      case 'recordReceipt':
        return this.captures.capture(principal, doing);
    }
  }
}

/** Neighbours that are deliveries are one run; everything else is a run of one. */
function runsOf(doings: readonly Doing[]): Doing[][] {
  const runs: Doing[][] = [];
  for (const doing of doings) {
    const last = runs.at(-1);
    if (doing.kind === 'recordDelivery' && last?.[0]?.kind === 'recordDelivery') last.push(doing);
    else runs.push([doing]);
  }
  return runs;
}

function doingOf(item: CaptureItemInput): Doing {
  if (item.openSeason) return { kind: 'openSeason', input: item.openSeason };
  if (item.planting) return { kind: 'recordPlanting', input: item.planting };
  if (item.delivery) return { kind: 'recordDelivery', input: item.delivery };
  if (item.transformation) return { kind: 'recordTransformation', input: item.transformation };
  if (item.aggregation) return { kind: 'recordAggregation', input: item.aggregation };
  if (item.shipment) return { kind: 'recordShipment', input: item.shipment };
  if (item.receipt) return { kind: 'recordReceipt', input: item.receipt };
  if (item.sale) return { kind: 'recordSale', input: item.sale };
  if (item.fulfilment) return { kind: 'recordFulfilment', input: item.fulfilment };
  // GraphQL has seen to it that one is there.
  throw new DomainError('BAD_INPUT', { expected: 'one thing an item' }, ['items']);
}
