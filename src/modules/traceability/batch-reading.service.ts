import { Injectable } from '@nestjs/common';
import type { Quantity } from '../../core/kernel/quantity.js';
import { Database } from '../../platform/database/database.js';
import type { Principal } from '../identity/index.js';
import { IdentityService } from '../identity/index.js';
import type { StoredBatch } from './batch.repository.js';
import { BatchService } from './batch.service.js';
import type { HoldingFacts } from './facts.js';
import { batchStatus } from './batch-status.js';
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

export interface EventFlows {
  readonly inputs: EventFlow[];
  readonly outputs: EventFlow[];
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

  /** Of each batch the principal's own; all of them for those who oversee. */
  async holdings(principal: Principal, batchIds: readonly string[]): Promise<Map<string, HoldingFacts[]>> {
    const holdings = await this.batches.holdings(batchIds);
    const visible = await this.identity.visible(principal, [...new Set(holdings.map((holding) => holding.holderId))]);
    return grouped(
      holdings.filter((holding) => visible.has(holding.holderId)),
      (holding) => holding.batchId,
    );
  }

  async statuses(batchIds: readonly string[]): Promise<Map<string, ReturnType<typeof batchStatus>>> {
    const [batches, holdings, filled] = await Promise.all([
      this.batches.batches(batchIds),
      this.batches.holdings(batchIds),
      this.steps.filledByDeliveries(this.database.reader, batchIds),
    ]);
    const byBatch = grouped(holdings, (holding) => holding.batchId);
    return new Map(
      batches.map(({ id, drawnFromAt }) => [
        id,
        batchStatus({ holdings: byBatch.get(id) ?? [], drawnFromAt, filledByDeliveries: filled.has(id) }),
      ]),
    );
  }

  /** What each event took from batches and made of them. */
  async flows(eventIds: readonly string[]): Promise<Map<string, EventFlows>> {
    const rows = await this.steps.ofEvents(this.database.reader, eventIds);
    const batches = new Map((await this.batches.batches(rows.map((row) => row.batchId))).map((batch) => [batch.id, batch]));
    const flows = new Map<string, EventFlows>(eventIds.map((id) => [id, { inputs: [], outputs: [] }]));
    for (const { eventId, side, batchId, quantity, dimension } of rows) {
      const batch = batches.get(batchId);
      if (batch) flows.get(eventId)?.[side === 'INPUT' ? 'inputs' : 'outputs'].push({ batch, quantity: { dimension, amount: quantity } });
    }
    return flows;
  }
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const list = groups.get(keyOf(item));
    if (list) list.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
