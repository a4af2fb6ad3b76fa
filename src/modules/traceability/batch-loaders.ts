import { Injectable } from '@nestjs/common';
import { Batcher } from '../../platform/graphql/batcher.js';
import type { Organisation, Principal } from '../identity/index.js';
import { IdentityService } from '../identity/index.js';
import type { FacilityFacts, ProductFacts } from '../registry/index.js';
import { RegistryService } from '../registry/index.js';
import type { BatchStatus } from './batch.model.js';
import type { BatchAmounts, EventFlows } from './batch-reading.service.js';
import { BatchReadingService } from './batch-reading.service.js';
import type { StoredEvent } from './event.repository.js';
import { EventService } from './event.service.js';
import type { HoldingFacts } from './facts.js';

/**
 * What the fields of batches, holdings and events ask for one by one, read for all of an answer at once. Nothing is kept: what is read for
 * several callers together are facts that each of them may see, for it is asked only of what they were shown.
 */
@Injectable()
export class BatchLoaders {
  readonly products: Batcher<ProductFacts>;
  readonly facilities: Batcher<FacilityFacts>;
  readonly organisations: Batcher<Organisation>;
  readonly amounts: Batcher<BatchAmounts>;
  readonly statuses: Batcher<BatchStatus>;
  readonly events: Batcher<StoredEvent[]>;
  readonly flows: Batcher<EventFlows>;
  /** Which holdings a caller sees depends on who calls. */
  private readonly holdings = new WeakMap<Principal, Batcher<HoldingFacts[]>>();

  constructor(
    private readonly reading: BatchReadingService,
    events: EventService,
    registry: RegistryService,
    identity: IdentityService,
  ) {
    this.products = new Batcher(async (ids) => byId(await registry.products(ids)));
    this.facilities = new Batcher(async (ids) => byId(await registry.facilities(ids)));
    this.organisations = new Batcher(async (ids) => byId(await identity.organisations(ids)));
    this.amounts = new Batcher((ids) => reading.amounts(ids));
    this.statuses = new Batcher((ids) => reading.statuses(ids));
    this.events = new Batcher((ids) => events.ofBatches(ids));
    this.flows = new Batcher((ids) => reading.flows(ids));
  }

  async holdingsOf(principal: Principal, batchId: string): Promise<HoldingFacts[]> {
    let batcher = this.holdings.get(principal);
    if (!batcher) {
      batcher = new Batcher((ids) => this.reading.holdings(principal, ids));
      this.holdings.set(principal, batcher);
    }
    return (await batcher.get(batchId)) ?? [];
  }
}

function byId<Row extends { readonly id: string }>(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}
