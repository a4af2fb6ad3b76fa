import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/kernel/errors.js';
import { Log } from '../../platform/logging/log.js';
import type { Principal } from '../identity/index.js';
import { OPERATIONS, permits } from '../identity/index.js';
import type { RecordFulfilmentInput, RecordSaleInput } from '../sales/index.js';
import { SaleService } from '../sales/index.js';
import type { Capture, StoredBatch } from '../traceability/index.js';
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

/** An offline queue in one call: each item stands or falls alone, in its own transaction, in the order in which it was sent. */
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
    const results: CaptureResult[] = [];
    for (const item of items) results.push(await this.captureOne(principal, doingOf(item)));
    return results;
  }

  private async captureOne(principal: Principal, doing: Doing): Promise<CaptureResult> {
    const { id } = doing.input;
    try {
      if (!permits(OPERATIONS[`Mutation.${doing.kind}`], principal.role)) throw new DomainError('FORBIDDEN', { operation: doing.kind });
      const { eventId, replayed, batchIds } = await this.record(principal, doing);
      const [batch] = await this.batches.batches(batchIds.slice(0, 1));
      return { id, status: replayed ? 'REPLAYED' : 'ACCEPTED', eventId, batch: batch ?? null, error: null };
    } catch (error) {
      if (error instanceof DomainError) return { id, status: 'REJECTED', eventId: null, batch: null, error };
      // Its neighbours are stored already: what broke here must not take their answers with it.
      this.log.write('error', 'An item of a capture broke.', {
        captureId: id,
        error: error instanceof Error ? error.stack : String(error),
      });
      return { id, status: 'REJECTED', eventId: null, batch: null, error: new DomainError('INTERNAL') };
    }
  }

  private async record(
    principal: Principal,
    doing: Doing,
  ): Promise<{ eventId: string | null; replayed: boolean; batchIds: readonly string[] }> {
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
