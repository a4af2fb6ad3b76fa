import { Injectable } from '@nestjs/common';
import type { StepKind } from '../../core/batch/graph.js';
import { parseDigitalLink } from '../../core/gs1/digital-link.js';
import type { Fraction } from '../../core/kernel/fraction.js';
import { localDay } from '../../core/kernel/instant.js';
import type { Organisation } from '../identity/index.js';
import { IdentityService } from '../identity/index.js';
import { RegistryService } from '../registry/index.js';
import type { Ancestor, StandingBatch, StoredEvent } from '../traceability/index.js';
import { AncestryService, batchStatus, EventService } from '../traceability/index.js';
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

type UpstreamEvent = NonNullable<Ancestor['event']>;
type DeliveryStep = Ancestor & { readonly delivery: NonNullable<Ancestor['delivery']> };

@Injectable()
export class ProvenanceService {
  constructor(
    private readonly ancestry: AncestryService,
    private readonly events: EventService,
    private readonly registry: RegistryService,
    private readonly identity: IdentityService,
  ) {}

  /** By Digital Link or short code; null where no batch has it. Throws DIGITAL_LINK_INVALID, BAD_INPUT for a code that cannot be one. */
  async byCode(code: string): Promise<ProvenanceView | null> {
    const item = code.includes('/') && !code.startsWith('urn:') ? itemOf(parseDigitalLink(code)) : undefined;
    if (item === null || item?.lot === null) return null;
    const batch = await this.ancestry.byCode(item ? itemLink(item) : code);
    return batch && this.viewOf(batch);
  }

  /** The same of a batch that was found already; null where there is none of that id. */
  async byId(batchId: string): Promise<ProvenanceView | null> {
    const batch = await this.ancestry.byId(batchId);
    return batch && this.viewOf(batch);
  }

  /**
   * The events upstream of the batch, oldest first, without those of single deliveries: such an event names nobody, but tells at which minute
   * somebody brought how much, and who stood at the scale that morning is known in the village. Whoever may see the organisation's events
   * has them from `event` and `batch`.
   */
  async publicEvents(batchId: string): Promise<StoredEvent[]> {
    const steps = await this.ancestry.ancestors({ id: batchId });
    const kept = steps.filter((step) => !DELIVERING.has(step.kind)).flatMap((step) => step.eventId ?? []);
    const events = await this.events.byIds([...new Set(kept)]);
    return [...events].sort(byTime);
  }

  /** The one whitelisted view of a batch. Throws COMPOSITION_TOO_LARGE. */
  private async viewOf(batch: StandingBatch): Promise<ProvenanceView> {
    const steps = await this.ancestry.ancestors(batch);
    const events = [...new Map(steps.flatMap(({ event }) => (event ? [[event.id, event]] : []))).values()].sort(byTime);
    const deliveries = steps.filter((step): step is DeliveryStep => step.delivery !== null);
    const growersOf = (kind: string): string[] =>
      unique(deliveries.filter(({ delivery }) => delivery.growerKind === kind).map(({ delivery }) => delivery.growerId));
    const [labels, organisations] = await Promise.all([
      this.registry.labels({
        productIds: [batch.productId],
        facilityIds: unique(events.flatMap((event) => event.facilityId ?? [])),
        plotIds: unique(deliveries.flatMap(({ delivery }) => delivery.plotId ?? [])),
        householdIds: growersOf('HOUSEHOLD'),
      }),
      this.identity.organisations([
        ...events.map((event) => event.organisationId),
        ...deliveries.map(({ delivery }) => delivery.organisationId),
        ...growersOf('ORGANISATION'),
      ]),
    ]);
    const sources = sourceMasses(batch.holdings, steps);
    const areaCodes = new Map([...organisations.map((one): [string, string] => [one.id, one.areaCode]), ...labels.areaCodes]);
    return {
      digitalLink: batch.digitalLink,
      shortCode: batch.shortCode,
      lot: batch.lot,
      product: productView(batch.gtin, labels.products.get(batch.productId)),
      status: batchStatus(batch),
      harvests: harvestViews(harvestParts(deliveries, sources.byStep, organisations, areaCodes), sources.total),
      journey: journeyOf(steps, events, organisations, [...labels.facilities.values()]),
      conditions: [],
      operations: [],
      certificates: [],
      income: INCOME_UNPUBLISHED,
      recalled: false,
      coverage: coverageOf(sources.known, sources.total),
    };
  }
}

function harvestParts(
  deliveries: readonly DeliveryStep[],
  masses: ReadonlyMap<string, Fraction>,
  organisations: readonly Organisation[],
  areaCodes: ReadonlyMap<string, string>,
): HarvestPart[] {
  const cooperatives = new Map(organisations.map((organisation) => [organisation.id, organisation]));
  return deliveries.flatMap(({ id, delivery }) => {
    const mass = masses.get(id);
    const cooperative = cooperatives.get(delivery.organisationId);
    if (!mass || !cooperative) return [];
    return {
      cooperative: cooperative.name,
      areaCode: areaCodes.get(delivery.plotId ?? '') ?? areaCodes.get(delivery.growerId) ?? null,
      grower: `${delivery.growerKind}:${delivery.growerId}`,
      household: delivery.growerKind === 'HOUSEHOLD',
      month: localDay(delivery.deliveredAt.getTime(), cooperative.timeZone).slice(0, 7),
      mass,
    };
  });
}

function byTime(a: Pick<UpstreamEvent, 'id' | 'eventTimeMs'>, b: Pick<UpstreamEvent, 'id' | 'eventTimeMs'>): number {
  return a.eventTimeMs - b.eventTimeMs || (a.id < b.id ? -1 : 1);
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}
