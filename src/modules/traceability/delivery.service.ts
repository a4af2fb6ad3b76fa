import { Injectable } from '@nestjs/common';
import { Stock } from '../../core/batch/stock.js';
import { deliveryEvent } from '../../core/epcis/delivery.js';
import { assert } from '../../core/kernel/assert.js';
import { at, DomainError, orRejection } from '../../core/kernel/errors.js';
import { derivedUuid } from '../../core/kernel/ids.js';
import { parseInstant } from '../../core/kernel/instant.js';
import type { UnitPrice } from '../../core/kernel/money.js';
import { priceOf } from '../../core/kernel/money.js';
import type { Quantity } from '../../core/kernel/quantity.js';
import { sha256Hex } from '../../core/kernel/sha256.js';
import { newSalt } from '../../platform/crypto/sealing.js';
import type { Tx } from '../../platform/database/tx.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import type { NewPayment } from '../ledger/index.js';
import { PaymentService } from '../ledger/index.js';
import type { ResolvedParty } from '../registry/index.js';
import { PartyService } from '../registry/index.js';
import { Acting } from './acting.js';
import { BatchRepository } from './batch.repository.js';
import { BatchService } from './batch.service.js';
import type { AskedDelivery, Named, NamedByOne } from './delivery-lookup.service.js';
import { DeliveryLookup } from './delivery-lookup.service.js';
import type { Plan, Played, Stage, TakenDelivery } from './delivery-plan.js';
import { joinGrowers, netOf, openLot, priceIn, requireFewParticulars, taken } from './delivery-plan.js';
import { deliveryOf, outsidersOf, stepOf } from './delivery-rows.js';
import type { RecordDeliveryInput } from './delivery.input.js';
import { DeliveryRepository } from './delivery.repository.js';
import { EventService } from './event.service.js';
import { COMPOSITION_CHANGED } from './facts.js';
import { HoldingRepository } from './holding.repository.js';
import { requireOpen } from './season.service.js';
import { StepRepository } from './step.repository.js';

/** Deliveries weighed in at the cooperative: they make goods where they are first weighed, in today's lot. */
@Injectable()
export class DeliveryService {
  constructor(
    private readonly lookup: DeliveryLookup,
    private readonly batches: BatchService,
    private readonly batchRepository: BatchRepository,
    private readonly holdings: HoldingRepository,
    private readonly steps: StepRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly events: EventService,
    private readonly payments: PaymentService,
    private readonly parties: PartyService,
    private readonly queue: JobQueue,
  ) {}

  /**
   * Records a group of deliveries, whoever they are of, by a number of statements that does not grow with it. Answers one result a delivery,
   * in their order; of one that is rejected nothing is stored, and its neighbours do not notice. What lies in the same lot or season is played
   * in the order of the group.
   */
  async record(tx: Tx, asked: readonly AskedDelivery[]): Promise<(TakenDelivery | DomainError)[]> {
    const named = await this.lookup.of(tx, asked);
    const planned = asked.map((one, place) => orRejection(() => this.plan(one, named, place)));
    const plans = planned.flatMap((plan) => (plan instanceof DomainError ? [] : [plan]));
    const stage = await this.lockLots(tx, plans, named);
    const results = planned.map((plan) => (plan instanceof DomainError ? plan : orRejection(() => this.play(plan, stage))));
    const played = results.flatMap((result) => (result instanceof DomainError ? [] : [result]));
    await this.store(tx, played, stage, named);
    this.announceLate(tx, played);
    return results;
  }

  /** Everything about a delivery that can be said without its lot. Throws what it is rejected for. */
  private plan(asked: AskedDelivery, named: Named, place: number): Plan {
    const { input, organisationId } = asked;
    const own = named.each[place];
    assert(own, 'What a delivery names was looked up.');
    const organisation = named.organisations.get(organisationId);
    if (!organisation) throw new DomainError('NOT_FOUND', { organisationId });
    const acting = new Acting(
      organisation,
      input.id,
      at(['deliveredAt'], () => parseInstant(input.deliveredAt)),
    );
    const product = taken(own.product, 'product');
    const facility = input.facilityId ? (named.facilities.get(input.facilityId) ?? null) : null;
    if (input.facilityId && facility?.organisationId !== organisationId) {
      throw new DomainError('NOT_FOUND', { facilityId: input.facilityId }, ['facilityId']);
    }
    const { seasonId } = input;
    const season = seasonId ? requireOpen(named.seasons.get(seasonId), { seasonId, organisationId, productId: product.id }) : null;
    const grower = taken(own.grower, 'grower');
    const collectedBy = own.collectedBy && taken(own.collectedBy, 'collectedBy');
    if (input.plotId && !named.plotIds.has(input.plotId)) throw new DomainError('NOT_FOUND', { plotId: input.plotId }, ['plotId']);
    const net = at(['net'], () => netOf(input, product));
    const price = input.price ? at(['price'], () => priceIn(input.price ?? null)) : null;
    const lot = at(['lot'], () => this.batches.draft(product, input.lot, organisationId, acting.occurredAt));
    this.events.requireNotAhead(acting.at);
    requireFewParticulars(input);
    const stepId = derivedUuid(acting.captureId, 'delivery step');
    const payments = this.paymentsOf(input, acting.occasion(stepId), { own, grower, net, price });
    return { asked, acting, stepId, product, facility, season, grower, collectedBy, net, price, lot, payments };
  }

  private paymentsOf(
    input: RecordDeliveryInput,
    occasion: ReturnType<Acting['occasion']>,
    found: { own: NamedByOne; grower: ResolvedParty; net: Quantity; price: UnitPrice | null },
  ): NewPayment[] {
    const { own, grower, net, price } = found;
    if (!price && !input.payment?.amount) return [];
    return this.payments.ofDelivery({
      ...occasion,
      terms: input.payment ?? null,
      priced: price ? priceOf(price, net) : null,
      grower,
      payees: own.payees.map((payee, i) => taken(payee, 'payment', 'payees', i, 'payee')),
      deliveryId: input.id,
    });
  }

  /** Makes the lots that are new, and locks lots, then holdings, each in the order of their ids. */
  private async lockLots(tx: Tx, plans: readonly Plan[], named: Named): Promise<Stage> {
    const paymentIds = new Set(named.takenPaymentIds);
    const raised = new Map<string, bigint>();
    if (plans.length === 0) return { batches: new Map(), stock: new Stock([]), growers: new Map(), paymentIds, raised };
    await this.batchRepository.insert(
      tx,
      plans.map((plan) => plan.lot),
    );
    const batchIds = [...new Set(plans.map((plan) => plan.lot.id))];
    const batches = await this.batchRepository.lock(tx, batchIds);
    const seasonHoldingIds = [...new Set(plans.flatMap((plan) => plan.season?.holdingId ?? []))];
    const stock = new Stock(await this.holdings.lock(tx, batchIds, seasonHoldingIds));
    const growers = await this.deliveries.someGrowers(tx, batchIds);
    return { batches: new Map(batches.map((batch) => [batch.id, batch])), stock, growers, paymentIds, raised };
  }

  /** Puts one delivery into its lot, which stays open until it is first drawn from; what was delivered before that still enters. */
  private play(plan: Plan, stage: Stage): Played {
    const { asked, acting, facility, grower, season, net } = plan;
    const organisationId = acting.organisation.id;
    const batch = openLot(plan, stage);
    const conflicting = plan.payments.find((payment) => stage.paymentIds.has(payment.id));
    if (conflicting) throw new DomainError('CONFLICT', { paymentId: conflicting.id }, ['payment']);
    const holdingId = derivedUuid('lot holding', batch.id, organisationId);
    const salt = newSalt();
    const digest = sha256Hex(Buffer.concat([salt, Buffer.from(asked.canonical)]));
    const goods = { epcClass: batch.digitalLink, quantity: net };
    const newLot = !stage.stock.has(holdingId);
    const { captureId } = acting;
    const event = this.events.draft({
      captureId,
      kind: 'DELIVERY',
      at: acting.at,
      organisationId,
      facilityId: facility?.id ?? null,
      event: deliveryEvent({ captureId, eventTime: acting.at, place: acting.place(facility), goods, newLot, deliveryDigest: digest }),
    });
    // From here on nothing is refused: what was played cannot be taken back from the stage.
    for (const payment of plan.payments) stage.paymentIds.add(payment.id);
    const { dimension, amount } = net;
    const holding = {
      id: holdingId,
      kind: 'GOODS',
      batchId: batch.id,
      holderId: organisationId,
      facilityId: facility?.id ?? null,
    } as const;
    stage.stock.make({ ...holding, dimension }, amount);
    const raised = season ? stage.stock.drawSeason(season.holdingId, amount) : null;
    if (season && raised !== null) stage.raised.set(season.stepId, raised);
    const others = joinGrowers(stage.growers, batch.id, grower.party);
    return { plan, event, batch, holdingId, others, salt, digest, raisedSeason: raised !== null };
  }

  /** One statement a table. */
  private async store(tx: Tx, played: readonly Played[], stage: Stage, named: Named): Promise<void> {
    if (played.length === 0) return;
    await this.parties.keepOutsiders(tx, outsidersOf(played, named));
    await this.events.store(
      tx,
      played.map(({ event }) => event),
    );
    // Of a holding that is new the first delivery into it says since when it is there.
    const since = new Map([...played].reverse().map(({ holdingId, plan }) => [holdingId, plan.acting.occurredAt]));
    await this.holdings.save(tx, stage.stock.changed(), ({ id }) => since.get(id) ?? new Date(0));
    await this.steps.insert(tx, played.map(stepOf));
    await this.steps.raiseSeasons(tx, stage.raised);
    await this.deliveries.insert(tx, played.map(deliveryOf));
    await this.payments.record(
      tx,
      played.flatMap(({ plan }) => plan.payments),
    );
  }

  /** What was taken before has changed its composition: who attributed it looks again. */
  private announceLate(tx: Tx, played: readonly Played[]): void {
    const changed = played.flatMap(({ batch, holdingId, plan, raisedSeason }) => [
      ...(batch.drawnFromAt ? [holdingId] : []),
      ...(plan.season && raisedSeason ? [plan.season.holdingId] : []),
    ]);
    if (changed.length === 0) return;
    const changes = [...new Set(changed)].map((id) => ({ holdingIds: [id] }));
    tx.afterCommit(() => this.queue.add(COMPOSITION_CHANGED, changes));
  }
}
