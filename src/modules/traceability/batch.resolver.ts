import { Args, Int, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { TraceDirection } from '../../core/batch/trace.js';
import { assert } from '../../core/kernel/assert.js';
import { DomainError } from '../../core/kernel/errors.js';
import type { Quantity } from '../../core/kernel/quantity.js';
import { connectionOf, pageRequest } from '../../platform/graphql/page.js';
import { QuantityModel, quantityModel } from '../../platform/graphql/values.model.js';
import type { Organisation, Principal } from '../identity/index.js';
import { By, OrganisationModel } from '../identity/index.js';
import { FacilityModel, productModel, ProductModel } from '../registry/index.js';
import { BatchFilterInput, BatchRefInput, EventRefInput } from './batch.input.js';
import type { BatchStatus } from './batch.model.js';
import {
  BatchConnectionModel,
  BatchModel,
  BatchStatusEnum,
  EventQuantityModel,
  HoldingModel,
  TraceDirectionEnum,
  TraceGraphModel,
} from './batch.model.js';
import { BatchLoaders } from './batch-loaders.js';
import type { EventFlow } from './batch-reading.service.js';
import { BatchService } from './batch.service.js';
import { SupplyEventModel } from './event.model.js';
import { EventService } from './event.service.js';
import { GraphService } from './graph.service.js';
import { batchModel, eventModel } from './views.js';

@Resolver(() => BatchModel)
export class BatchResolver {
  constructor(
    private readonly batches: BatchService,
    private readonly events: EventService,
    private readonly graph: GraphService,
    private readonly loaders: BatchLoaders,
  ) {}

  @Query(() => BatchModel, { nullable: true })
  async batch(@By() by: Principal, @Args('ref') ref: BatchRefInput): Promise<BatchModel | null> {
    const batch = await this.batches.find(by, ref);
    return batch && batchModel(batch);
  }

  @Query(() => BatchConnectionModel, { name: 'batches' })
  async page(
    @By() by: Principal,
    @Args('filter', { type: () => BatchFilterInput, nullable: true }) filter: BatchFilterInput | null,
    @Args('first', { type: () => Int, nullable: true }) first: number | null,
    @Args('after', { type: () => String, nullable: true }) after: string | null,
  ): Promise<BatchConnectionModel> {
    const page = pageRequest(first, after);
    const rows = await this.batches.page(by, { productId: filter?.productId ?? null, lot: filter?.lot ?? null }, page);
    return connectionOf(rows.map(batchModel), page, (batch) => `${batch.createdAt.toISOString()}|${batch.id}`);
  }

  @Query(() => SupplyEventModel, { nullable: true })
  async event(@By() by: Principal, @Args('ref') ref: EventRefInput): Promise<SupplyEventModel | null> {
    const event = await this.events.find(by, ref);
    return event && eventModel(event);
  }

  @Query(() => TraceGraphModel)
  async trace(
    @By() by: Principal,
    @Args('batch') ref: BatchRefInput,
    @Args('direction', { type: () => TraceDirectionEnum }) direction: TraceDirection,
    @Args('maxDepth', { type: () => Int, nullable: true }) maxDepth: number | null,
  ): Promise<TraceGraphModel> {
    const start = await this.batches.find(by, ref);
    if (!start) throw new DomainError('NOT_FOUND', { batch: ref }, ['batch']);
    const found = await this.graph.trace(start.id, direction, maxDepth);
    const batches = new Map((await this.batches.batches(found.nodes.map((node) => node.id))).map((batch) => [batch.id, batchModel(batch)]));
    return {
      nodes: found.nodes.flatMap(({ id, depth }) => {
        const batch = batches.get(id);
        return batch ? [{ batch, depth }] : [];
      }),
      edges: found.edges.map(({ from, to, eventId, quantity, dimension }) => ({
        from,
        to,
        eventId,
        quantity: quantityModel({ dimension, amount: quantity }),
      })),
      truncated: found.truncated,
    };
  }

  @ResolveField(() => ProductModel)
  async product(@Parent() batch: BatchModel): Promise<ProductModel> {
    const product = await this.loaders.products.get(batch.productId);
    if (!product) throw new DomainError('NOT_FOUND', { productId: batch.productId });
    return productModel(product);
  }

  @ResolveField(() => QuantityModel, { description: 'All that was ever made of it.' })
  async made(@Parent() batch: BatchModel): Promise<QuantityModel> {
    return this.shown(batch, (await this.loaders.amounts.get(batch.id))?.made);
  }

  @ResolveField(() => QuantityModel)
  async available(@Parent() batch: BatchModel): Promise<QuantityModel> {
    return this.shown(batch, (await this.loaders.amounts.get(batch.id))?.available);
  }

  @ResolveField(() => [HoldingModel], { description: 'Your own; all of them for those who oversee.' })
  async holdings(@By() by: Principal, @Parent() batch: BatchModel): Promise<HoldingModel[]> {
    return (await this.loaders.holdingsOf(by, batch.id)).map(
      ({ id, version, dimension, made, available, inTransit, holderId, facilityId }) => ({
        id,
        version,
        quantity: quantityModel({ dimension, amount: made }),
        available: quantityModel({ dimension, amount: available }),
        inTransit,
        holderId,
        facilityId,
      }),
    );
  }

  @ResolveField(() => BatchStatusEnum)
  async status(@Parent() batch: BatchModel): Promise<BatchStatus> {
    const status = await this.loaders.statuses.get(batch.id);
    assert(status, 'A batch that was found has a status.');
    return status;
  }

  @ResolveField('events', () => [SupplyEventModel])
  async eventsOf(@Parent() batch: BatchModel): Promise<SupplyEventModel[]> {
    return ((await this.loaders.events.get(batch.id)) ?? []).map(eventModel);
  }

  private async shown(batch: BatchModel, quantity: Quantity | undefined): Promise<QuantityModel> {
    if (quantity) return quantityModel(quantity);
    const product = await this.loaders.products.get(batch.productId);
    return quantityModel({ dimension: product?.dimension ?? 'MASS', amount: 0n });
  }
}

@Resolver(() => HoldingModel)
export class HoldingResolver {
  constructor(private readonly loaders: BatchLoaders) {}

  @ResolveField(() => OrganisationModel)
  async holder(@Parent() holding: HoldingModel): Promise<Organisation> {
    const organisation = await this.loaders.organisations.get(holding.holderId);
    if (!organisation) throw new DomainError('NOT_FOUND', { organisationId: holding.holderId });
    return organisation;
  }

  @ResolveField(() => FacilityModel, { nullable: true })
  async facility(@Parent() holding: HoldingModel): Promise<FacilityModel | null> {
    return holding.facilityId === null ? null : this.loaders.facilities.get(holding.facilityId);
  }
}

@Resolver(() => SupplyEventModel)
export class SupplyEventResolver {
  constructor(private readonly loaders: BatchLoaders) {}

  @ResolveField(() => [EventQuantityModel])
  async inputs(@Parent() event: SupplyEventModel): Promise<EventQuantityModel[]> {
    return ((await this.loaders.flows.get(event.id))?.inputs ?? []).map(quantityOf);
  }

  @ResolveField(() => [EventQuantityModel])
  async outputs(@Parent() event: SupplyEventModel): Promise<EventQuantityModel[]> {
    return ((await this.loaders.flows.get(event.id))?.outputs ?? []).map(quantityOf);
  }
}

function quantityOf({ batch, quantity }: EventFlow): EventQuantityModel {
  return { batch: batchModel(batch), quantity: quantityModel(quantity), waste: false };
}
