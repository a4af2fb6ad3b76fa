import type { BatchFacts, HoldingFacts } from '../traceability/index.js';
import type { StockRule } from './facts.js';
import type { StoredProposal } from './sale.repository.js';
import type { Need } from './wholeness.js';

/** A line whose lots are decided at fulfilment. */
export interface Proposable {
  readonly lineId: string;
  readonly needs: readonly Need[];
  readonly stockRule: StockRule;
  /** Of the listing, in its order. */
  readonly batchIds: readonly string[];
}

/** What the seller has of each batch, in the smallest unit; what is on the way is not there. */
export function availableTo(sellerId: string, holdings: readonly HoldingFacts[]): Map<string, bigint> {
  const left = new Map<string, bigint>();
  for (const holding of holdings) {
    if (holding.holderId === sellerId) left.set(holding.batchId, (left.get(holding.batchId) ?? 0n) + holding.available);
  }
  return left;
}

/** The batches in the order in which the listing's rule proposes them. */
export function inOrder(line: Proposable, candidates: readonly BatchFacts[]): BatchFacts[] {
  switch (line.stockRule) {
    case 'CHOSEN':
      return line.batchIds.flatMap((id) => candidates.filter((batch) => batch.id === id));
    case 'FIFO':
      return [...candidates].sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1));
    case 'BY_RECEIPT':
      return [];
  }
}

/** Fills each need from the batches in turn, as far as they reach; takes it off `left`, so that two lines are not promised the same. */
export function proposalsOf(line: Proposable, batches: readonly BatchFacts[], left: Map<string, bigint>): StoredProposal[] {
  const proposals: StoredProposal[] = [];
  for (const need of line.needs) {
    let rest = need.amount;
    for (const batch of batches.filter((one) => one.productId === need.productId)) {
      const there = left.get(batch.id) ?? 0n;
      const quantity = there < rest ? there : rest;
      if (quantity <= 0n) continue;
      proposals.push({ lineId: line.lineId, position: proposals.length, batchId: batch.id, quantity, dimension: need.dimension });
      left.set(batch.id, there - quantity);
      rest -= quantity;
    }
  }
  return proposals;
}
