import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { assert } from '../../core/kernel/assert.js';
import { Batcher } from '../../platform/graphql/batcher.js';
import type { Principal } from '../identity/index.js';
import { By } from '../identity/index.js';
import { SaleLineModel } from '../sales/index.js';
import { AttributionReadingService } from './attribution-reading.service.js';
import type { AttributionLineView, AttributionView } from './attribution-view.js';
import { AttributionLineModel, AttributionModel } from './attribution.model.js';

/** One batcher a caller: what a line shows depends on who asks. */
class OfCallers<Value> {
  private readonly batchers = new WeakMap<Principal, Batcher<Value>>();

  constructor(private readonly load: (principal: Principal, lineIds: readonly string[]) => Promise<ReadonlyMap<string, Value>>) {}

  async get(principal: Principal, lineId: string): Promise<Value | null> {
    let batcher = this.batchers.get(principal);
    if (!batcher) {
      batcher = new Batcher((lineIds) => this.load(principal, lineIds));
      this.batchers.set(principal, batcher);
    }
    return batcher.get(lineId);
  }
}

/** Adds `attribution` to the lines of a sale. */
@Resolver(() => SaleLineModel)
export class SaleLineAttributionResolver {
  private readonly attributions: OfCallers<AttributionView>;

  constructor(reading: AttributionReadingService) {
    this.attributions = new OfCallers((principal, lineIds) => reading.ofLines(principal, lineIds));
  }

  @ResolveField('attribution', () => AttributionModel, { nullable: true, description: 'Null until the line is attributed.' })
  async attribution(@By() principal: Principal, @Parent() line: SaleLineModel): Promise<AttributionView | null> {
    return this.attributions.get(principal, line.id);
  }
}

@Resolver(() => AttributionModel)
export class AttributionResolver {
  private readonly lineLists: OfCallers<AttributionLineView[]>;

  constructor(reading: AttributionReadingService) {
    this.lineLists = new OfCallers((principal, lineIds) => reading.linesOf(principal, lineIds));
  }

  @ResolveField('lines', () => [AttributionLineModel])
  async lines(@By() principal: Principal, @Parent() attribution: AttributionModel): Promise<AttributionLineModel[]> {
    const lines = await this.lineLists.get(principal, attribution.lineId);
    assert(lines, 'What was attributed is there.');
    return lines;
  }
}
