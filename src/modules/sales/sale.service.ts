import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/kernel/errors.js';
import { Clock } from '../../platform/clock/clock.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/tx.js';
import type { PageRequest } from '../../platform/graphql/page.js';
import { pageRequest } from '../../platform/graphql/page.js';
import { IdempotencyService } from '../../platform/idempotency/idempotency.service.js';
import type { Principal } from '../identity/index.js';
import { IdentityService, oversees } from '../identity/index.js';
import { BatchService } from '../traceability/index.js';
import type { SaleFacts, WaitingSale } from './facts.js';
import { FulfilmentService } from './fulfilment.service.js';
import type { RecordFulfilmentInput, RecordSaleInput, SaleFilter } from './sale.input.js';
import { SaleRecordingService } from './sale-recording.service.js';
import type { SaleView } from './sale-view.js';
import { saleView } from './sale-view.js';
import type { StoredSale } from './sale.repository.js';
import { SaleRepository } from './sale.repository.js';
import { ShopRepository } from './shop.repository.js';
import { isWhole } from './wholeness.js';

/** What recording a sale or a fulfilment answers: ids only, so that it can be kept and answered again. */
export interface RecordedSale {
  readonly saleId: string;
  /** The selling event; null where no lot is known yet. */
  readonly eventId: string | null;
  readonly replayed: boolean;
}

export interface SalesPage {
  readonly views: SaleView[];
  readonly page: PageRequest;
  readonly cursorOf: (saleId: string) => string;
}

@Injectable()
export class SaleService {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyService,
    private readonly identity: IdentityService,
    private readonly recording: SaleRecordingService,
    private readonly fulfilments: FulfilmentService,
    private readonly sales: SaleRepository,
    private readonly shops: ShopRepository,
    private readonly batches: BatchService,
    private readonly clock: Clock,
  ) {}

  recordSale(principal: Principal, input: RecordSaleInput): Promise<RecordedSale> {
    return this.database.transaction((tx) => this.recordSaleIn(tx, principal, input));
  }

  /** In a transaction of the caller's. Throws FORBIDDEN unless the seller is the caller's own organisation. */
  async recordSaleIn(tx: Tx, principal: Principal, input: RecordSaleInput): Promise<RecordedSale> {
    // Not even the administration sells in another's name.
    if (input.sellerId !== principal.organisationId)
      throw new DomainError('FORBIDDEN', { sellerId: input.sellerId }, ['input', 'sellerId']);
    const request = { id: input.id, organisationId: principal.organisationId, kind: 'recordSale', content: input };
    const { answer, replayed } = await this.idempotency.once(tx, request, async () => ({
      eventId: await this.recording.record(tx, input),
    }));
    return { saleId: input.id, eventId: answer.eventId, replayed };
  }

  recordFulfilment(principal: Principal, input: RecordFulfilmentInput): Promise<RecordedSale> {
    return this.database.transaction((tx) => this.recordFulfilmentIn(tx, principal, input));
  }

  async recordFulfilmentIn(tx: Tx, principal: Principal, input: RecordFulfilmentInput): Promise<RecordedSale> {
    const { organisationId } = principal;
    const request = { id: input.id, organisationId, kind: 'recordFulfilment', content: input };
    const { answer, replayed } = await this.idempotency.once(tx, request, async () => ({
      eventId: await this.fulfilments.record(tx, organisationId, input),
    }));
    return { saleId: input.saleId, eventId: answer.eventId, replayed };
  }

  /** Null also for what the principal may not see. */
  async sale(principal: Principal, id: string): Promise<SaleView | null> {
    const tx = this.database.reader;
    const [sale] = await this.sales.sales(tx, [id]);
    if (!sale || !(await this.identity.visible(principal, [sale.sellerId])).has(sale.sellerId)) return null;
    const [view] = await this.views(tx, [sale]);
    return view ?? null;
  }

  /** Newest first: one more than the page has room for, where there is one. */
  async page(principal: Principal, filter: SaleFilter | null, first: number | null, after: string | null): Promise<SalesPage> {
    const tx = this.database.reader;
    const page = pageRequest(first, after);
    if (page.after !== null && !/^\d{1,18}$/.test(page.after)) throw new DomainError('BAD_INPUT', { after }, ['after']);
    const sellerIds = await this.visibleSellers(tx, principal, filter?.sellerId ?? null);
    const { shopId, orderReference, status } = filter ?? {};
    const search = { sellerIds, shopId: shopId ?? null, orderReference: orderReference ?? null, status: status ?? null };
    const found = await this.sales.page(tx, search, page);
    const seqs = new Map(found.map((sale) => [sale.id, String(sale.seq)]));
    return { views: await this.views(tx, found), page, cursorOf: (saleId) => seqs.get(saleId) ?? '' };
  }

  /** Sales as the modules to the right know them; unknown ids are left out. */
  async saleFacts(tx: Tx, saleIds: readonly string[]): Promise<SaleFacts[]> {
    const sales = await this.sales.sales(tx, saleIds);
    const ids = sales.map((sale) => sale.id);
    const lines = await this.sales.lines(tx, ids);
    const allocations = await this.sales.allocations(tx, ids);
    const shops = await this.shops.shops(tx, [...new Set(sales.flatMap((sale) => (sale.shopId ? [sale.shopId] : [])))]);
    return sales.map(({ id, sellerId, shopId, final, currency, soldAt, status, particulars }) => ({
      id,
      sellerId,
      shopId,
      final,
      currency,
      soldAt,
      status,
      feesPending: shops.some((shop) => shop.id === shopId && shop.platform !== 'GENERIC') && particulars.fees === 0,
      lines: lines
        .filter((line) => line.saleId === id)
        .map((line) => {
          const own = allocations.filter((allocation) => allocation.lineId === line.id);
          const taken = own.map(({ holdingId, batchId, quantity, dimension }) => ({ holdingId, batchId, quantity, dimension }));
          const { ref, netMinor, grossMinor, needs } = line;
          return { id: line.id, ref, netMinor, grossMinor, whole: isWhole(needs, own), allocations: taken };
        }),
    }));
  }

  /** Sales that wait for attribution for longer than that, the longest waiting first, from behind the given one on. */
  async pendingSales(tx: Tx, waiting: { olderThanMs: number; after: WaitingSale | null; limit: number }): Promise<WaitingSale[]> {
    const { olderThanMs, after, limit } = waiting;
    return this.sales.pendingSince(tx, new Date(this.clock.nowMs() - olderThanMs), after, limit);
  }

  /** Leaves alone what is not PENDING. */
  async markAttributed(tx: Tx, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.sales.markAttributed(tx, ids);
  }

  /** Ids of the sales that took from any of these holdings. */
  async salesOfHoldings(tx: Tx, holdingIds: readonly string[]): Promise<string[]> {
    return holdingIds.length === 0 ? [] : this.sales.salesOfHoldings(tx, holdingIds);
  }

  private async visibleSellers(tx: Tx, principal: Principal, sellerId: string | null): Promise<string[] | null> {
    const everywhere = oversees(principal) && principal.areaCode === null;
    if (everywhere) return sellerId === null ? null : [sellerId];
    const asked = sellerId === null ? await this.sales.sellerIds(tx) : [sellerId];
    return [...(await this.identity.visible(principal, asked))];
  }

  private async views(tx: Tx, sales: readonly StoredSale[]): Promise<SaleView[]> {
    const ids = sales.map((sale) => sale.id);
    const lines = await this.sales.lines(tx, ids);
    const allocations = await this.sales.allocations(tx, ids);
    const proposals = await this.sales.proposals(tx, ids);
    const batchIds = [...allocations, ...proposals].map((one) => one.batchId);
    const batches = new Map((await this.batches.batches(batchIds, tx)).map((batch) => [batch.id, batch]));
    return sales.map((sale) => saleView(sale, { lines, allocations, proposals, batches }));
  }
}
