import { Injectable } from '@nestjs/common';
import { assert } from '../../core/kernel/assert.js';
import { DomainError } from '../../core/kernel/errors.js';
import { derivedUuid } from '../../core/kernel/ids.js';
import { localDay } from '../../core/kernel/instant.js';
import { Clock } from '../../platform/clock/clock.js';
import { Sealing } from '../../platform/crypto/sealing.js';
import type { Tx } from '../../platform/database/tx.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import type { Organisation } from '../identity/index.js';
import { IdentityService } from '../identity/index.js';
import { PaymentService } from '../ledger/index.js';
import type { SaleStatus } from './facts.js';
import { SALE_ALLOCATED } from './facts.js';
import type { LinePlan } from './line-plan.service.js';
import { LinePlanService } from './line-plan.service.js';
import { ProposalService } from './proposal.service.js';
import type { RecordSaleInput } from './sale.input.js';
import type { Order } from './sale-order.js';
import { readOrder, readText } from './sale-order.js';
import type { NewSale } from './sale.repository.js';
import { SaleRepository } from './sale.repository.js';
import { ShopRepository } from './shop.repository.js';
import type { Proposable } from './stock-rule.js';
import { StockDrawingService } from './stock-drawing.service.js';
import { isWhole } from './wholeness.js';

const BUYER_SEALED_FOR = 'sale buyer';

interface Buyer {
  readonly kind: NewSale['buyerKind'];
  readonly id: string | null;
  /** False where the buyer is a business on the platform: the goods have not left it. */
  readonly final: boolean;
}

/** Records an order: its money, what it is made of as far as that is known, its own payments. */
@Injectable()
export class SaleRecordingService {
  constructor(
    private readonly identity: IdentityService,
    private readonly shops: ShopRepository,
    private readonly sales: SaleRepository,
    private readonly plans: LinePlanService,
    private readonly proposals: ProposalService,
    private readonly stock: StockDrawingService,
    private readonly payments: PaymentService,
    private readonly sealing: Sealing,
    private readonly queue: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** Answers the selling event's id, or null where no lot is known yet. The seller is the caller's organisation: that was checked. */
  async record(tx: Tx, input: RecordSaleInput): Promise<string | null> {
    const order = readOrder(input, this.clock.nowMs());
    const seller = await this.identity.requireOrganisation(tx, input.sellerId);
    await this.requireShop(tx, input);
    const buyer = await this.buyerOf(tx, input);
    if (!buyer.final) refuseMoreThanTheOrder(input);
    const lineIds = input.lines.map((line) => derivedUuid(input.id, 'line', line.ref));
    const plans = buyer.final
      ? await this.plans.planSale(tx, input, order, lineIds)
      : input.lines.map((): LinePlan => ({ needs: [], takes: [], listing: null }));
    const status = buyer.final ? statusOf(plans) : 'NOT_FINAL';
    await this.store(tx, input, { order, buyer, status, lineIds, plans });
    const takes = plans.flatMap((plan) => plan.takes);
    const orderReference = input.orderReference ?? null;
    const drawing = { captureId: input.id, sellerId: seller.id, at: order.soldAt, orderReference, takes };
    const eventId = takes.length > 0 ? await this.stock.draw(tx, drawing) : null;
    await this.payFees(tx, input, order, seller);
    if (status === 'PENDING') tx.afterCommit(() => this.queue.add(SALE_ALLOCATED, [{ saleId: input.id }]));
    this.propose(tx, seller.id, lineIds, plans);
    return eventId;
  }

  private async requireShop(tx: Tx, input: RecordSaleInput): Promise<void> {
    if (!input.shopId) return;
    const [shop] = await this.shops.shops(tx, [input.shopId]);
    if (shop?.organisationId !== input.sellerId) throw new DomainError('NOT_FOUND', { shopId: input.shopId }, ['input', 'shopId']);
  }

  private async buyerOf(tx: Tx, input: RecordSaleInput): Promise<Buyer> {
    const { consumer, organisationId, external } = input.buyer ?? { consumer: true };
    if (organisationId) {
      if (organisationId === input.sellerId) throw new DomainError('TRADE_WITH_ONESELF', { organisationId }, ['input', 'buyer']);
      await this.identity.requireOrganisation(tx, organisationId);
      return { kind: 'ORGANISATION', id: organisationId, final: false };
    }
    if (typeof external === 'string') {
      const name = readText(external, 'external');
      return { kind: 'EXTERNAL', id: this.sealing.seal(name, BUYER_SEALED_FOR).toString('base64'), final: true };
    }
    if (!consumer) throw new DomainError('BAD_INPUT', { expected: 'one way to name a buyer' }, ['input', 'buyer']);
    return { kind: 'CONSUMER', id: null, final: true };
  }

  private async store(
    tx: Tx,
    input: RecordSaleInput,
    found: { order: Order; buyer: Buyer; status: SaleStatus; lineIds: readonly string[]; plans: readonly LinePlan[] },
  ): Promise<void> {
    const { order, buyer, status, lineIds, plans } = found;
    const now = new Date(this.clock.nowMs());
    const inserted = await this.sales.insert(tx, {
      id: input.id,
      sellerId: input.sellerId,
      shopId: input.shopId ?? null,
      buyerKind: buyer.kind,
      buyerId: buyer.id,
      channel: input.channel ?? null,
      soldAt: new Date(order.soldAt.epochMs),
      orderReference: input.orderReference ?? null,
      final: buyer.final,
      currency: order.currency,
      particulars: order.particulars,
      status,
      pendingSince: status === 'PENDING' ? now : null,
      recordedAt: now,
    });
    if (!inserted) {
      throw new DomainError('ALREADY_EXISTS', { orderReference: input.orderReference ?? '' }, ['input', 'orderReference']);
    }
    await this.sales.insertLines(
      tx,
      input.lines.map((line, i) => {
        const read = order.lines[i];
        const id = lineIds[i];
        assert(read && id !== undefined, 'Every line of the input was read.');
        const said = { sku: line.sku ?? null, quantityValue: line.quantity.value, quantityUnit: line.quantity.unit };
        const { ref, grossMinor, netMinor } = read;
        return { id, saleId: input.id, line: i, ref, ...said, needs: plans[i]?.needs ?? [], grossMinor, netMinor };
      }),
    );
  }

  private async payFees(tx: Tx, input: RecordSaleInput, order: Order, seller: Organisation): Promise<void> {
    if (!input.fees || input.fees.length === 0) return;
    try {
      await this.payments.stepPayments(tx, {
        inputs: input.fees,
        captureId: input.id,
        causeKind: 'SALE',
        causeId: input.id,
        stepId: null,
        payer: { kind: 'ORGANISATION', id: seller.id },
        at: order.soldAt,
        causeOn: localDay(order.soldAt.epochMs, seller.timeZone),
        timeZone: seller.timeZone,
        recordedBy: seller.id,
      });
    } catch (error) {
      // The ledger calls them payments; the caller called them fees.
      if (!(error instanceof DomainError)) throw error;
      throw new DomainError(error.code, error.detail, ['input', 'fees', ...error.path.slice(1)]);
    }
  }

  private propose(tx: Tx, sellerId: string, lineIds: readonly string[], plans: readonly LinePlan[]): void {
    const lines = plans.flatMap(({ needs, listing }, i): Proposable[] => {
      const lineId = lineIds[i];
      return listing && lineId !== undefined ? [{ lineId, needs, stockRule: listing.stockRule, batchIds: listing.batchIds }] : [];
    });
    if (lines.length > 0) tx.afterCommit(() => this.proposals.propose(sellerId, lines));
  }
}

function statusOf(plans: readonly LinePlan[]): SaleStatus {
  const whole = plans.every((plan) =>
    isWhole(
      plan.needs,
      plan.takes.map((take) => ({ productId: take.batch.productId, nominal: take.nominal })),
    ),
  );
  return whole ? 'PENDING' : 'AWAITING_FULFILMENT';
}

/** Stock and money of a trade come from its shipment and receipt. Throws SALE_NOT_FINAL. */
function refuseMoreThanTheOrder(input: RecordSaleInput): void {
  const allocated = input.lines.findIndex((line) => (line.allocations?.length ?? 0) > 0);
  if (allocated >= 0) throw new DomainError('SALE_NOT_FINAL', {}, ['input', 'lines', String(allocated), 'allocations']);
  if ((input.fees?.length ?? 0) > 0) throw new DomainError('SALE_NOT_FINAL', {}, ['input', 'fees']);
}
