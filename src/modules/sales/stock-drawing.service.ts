import { Injectable } from '@nestjs/common';
import { apportion } from '../../core/kernel/apportion.js';
import { fraction } from '../../core/kernel/fraction.js';
import { derivedUuid } from '../../core/kernel/ids.js';
import type { Instant } from '../../core/kernel/instant.js';
import type { Tx } from '../../platform/database/tx.js';
import { SellingService } from '../traceability/index.js';
import type { Take } from './line-plan.service.js';
import type { StoredAllocation } from './sale.repository.js';
import { SaleRepository } from './sale.repository.js';

/** Takes what a sale was decided to be of out of the seller's stock, and keeps from which holdings it came. */
@Injectable()
export class StockDrawingService {
  constructor(
    private readonly selling: SellingService,
    private readonly sales: SaleRepository,
  ) {}

  /** Answers the selling event's id. Throws BATCH_OVERDRAWN, CUSTODY_WRONG. */
  async draw(
    tx: Tx,
    command: { captureId: string; sellerId: string; at: Instant; orderReference: string | null; takes: readonly Take[] },
  ): Promise<string> {
    const { takes, ...rest } = command;
    const { eventId, sold } = await this.selling.sell(tx, {
      ...rest,
      takes: takes.map(({ batch, quantity }) => ({ batch, quantity })),
    });
    const allocations = takes.flatMap((take, i): StoredAllocation[] => {
      const sources = sold[i] ?? [];
      const weights = sources.map((source) => ({ key: source.holdingId, weight: fraction(source.quantity) }));
      const nominals = apportion(take.nominal, weights);
      return sources.map((source) => ({
        id: derivedUuid(command.captureId, 'allocation', i, source.holdingId),
        lineId: take.lineId,
        captureId: command.captureId,
        productId: take.batch.productId,
        ...source,
        unit: take.unit,
        nominal: nominals.get(source.holdingId) ?? 0n,
      }));
    });
    await this.sales.insertAllocations(tx, allocations);
    return eventId;
  }
}
