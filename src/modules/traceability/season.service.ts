import { Injectable } from '@nestjs/common';
import { Stock } from '../../core/batch/stock.js';
import { plantingEvent, seasonOpeningEvent } from '../../core/epcis/planting.js';
import { digitalLink } from '../../core/gs1/digital-link.js';
import { at, DomainError } from '../../core/kernel/errors.js';
import { fraction } from '../../core/kernel/fraction.js';
import { derivedUuid } from '../../core/kernel/ids.js';

import { convert, parseQuantity } from '../../core/kernel/quantity.js';
import type { Tx } from '../../platform/database/tx.js';
import { PaymentService } from '../ledger/index.js';
import type { ProductFacts } from '../registry/index.js';
import { RegistryService } from '../registry/index.js';
import type { Acting, Made } from './acting.js';
import { EventService } from './event.service.js';
import { HoldingRepository } from './holding.repository.js';
import type { OpenSeasonInput, RecordPlantingInput } from './season.input.js';
import type { Season } from './season.repository.js';
import { SeasonRepository } from './season.repository.js';
import { StepRepository } from './step.repository.js';

export const SEASON_PLOTS_MAX = 5_000;
const SEASON_NAME_LENGTH_MAX = 200;

/** Crop seasons: a season is a holding with an expected quantity, from which each delivery draws. */
@Injectable()
export class SeasonService {
  constructor(
    private readonly repository: SeasonRepository,
    private readonly holdings: HoldingRepository,
    private readonly steps: StepRepository,
    private readonly events: EventService,
    private readonly payments: PaymentService,
    private readonly registry: RegistryService,
  ) {}

  async open(tx: Tx, acting: Acting, input: OpenSeasonInput): Promise<Made> {
    const [product] = await this.registry.resolveProducts(tx, [input.product], acting.organisation.id);
    if (!product) throw new DomainError('NOT_FOUND', { product: input.product }, ['product']);
    if (input.plotIds.length === 0 || input.plotIds.length > SEASON_PLOTS_MAX) {
      throw new DomainError('BAD_INPUT', { expected: `1 to ${SEASON_PLOTS_MAX} plots`, found: input.plotIds.length }, ['plotIds']);
    }
    await this.requirePlots(tx, input.plotIds);
    const eventId = await this.make(tx, acting, {
      id: input.id,
      product,
      name: input.name,
      from: input.from,
      plotIds: input.plotIds,
      expected: input.expected,
    });
    const occasion = acting.occasion(stepIdOf(input.id));
    await this.payments.stepPayments(tx, { ...occasion, inputs: input.payments ?? [], causeKind: 'SEASON', causeId: input.id });
    return { eventId, batchIds: [] };
  }

  /** A planting, in the season it names or in one that it opens: the season's id is the planting's then. */
  async plant(tx: Tx, acting: Acting, input: RecordPlantingInput): Promise<Made> {
    const [product] = await this.registry.resolveProducts(tx, [input.product], acting.organisation.id);
    if (!product) throw new DomainError('NOT_FOUND', { product: input.product }, ['product']);
    await this.requirePlots(tx, [input.plotId]);
    const area = input.area ? at(['area'], () => parseQuantity(input.area ?? { value: '', unit: '' })) : null;
    if (area && area.dimension !== 'AREA') throw new DomainError('UNIT_MISMATCH', { expected: 'an area', found: area.dimension }, ['area']);
    const { season, eventId } = await this.seasonFor(tx, acting, input, product);
    await this.repository.insertPlanting(tx, {
      id: input.id,
      seasonId: season.id,
      plotId: input.plotId,
      plantedAt: acting.occurredAt,
      seed: input.seed ?? null,
      areaValue: input.area?.value ?? null,
      areaUnit: input.area?.unit ?? null,
    });
    // Payments at a planting count as payments of its season (income.md, 2).
    const occasion = acting.occasion(season.stepId);
    await this.payments.stepPayments(tx, { ...occasion, inputs: input.payments ?? [], causeKind: 'SEASON', causeId: season.id });
    return { eventId, batchIds: [] };
  }

  /** The seasons that are there, by id. */
  async seasons(tx: Tx, ids: readonly string[]): Promise<Map<string, Season>> {
    if (ids.length === 0) return new Map();
    return new Map((await this.repository.byIds(tx, [...new Set(ids)])).map((season) => [season.id, season]));
  }

  private async seasonFor(
    tx: Tx,
    acting: Acting,
    input: RecordPlantingInput,
    product: ProductFacts,
  ): Promise<{ season: Season; eventId: string }> {
    if (input.seasonId) {
      const found = (await this.seasons(tx, [input.seasonId])).get(input.seasonId);
      const season = requireOpen(found, { seasonId: input.seasonId, organisationId: acting.organisation.id, productId: product.id });
      const event = plantingEvent({
        captureId: acting.captureId,
        eventTime: acting.at,
        seasonUri: this.uriOf(season.id),
        product: digitalLink({ gtin: product.gtin }),
      });
      const eventId = await this.events.append(tx, this.recording(acting, 'PLANTING', event));
      return { season, eventId };
    }
    if (!input.expected) throw new DomainError('BAD_INPUT', { expected: 'the quantity expected, or the season' }, ['expected']);
    const name = `${product.name} ${acting.day}`;
    const season = { id: input.id, product, name, from: acting.day, plotIds: [input.plotId], expected: input.expected };
    const eventId = await this.make(tx, acting, season);
    const [made] = await this.repository.byIds(tx, [input.id]);
    if (!made) throw new DomainError('NOT_FOUND', { seasonId: input.id });
    return { season: made, eventId };
  }

  private async make(
    tx: Tx,
    acting: Acting,
    season: {
      id: string;
      product: ProductFacts;
      name: string;
      from: string;
      plotIds: readonly string[];
      expected: { value: string; unit: string };
    },
  ): Promise<string> {
    const { id, product } = season;
    const name = season.name.trim();
    if (name.length === 0 || name.length > SEASON_NAME_LENGTH_MAX) throw new DomainError('BAD_INPUT', { expected: 'a name' }, ['name']);
    const expected = at(['expected'], () => convert(parseQuantity(season.expected), product.dimension, product.netContent));
    const event = seasonOpeningEvent({
      captureId: acting.captureId,
      eventTime: acting.at,
      seasonUri: this.uriOf(id),
      product: digitalLink({ gtin: product.gtin }),
    });
    const eventId = await this.events.append(tx, this.recording(acting, 'SEASON', event));
    const holdingId = derivedUuid(id, 'season holding');
    const stepId = stepIdOf(id);
    const stock = new Stock([]);
    const organisationId = acting.organisation.id;
    stock.make(
      { id: holdingId, kind: 'SEASON', batchId: null, holderId: organisationId, facilityId: null, dimension: product.dimension },
      expected.amount,
    );
    await this.holdings.save(tx, stock.changed(), acting.occurredAt);
    await this.steps.insert(tx, [
      {
        id: stepId,
        kind: 'SEASON',
        captureId: acting.captureId,
        eventId,
        organisationId,
        occurredAt: acting.occurredAt,
        custodyModel: null,
        allocationMethod: null,
        inputs: [],
        outputs: [{ holdingId, quantity: expected.amount, dimension: product.dimension, weight: fraction(expected.amount) }],
      },
    ]);
    const row = {
      id,
      organisationId,
      productId: product.id,
      name,
      fromOn: season.from,
      plotIds: season.plotIds,
      holdingId,
      stepId,
      closedAt: null,
    };
    await this.repository.insert(tx, row, acting.occurredAt);
    return eventId;
  }

  private async requirePlots(tx: Tx, plotIds: readonly string[]): Promise<void> {
    const known = new Set((await this.registry.plots(plotIds, tx)).map((plot) => plot.id));
    const missing = plotIds.find((id) => !known.has(id));
    if (missing !== undefined) throw new DomainError('NOT_FOUND', { plotId: missing });
  }

  private uriOf(seasonId: string): string {
    return `urn:uuid:${seasonId}`;
  }

  private recording(
    acting: Acting,
    kind: string,
    event: Parameters<EventService['append']>[1]['event'],
  ): Parameters<EventService['append']>[1] {
    return { captureId: acting.captureId, kind, at: acting.at, organisationId: acting.organisation.id, facilityId: null, event };
  }
}

/** The season, of this organisation and product and still open. Throws NOT_FOUND, LOT_OF_ANOTHER_PRODUCT, LOT_CLOSED. */
export function requireOpen(
  season: Season | undefined,
  asked: { readonly seasonId: string; readonly organisationId: string; readonly productId: string },
): Season {
  const { seasonId, organisationId, productId } = asked;
  if (season?.organisationId !== organisationId) throw new DomainError('NOT_FOUND', { seasonId }, ['seasonId']);
  if (season.productId !== productId) throw new DomainError('LOT_OF_ANOTHER_PRODUCT', { seasonId }, ['seasonId']);
  if (season.closedAt) throw new DomainError('LOT_CLOSED', { seasonId }, ['seasonId']);
  return season;
}

function stepIdOf(seasonId: string): string {
  return derivedUuid(seasonId, 'season step');
}
