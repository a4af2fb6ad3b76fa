import { Injectable } from '@nestjs/common';
import { Stock } from '../../core/batch/stock.js';
import type { StepInput } from '../../core/batch/graph.js';
import { deliveryEvent } from '../../core/epcis/delivery.js';
import { canonicalJson } from '../../core/kernel/canonical-json.js';
import { at, DomainError } from '../../core/kernel/errors.js';
import { fraction } from '../../core/kernel/fraction.js';
import { derivedUuid } from '../../core/kernel/ids.js';
import type { UnitPrice } from '../../core/kernel/money.js';
import { parseMoney, priceOf } from '../../core/kernel/money.js';
import type { Quantity } from '../../core/kernel/quantity.js';
import { convert, parseQuantity, unitOf } from '../../core/kernel/quantity.js';
import { sha256Hex } from '../../core/kernel/sha256.js';
import { Clock } from '../../platform/clock/clock.js';
import { newSalt } from '../../platform/crypto/sealing.js';
import type { Tx } from '../../platform/database/tx.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import { PaymentService } from '../ledger/index.js';
import type { ProductFacts, ResolvedParty } from '../registry/index.js';
import { PartyService, RegistryService } from '../registry/index.js';
import type { Acting, Made } from './acting.js';
import type { StoredBatch } from './batch.repository.js';
import { BatchRepository } from './batch.repository.js';
import { BatchService } from './batch.service.js';
import type { RecordDeliveryInput } from './delivery.input.js';
import { DeliveryRepository } from './delivery.repository.js';
import { EventService } from './event.service.js';
import { COMPOSITION_CHANGED } from './facts.js';
import { HoldingRepository } from './holding.repository.js';
import type { Season } from './season.repository.js';
import { SeasonService } from './season.service.js';
import { StepRepository } from './step.repository.js';

/** Scales differ by a little: net may differ from gross − tare − deductions by two parts in a thousand. */
export const NET_WEIGHT_TOLERANCE_PARTS_PER_MILLION = 2_000n;
export const DELIVERY_PARTICULARS_MAX = 100;

/** A delivery weighed in at the cooperative: it makes goods where they are first weighed, in today's lot. */
@Injectable()
export class DeliveryService {
  constructor(
    private readonly batches: BatchService,
    private readonly batchRepository: BatchRepository,
    private readonly holdings: HoldingRepository,
    private readonly steps: StepRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly seasons: SeasonService,
    private readonly events: EventService,
    private readonly payments: PaymentService,
    private readonly parties: PartyService,
    private readonly registry: RegistryService,
    private readonly queue: JobQueue,
    private readonly clock: Clock,
  ) {}

  async record(tx: Tx, acting: Acting, input: RecordDeliveryInput): Promise<Made> {
    const organisationId = acting.organisation.id;
    const [product] = await this.registry.resolveProducts(tx, [input.product], organisationId);
    if (!product) throw new DomainError('NOT_FOUND', { product: input.product }, ['product']);
    const facility = input.facilityId ? await this.registry.requireFacilityOf(tx, input.facilityId, organisationId) : null;
    const season = input.seasonId ? await this.seasons.require(tx, input.seasonId, organisationId, product.id) : null;
    const { grower, collectedBy } = await this.people(tx, input);
    const net = at(['net'], () => netOf(input, product));
    const price = input.price ? at(['price'], () => priceIn(input.price ?? null)) : null;
    const batch = await this.openLot(tx, acting, product, input.lot);
    const holdingId = derivedUuid('lot holding', batch.id, organisationId);
    const stock = new Stock(await this.holdings.lock(tx, [batch.id], season ? [season.holdingId] : []));
    const newLot = !stock.has(holdingId);
    stock.make(
      {
        id: holdingId,
        kind: 'GOODS',
        batchId: batch.id,
        holderId: organisationId,
        facilityId: facility?.id ?? null,
        dimension: net.dimension,
      },
      net.amount,
    );
    const raised = season ? stock.drawSeason(season.holdingId, net.amount) : null;

    const salt = newSalt();
    const digest = sha256Hex(Buffer.concat([salt, Buffer.from(canonicalJson(input))]));
    const goods = { epcClass: batch.digitalLink, quantity: net };
    const { captureId } = acting;
    const event = deliveryEvent({ captureId, eventTime: acting.at, place: acting.place(facility), goods, newLot, deliveryDigest: digest });
    const eventId = await this.events.append(tx, {
      captureId,
      kind: 'DELIVERY',
      at: acting.at,
      organisationId,
      facilityId: facility?.id ?? null,
      event,
    });
    await this.holdings.save(tx, stock.changed(), acting.occurredAt);
    const inputs = season ? [{ holdingId: season.holdingId, quantity: net.amount }] : [];
    const stepId = await this.insertStep(tx, acting, { eventId, batch, grower, inputs, holdingId, net });
    if (season && raised !== null) await this.steps.raiseSeason(tx, season.stepId, raised);
    await this.insertDelivery(tx, acting, input, { eventId, product, batch, stepId, grower, collectedBy, net, price, salt, digest });
    await this.pay(tx, acting, input, { stepId, grower, net, price });
    this.announceLate(tx, { batch, holdingId, season, raised });
    return { eventId, batchIds: [batch.id] };
  }

  private async people(tx: Tx, input: RecordDeliveryInput): Promise<{ grower: ResolvedParty; collectedBy: ResolvedParty | null }> {
    const [grower, collectedBy] = await this.parties.resolve(tx, [input.grower, ...(input.collectedBy ? [input.collectedBy] : [])]);
    if (!grower) throw new DomainError('NOT_FOUND', {}, ['grower']);
    if (input.plotId) {
      const [plot] = await this.registry.plots([input.plotId], tx);
      if (!plot) throw new DomainError('NOT_FOUND', { plotId: input.plotId }, ['plotId']);
    }
    return { grower, collectedBy: collectedBy ?? null };
  }

  /** Today's lot: made by its first delivery, open until it is first drawn from; what was delivered before that still enters. */
  private async openLot(tx: Tx, acting: Acting, product: ProductFacts, lot: string): Promise<StoredBatch> {
    const draft = at(['lot'], () => this.batches.draft(product, lot, acting.organisation.id, acting.occurredAt));
    await this.batchRepository.insert(tx, draft);
    const [batch] = await this.batchRepository.lock(tx, [draft.id]);
    if (!batch) throw new DomainError('NOT_FOUND', { lot }, ['lot']);
    if (batch.organisationId !== acting.organisation.id) throw new DomainError('CUSTODY_WRONG', { lot }, ['lot']);
    if (batch.drawnFromAt && batch.drawnFromAt.getTime() < acting.at.epochMs) {
      throw new DomainError('LOT_CLOSED', { lot, drawnFromAt: batch.drawnFromAt.toISOString() }, ['lot']);
    }
    return batch;
  }

  private async insertStep(
    tx: Tx,
    acting: Acting,
    step: { eventId: string; batch: StoredBatch; grower: ResolvedParty; inputs: StepInput[]; holdingId: string; net: Quantity },
  ): Promise<string> {
    const id = derivedUuid(acting.captureId, 'delivery step');
    const others = await this.deliveries.hasOtherGrowers(tx, step.batch.id, step.grower.party);
    const { inputs, holdingId, net, eventId } = step;
    await this.steps.insert(tx, [
      {
        id,
        kind: 'DELIVERY',
        captureId: acting.captureId,
        eventId,
        organisationId: acting.organisation.id,
        occurredAt: acting.occurredAt,
        // Several growers' goods in one lot are kept apart from other cooperatives' goods, not from each other (ISO 22095).
        custodyModel: others ? 'SEGREGATED' : 'IDENTITY_PRESERVED',
        allocationMethod: null,
        inputs,
        outputs: [{ holdingId, quantity: net.amount, dimension: net.dimension, weight: fraction(net.amount) }],
      },
    ]);
    return id;
  }

  private async insertDelivery(
    tx: Tx,
    acting: Acting,
    input: RecordDeliveryInput,
    found: {
      eventId: string;
      product: ProductFacts;
      batch: StoredBatch;
      stepId: string;
      grower: ResolvedParty;
      collectedBy: ResolvedParty | null;
      net: Quantity;
      price: UnitPrice | null;
      salt: Buffer;
      digest: string;
    },
  ): Promise<void> {
    const { gross, tare, deductions, packages, quality, rejected, evidence } = input;
    const many = [deductions, packages, quality, evidence].find((list) => (list?.length ?? 0) > DELIVERY_PARTICULARS_MAX);
    if (many) throw new DomainError('TOO_MANY_ITEMS', { max: DELIVERY_PARTICULARS_MAX });
    await this.deliveries.insert(tx, {
      id: input.id,
      eventId: found.eventId,
      organisationId: acting.organisation.id,
      productId: found.product.id,
      batchId: found.batch.id,
      stepId: found.stepId,
      seasonId: input.seasonId ?? null,
      plotId: input.plotId ?? null,
      grower: found.grower.party,
      growerMemberId: found.grower.memberId,
      collectedBy: found.collectedBy?.party ?? null,
      deliveredAt: acting.occurredAt,
      net: found.net,
      netSaid: input.net,
      price: found.price,
      unpriced: !found.price && !input.payment?.amount,
      grade: input.grade ?? null,
      particulars: { gross, tare, deductions, packages, quality, rejected, evidence },
      salt: found.salt,
      digest: found.digest,
      recordedAt: new Date(this.clock.nowMs()),
    });
  }

  private async pay(
    tx: Tx,
    acting: Acting,
    input: RecordDeliveryInput,
    found: { stepId: string; grower: ResolvedParty; net: Quantity; price: UnitPrice | null },
  ): Promise<void> {
    const { price, net, grower } = found;
    await this.payments.deliveryPayments(tx, {
      ...acting.occasion(found.stepId),
      terms: input.payment ?? null,
      priced: price ? priceOf(price, net) : null,
      grower,
      deliveryId: input.id,
    });
  }

  /** What was taken before has changed its composition: who attributed it looks again. */
  private announceLate(tx: Tx, late: { batch: StoredBatch; holdingId: string; season: Season | null; raised: bigint | null }): void {
    const holdingIds = [
      ...(late.batch.drawnFromAt ? [late.holdingId] : []),
      ...(late.season && late.raised !== null ? [late.season.holdingId] : []),
    ];
    if (holdingIds.length > 0) tx.afterCommit(() => this.queue.add(COMPOSITION_CHANGED, [{ holdingIds }]));
  }
}

/** Net in the product's own dimension, held against gross − tare − deductions where those were weighed. */
function netOf(input: RecordDeliveryInput, product: ProductFacts): Quantity {
  const own = (said: { value: string; unit: string }, zeroAllowed = false): Quantity =>
    convert(parseQuantity(said, { zeroAllowed }), product.dimension, product.netContent);
  const net = own(input.net);
  if (!input.gross) return net;
  const off = [...(input.tare ? [input.tare] : []), ...(input.deductions ?? []).map((deduction) => deduction.quantity)];
  const gross = own(input.gross).amount;
  const expected = off.reduce((rest, part) => rest - own(part, true).amount, gross);
  const difference = expected > net.amount ? expected - net.amount : net.amount - expected;
  if (difference * 1_000_000n > NET_WEIGHT_TOLERANCE_PARTS_PER_MILLION * gross) {
    throw new DomainError('NET_WEIGHT_MISMATCH', {
      gross: gross.toString(),
      expectedNet: expected.toString(),
      net: net.amount.toString(),
      dimension: net.dimension,
    });
  }
  return net;
}

function priceIn(price: RecordDeliveryInput['price'] | null): UnitPrice | null {
  return price ? { ...parseMoney(price.amount), per: unitOf(price.per).code } : null;
}
