import { Args, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import { DomainError } from '../../core/kernel/errors.js';
import { connectionOf } from '../../platform/graphql/page.js';
import { UuidScalar } from '../../platform/graphql/scalars.js';
import { moneyModel, quantityModel } from '../../platform/graphql/values.model.js';
import type { Principal } from '../identity/index.js';
import { By } from '../identity/index.js';
import { batchModel, eventModel, EventService } from '../traceability/index.js';
import { RecordFulfilmentInput, RecordSaleInput, SaleFilter } from './sale.input.js';
import type { SaleAllocationModel, SaleLineModel } from './sale.model.js';
import { RecordFulfilmentPayload, RecordSalePayload, SaleConnectionModel, SaleModel } from './sale.model.js';
import type { RecordedSale } from './sale.service.js';
import { SaleService } from './sale.service.js';
import type { SaleLineView, SaleView } from './sale-view.js';

@Resolver()
export class SaleResolver {
  constructor(
    private readonly sales: SaleService,
    private readonly events: EventService,
  ) {}

  @Mutation(() => RecordSalePayload)
  async recordSale(@By() by: Principal, @Args('input') input: RecordSaleInput): Promise<RecordSalePayload> {
    return this.answer(by, input.id, await this.sales.recordSale(by, input));
  }

  @Mutation(() => RecordFulfilmentPayload)
  async recordFulfilment(@By() by: Principal, @Args('input') input: RecordFulfilmentInput): Promise<RecordFulfilmentPayload> {
    return this.answer(by, input.id, await this.sales.recordFulfilment(by, input));
  }

  @Query(() => SaleModel, { nullable: true })
  async sale(@By() by: Principal, @Args('id', { type: () => UuidScalar }) id: string): Promise<SaleModel | null> {
    const view = await this.sales.sale(by, id);
    return view && saleModel(view);
  }

  @Query(() => SaleConnectionModel, { name: 'sales', description: 'Newest first.' })
  async page(
    @By() by: Principal,
    @Args('filter', { type: () => SaleFilter, nullable: true }) filter: SaleFilter | null,
    @Args('first', { type: () => Int, nullable: true }) first: number | null,
    @Args('after', { type: () => String, nullable: true }) after: string | null,
  ): Promise<SaleConnectionModel> {
    const { views, page, cursorOf } = await this.sales.page(by, filter, first, after);
    return connectionOf(views.map(saleModel), page, (sale) => cursorOf(sale.id));
  }

  private async answer(by: Principal, id: string, { saleId, eventId, replayed }: RecordedSale): Promise<RecordSalePayload> {
    const view = await this.sales.sale(by, saleId);
    if (!view) throw new DomainError('NOT_FOUND', { saleId });
    const [event] = eventId === null ? [] : await this.events.byIds([eventId]);
    return { id, replayed, event: event ? eventModel(event) : null, sale: saleModel(view) };
  }
}

export function saleModel({ lines, ...sale }: SaleView): SaleModel {
  return { ...sale, lines: lines.map(lineModel) };
}

function lineModel({ said, gross, net, allocations, proposals, unallocated, ...line }: SaleLineView): SaleLineModel {
  return {
    ...line,
    quantity: said,
    gross: moneyModel(gross),
    net: moneyModel(net),
    refunded: moneyModel({ amountMinor: 0n, currency: gross.currency }),
    allocations: allocations.map(allocationModel),
    proposals: proposals.map(allocationModel),
    unallocated: unallocated && quantityModel(unallocated.quantity, unallocated.unit ?? undefined),
  };
}

function allocationModel({ batch, told }: SaleLineView['allocations'][number]): SaleAllocationModel {
  return { batch: batchModel(batch), quantity: quantityModel(told.quantity, told.unit ?? undefined) };
}
