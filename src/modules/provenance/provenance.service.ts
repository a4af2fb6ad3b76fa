import { Injectable } from '@nestjs/common';
import type { StepKind } from '../../core/batch/graph.js';
import { parseDigitalLink } from '../../core/gs1/digital-link.js';
import type { Fraction } from '../../core/kernel/fraction.js';
import { localDay } from '../../core/kernel/instant.js';
import { Database } from '../../platform/database/database.js';
import type { Organisation } from '../identity/index.js';
import { IdentityService } from '../identity/index.js';
import { RegistryService } from '../registry/index.js';
import type { BatchFacts, DeliveryFacts, HoldingFacts, StepFacts, StoredBatch, StoredEvent } from '../traceability/index.js';
import { BatchReadingService, BatchService, EventService, GraphService } from '../traceability/index.js';
import type { HarvestPart } from './harvests.js';
import { coverageOf, harvestViews } from './harvests.js';
import { itemLink, itemOf } from './item-link.js';
import { journeyOf } from './journey.js';
import { productView } from './product.js';
import { sourceMasses } from './source-masses.js';
import type { ProvenanceView } from './view.js';
import { INCOME_UNPUBLISHED } from './view.js';

/** Steps whose event is the doing of one grower. */
const DELIVERING: ReadonlySet<StepKind> = new Set<StepKind>(['DELIVERY', 'HARVEST']);

/** What is known of a batch and all it came from, loaded once. */
interface Upstream {
  readonly holdings: readonly HoldingFacts[];
  readonly steps: readonly StepFacts[];
  readonly deliveries: readonly DeliveryFacts[];
  readonly events: readonly StoredEvent[];
}

@Injectable()
export class ProvenanceService {
  constructor(
    private readonly database: Database,
    private readonly batches: BatchService,
    private readonly reading: BatchReadingService,
    private readonly graph: GraphService,
    private readonly events: EventService,
    private readonly registry: RegistryService,
    private readonly identity: IdentityService,
  ) {}

  /** By Digital Link or short code; null where no batch has it. Throws DIGITAL_LINK_INVALID, BAD_INPUT for a code that cannot be one. */
  async byCode(code: string): Promise<ProvenanceView | null> {
    const item = code.includes('/') && !code.startsWith('urn:') ? itemOf(parseDigitalLink(code)) : undefined;
    if (item === null || item?.lot === null) return null;
    const batch = await this.batches.byCode(item ? itemLink(item) : code);
    return batch && this.view(batch);
  }

  /** The one whitelisted view of a batch. Throws COMPOSITION_TOO_LARGE. */
  async view(batch: StoredBatch): Promise<ProvenanceView> {
    const upstream = await this.upstream(batch.id);
    const [product] = await this.registry.products([batch.productId]);
    const organisations = await this.identity.organisations([
      ...upstream.events.map((event) => event.organisationId),
      ...upstream.deliveries.map((delivery) => delivery.organisationId),
    ]);
    const facilities = await this.registry.facilities(upstream.events.flatMap((event) => event.facilityId ?? []));
    const sources = sourceMasses(upstream.holdings, upstream.steps);
    return {
      digitalLink: batch.digitalLink,
      shortCode: batch.shortCode,
      lot: batch.lot,
      product: productView(batch.gtin, product),
      status: await this.reading.status(batch),
      harvests: harvestViews(await this.harvestParts(upstream.deliveries, sources.byStep, organisations), sources.total),
      journey: journeyOf(upstream.steps, upstream.events, organisations, facilities),
      conditions: [],
      operations: [],
      certificates: [],
      income: INCOME_UNPUBLISHED,
      recalled: false,
      coverage: coverageOf(sources.known, sources.total),
    };
  }

  /**
   * The events upstream of the batch, oldest first, without those of single deliveries: such an event names nobody, but tells at which minute
   * somebody brought how much, and who stood at the scale that morning is known in the village. Whoever may see the organisation's events
   * has them from `event` and `batch`.
   */
  async publicEvents(batch: BatchFacts): Promise<StoredEvent[]> {
    const { steps, events } = await this.upstream(batch.id);
    const kept = new Set(steps.filter((step) => !DELIVERING.has(step.kind)).map((step) => step.eventId));
    return events.filter((event) => kept.has(event.id));
  }

  private async upstream(batchId: string): Promise<Upstream> {
    const tx = this.database.reader;
    const holdings = await this.batches.holdings([batchId]);
    const ids = holdings.map((holding) => holding.id);
    const steps = await this.graph.upstream(tx, ids);
    const eventIds = [...new Set(steps.flatMap((step) => step.eventId ?? []))];
    const [deliveries, events] = [
      await this.graph.deliveries(
        tx,
        steps.map((step) => step.id),
      ),
      await this.events.byIds(eventIds),
    ];
    const ordered = [...events].sort((a, b) => a.eventTimeMs - b.eventTimeMs || (a.id < b.id ? -1 : 1));
    return { holdings, steps, deliveries, events: ordered };
  }

  private async harvestParts(
    deliveries: readonly DeliveryFacts[],
    masses: ReadonlyMap<string, Fraction>,
    organisations: readonly Organisation[],
  ): Promise<HarvestPart[]> {
    const plots = await this.registry.plots(deliveries.flatMap((delivery) => delivery.plotId ?? []));
    const ofHousehold = deliveries.filter((delivery) => delivery.growerKind === 'HOUSEHOLD');
    const households = await this.registry.householdAreas(ofHousehold.map((delivery) => delivery.growerId));
    const growing = await this.identity.organisations(
      deliveries.filter((delivery) => delivery.growerKind === 'ORGANISATION').map((delivery) => delivery.growerId),
    );
    const areas = new Map([...households, ...[...plots, ...growing].map((one): [string, string] => [one.id, one.areaCode])]);
    const cooperatives = new Map(organisations.map((organisation) => [organisation.id, organisation]));
    return deliveries.flatMap((delivery) => {
      const mass = masses.get(delivery.stepId);
      const cooperative = cooperatives.get(delivery.organisationId);
      if (!mass || !cooperative) return [];
      return {
        cooperative: cooperative.name,
        areaCode: areas.get(delivery.plotId ?? '') ?? areas.get(delivery.growerId) ?? null,
        grower: `${delivery.growerKind}:${delivery.growerId}`,
        household: delivery.growerKind === 'HOUSEHOLD',
        month: localDay(delivery.deliveredAt.getTime(), cooperative.timeZone).slice(0, 7),
        mass,
      };
    });
  }
}
