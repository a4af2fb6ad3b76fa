import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { Principal } from '../identity/index.js';
import { By } from '../identity/index.js';
import { SaleLineModel } from '../sales/index.js';
import { AttributionReadingService } from './attribution-reading.service.js';
import type { AttributionView } from './attribution-view.js';
import { AttributionLineModel, AttributionModel } from './attribution.model.js';
import { Batcher } from './batcher.js';

/** Adds `attribution` to the lines of a sale. */
@Resolver(() => SaleLineModel)
export class SaleLineAttributionResolver {
  private readonly batchers = new WeakMap<Principal, Batcher<AttributionView>>();

  constructor(private readonly reading: AttributionReadingService) {}

  @ResolveField('attribution', () => AttributionModel, { nullable: true, description: 'Null until the line is attributed.' })
  async attribution(@By() principal: Principal, @Parent() line: SaleLineModel): Promise<AttributionView | null> {
    let batcher = this.batchers.get(principal);
    if (!batcher) {
      batcher = new Batcher((lineIds) => this.reading.ofLines(principal, lineIds));
      this.batchers.set(principal, batcher);
    }
    return batcher.get(line.id);
  }
}

@Resolver(() => AttributionModel)
export class AttributionResolver {
  constructor(private readonly reading: AttributionReadingService) {}

  @ResolveField('lines', () => [AttributionLineModel])
  async lines(@By() principal: Principal, @Parent() attribution: AttributionModel): Promise<AttributionLineModel[]> {
    return this.reading.linesOf(principal, attribution);
  }
}
