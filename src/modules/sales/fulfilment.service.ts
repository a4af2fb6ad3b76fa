import { Injectable } from '@nestjs/common';
import { at, DomainError } from '../../core/kernel/errors.js';
import { parseQuantity } from '../../core/kernel/quantity.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Tx } from '../../platform/database/tx.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import { SALE_ALLOCATED } from './facts.js';
import type { OpenLine } from './line-plan.service.js';
import { LinePlanService } from './line-plan.service.js';
import type { RecordFulfilmentInput } from './sale.input.js';
import { readTime } from './sale-order.js';
import type { StoredSale } from './sale.repository.js';
import { SaleRepository } from './sale.repository.js';
import { StockDrawingService } from './stock-drawing.service.js';
import { isWhole } from './wholeness.js';

export const FULFILMENT_LINES_MAX = 1_000;

/** Decides which lots went into an order. */
@Injectable()
export class FulfilmentService {
  constructor(
    private readonly sales: SaleRepository,
    private readonly plans: LinePlanService,
    private readonly stock: StockDrawingService,
    private readonly queue: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** Answers the selling event's id. Throws NOT_FOUND for a sale of others, SALE_NOT_FINAL, and what planning and drawing throw. */
  async record(tx: Tx, sellerId: string, input: RecordFulfilmentInput): Promise<string> {
    if (input.lines.length === 0) throw new DomainError('BAD_INPUT', { expected: 'at least one line' }, ['input', 'lines']);
    if (input.lines.length > FULFILMENT_LINES_MAX)
      throw new DomainError('TOO_MANY_ITEMS', { max: FULFILMENT_LINES_MAX }, ['input', 'lines']);
    const packedAt = at(['input'], () => readTime(input.at, this.clock.nowMs(), 'at'));
    const sale = await this.sales.lock(tx, input.saleId);
    if (sale?.sellerId !== sellerId) throw new DomainError('NOT_FOUND', { saleId: input.saleId }, ['input', 'saleId']);
    if (!sale.final) throw new DomainError('SALE_NOT_FINAL', { saleId: sale.id }, ['input', 'saleId']);
    const takes = await this.plans.planFulfilment(tx, input.lines, await this.openLines(tx, sale));
    const eventId = await this.stock.draw(tx, { captureId: input.id, sellerId, at: packedAt, orderReference: sale.orderReference, takes });
    await this.noteWhole(tx, sale);
    return eventId;
  }

  private async noteWhole(tx: Tx, sale: StoredSale): Promise<void> {
    const lines = await this.openLines(tx, sale);
    if (sale.status !== 'AWAITING_FULFILMENT' || !lines.every((line) => isWhole(line.needs, line.allocated))) return;
    await this.sales.markPending(tx, sale.id, new Date(this.clock.nowMs()));
    tx.afterCommit(() => this.queue.add(SALE_ALLOCATED, [{ saleId: sale.id }]));
  }

  private async openLines(tx: Tx, sale: StoredSale): Promise<OpenLine[]> {
    const lines = await this.sales.lines(tx, [sale.id]);
    const allocations = await this.sales.allocations(tx, [sale.id]);
    return lines.map((line) => ({
      id: line.id,
      ref: line.ref,
      quantity: parseQuantity({ value: line.quantityValue, unit: line.quantityUnit }),
      needs: line.needs,
      allocated: allocations.filter((allocation) => allocation.lineId === line.id),
    }));
  }
}
