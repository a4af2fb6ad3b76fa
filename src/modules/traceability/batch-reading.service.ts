import { Injectable } from '@nestjs/common';
import type { Quantity } from '../../core/kernel/quantity.js';
import { Database } from '../../platform/database/database.js';
import type { Principal } from '../identity/index.js';
import { IdentityService } from '../identity/index.js';
import type { StoredBatch } from './batch.repository.js';
import { BatchService } from './batch.service.js';
import type { HoldingFacts } from './facts.js';
import { StepRepository } from './step.repository.js';

export interface BatchAmounts {
  /** First made: what receipts hand on is not made again. */
  readonly made: Quantity;
  readonly available: Quantity;
}

export interface EventFlow {
  readonly batch: StoredBatch;
  readonly quantity: Quantity;
}

/** What a batch looks like now, read from its holdings. */
@Injectable()
export class BatchReadingService {
  constructor(
    private readonly database: Database,
    private readonly identity: IdentityService,
    private readonly batches: BatchService,
    private readonly steps: StepRepository,
  ) {}

  async amounts(batchIds: readonly string[]): Promise<Map<string, BatchAmounts>> {
    const [holdings, makers] = [
      await this.batches.holdings(batchIds),
      new Map((await this.batches.batches(batchIds)).map((batch) => [batch.id, batch.organisationId])),
    ];
    const amounts = new Map<string, BatchAmounts>();
    for (const holding of holdings) {
      const { dimension } = holding;
      const before = amounts.get(holding.batchId) ?? { made: { dimension, amount: 0n }, available: { dimension, amount: 0n } };
      const first = holding.holderId === makers.get(holding.batchId) && holding.version === 1;
      amounts.set(holding.batchId, {
        made: { dimension, amount: before.made.amount + (first ? holding.made : 0n) },
        available: { dimension, amount: before.available.amount + holding.available },
      });
    }
    return amounts;
  }

  /** The principal's own; all of them for those who oversee. */
  async holdings(principal: Principal, batchId: string): Promise<HoldingFacts[]> {
    const holdings = await this.batches.holdings([batchId]);
    const visible = await this.identity.visible(principal, [...new Set(holdings.map((holding) => holding.holderId))]);
    return holdings.filter((holding) => visible.has(holding.holderId));
  }

  /** OPEN: deliveries still enter; ACTIVE: there is some; USED_UP: there is none left, here or on the way. */
  async status(batch: { id: string; drawnFromAt: Date | null }): Promise<'OPEN' | 'ACTIVE' | 'USED_UP'> {
    const holdings = await this.batches.holdings([batch.id]);
    if (holdings.every((holding) => holding.available === 0n && !holding.inTransit)) return 'USED_UP';
    if (batch.drawnFromAt) return 'ACTIVE';
    return (await this.steps.isFilledByDeliveries(this.database.reader, batch.id)) ? 'OPEN' : 'ACTIVE';
  }

  async flowsOf(eventId: string): Promise<{ inputs: EventFlow[]; outputs: EventFlow[] }> {
    const rows = await this.steps.ofEvent(this.database.reader, eventId);
    const batches = new Map((await this.batches.batches(rows.map((row) => row.batchId))).map((batch) => [batch.id, batch]));
    const side = (name: 'INPUT' | 'OUTPUT'): EventFlow[] =>
      rows
        .filter((row) => row.side === name)
        .flatMap((row) => {
          const batch = batches.get(row.batchId);
          return batch ? [{ batch, quantity: { dimension: row.dimension, amount: row.quantity } }] : [];
        });
    return { inputs: side('INPUT'), outputs: side('OUTPUT') };
  }
}
