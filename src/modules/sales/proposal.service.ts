import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { Principal } from '../identity/index.js';
import type { BatchFacts } from '../traceability/index.js';
import { BatchService } from '../traceability/index.js';
import { SaleRepository } from './sale.repository.js';
import type { Proposable } from './stock-rule.js';
import { availableTo, inOrder, proposalsOf } from './stock-rule.js';

/** Of the newest batches of a product that the seller made or held, how many FIFO looks through for the oldest with stock. */
export const FIFO_BATCHES_MAX = 1_000;

/** Stock rules propose; fulfilment decides. So a proposal reserves nothing, and one that a crash lost is missed by nobody but the packer. */
@Injectable()
export class ProposalService {
  constructor(
    private readonly database: Database,
    private readonly batches: BatchService,
    private readonly sales: SaleRepository,
  ) {}

  /** Runs after the sale's commit: looking through stock must not hold up the order. */
  async propose(sellerId: string, lines: readonly Proposable[]): Promise<void> {
    const candidates = await this.candidates(sellerId, lines);
    const holdings = await this.batches.holdings(candidates.map((batch) => batch.id));
    const left = availableTo(sellerId, holdings);
    const proposals = lines.flatMap((line) => proposalsOf(line, inOrder(line, candidates), left));
    if (proposals.length > 0) await this.database.transaction((tx) => this.sales.insertProposals(tx, proposals));
  }

  private async candidates(sellerId: string, lines: readonly Proposable[]): Promise<BatchFacts[]> {
    const chosen = await this.batches.batches(lines.filter((line) => line.stockRule === 'CHOSEN').flatMap((line) => [...line.batchIds]));
    const fifo = lines.filter((line) => line.stockRule === 'FIFO').flatMap((line) => line.needs.map((need) => need.productId));
    const seller: Principal = { keyId: sellerId, organisationId: sellerId, role: 'SHOP', areaCode: null };
    const found: BatchFacts[] = [...chosen];
    for (const productId of new Set(fifo)) {
      found.push(...(await this.batches.page(seller, { productId, lot: null }, { size: FIFO_BATCHES_MAX, after: null })));
    }
    return [...new Map(found.map((batch) => [batch.id, batch])).values()];
  }
}
