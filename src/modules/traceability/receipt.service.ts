import { Injectable } from '@nestjs/common';
import type { StepInput } from '../../core/batch/graph.js';
import { Stock } from '../../core/batch/stock.js';
import { organisationParty } from '../../core/epcis/place.js';
import { receivingEvent } from '../../core/epcis/receiving.js';
import { apportion } from '../../core/kernel/apportion.js';
import { assert } from '../../core/kernel/assert.js';
import { at, DomainError } from '../../core/kernel/errors.js';
import { fraction } from '../../core/kernel/fraction.js';
import { derivedUuid } from '../../core/kernel/ids.js';
import { formatInstant } from '../../core/kernel/instant.js';
import type { UnitPrice } from '../../core/kernel/money.js';
import { parseMoney, priceOf } from '../../core/kernel/money.js';
import type { Quantity } from '../../core/kernel/quantity.js';
import { convert, parseQuantity, unitOf } from '../../core/kernel/quantity.js';
import type { Tx } from '../../platform/database/tx.js';
import { IdentityService } from '../identity/index.js';
import type { NewPayment } from '../ledger/index.js';
import { PaymentService } from '../ledger/index.js';
import type { ProductFacts } from '../registry/index.js';
import { RegistryService } from '../registry/index.js';
import type { Acting, Made } from './acting.js';
import type { StoredBatch } from './batch.repository.js';
import { BatchService } from './batch.service.js';
import { EventService } from './event.service.js';
import { HoldingRepository } from './holding.repository.js';
import type { RecordReceiptInput, RejectedFate } from './shipment.input.js';
import type { Shipment, ShipmentLine } from './shipment.repository.js';
import { ShipmentRepository } from './shipment.repository.js';
import { shipmentStepId } from './shipment.service.js';
import type { NewStep } from './step.repository.js';
import { StepRepository } from './step.repository.js';

/** One part of a line, with what became of it: a node of its own, for lines never blend (income.md, 2). */
interface Part {
  readonly key: string;
  readonly batch: StoredBatch;
  readonly product: ProductFacts;
  readonly fate: 'ACCEPTED' | RejectedFate;
  readonly quantity: Quantity;
  /** What the buyer pays for this part; null: nothing. */
  readonly price: UnitPrice | null;
  /** What of the shipped quantity stands behind it: loss on the way stays with what arrived. */
  readonly inputs: readonly StepInput[];
}

/** Takes a shipment over, line by line, with what really arrived. */
@Injectable()
export class ReceiptService {
  constructor(
    private readonly batches: BatchService,
    private readonly holdings: HoldingRepository,
    private readonly shipments: ShipmentRepository,
    private readonly steps: StepRepository,
    private readonly events: EventService,
    private readonly payments: PaymentService,
    private readonly identity: IdentityService,
    private readonly registry: RegistryService,
  ) {}

  async record(tx: Tx, acting: Acting, input: RecordReceiptInput): Promise<Made> {
    const organisationId = acting.organisation.id;
    const found = await this.shipments.lock(tx, input.shipmentId);
    if (!found || found.shipment.toOrganisationId !== organisationId)
      throw new DomainError('NOT_FOUND', { shipmentId: input.shipmentId }, ['shipmentId']);
    const { shipment, lines } = found;
    if (shipment.receivedByCapture) throw new DomainError('SHIPMENT_RECEIVED', { shipmentId: shipment.id }, ['shipmentId']);
    if (acting.at.epochMs < shipment.shippedAt.getTime()) {
      throw new DomainError('DATES_OUT_OF_ORDER', { shippedAt: shipment.shippedAt.toISOString(), receivedAt: formatInstant(acting.at) }, [
        'at',
      ]);
    }
    const facility = await this.registry.requireFacilityOf(tx, input.facilityId ?? shipment.toFacilityId, organisationId);
    const parts = await this.parts(tx, input, lines);
    if (parts.length === 0) throw new DomainError('RECEIPT_MISMATCH', { reason: 'nothing arrived: record a loss' }, ['lines']);

    const stock = new Stock(await this.holdings.lock(tx, [...new Set(lines.map((line) => line.batchId))]));
    stock.arrive(lines);
    const pools = poolsOf(acting, shipment, parts, input.payments?.length ?? 0);
    const eventId = await this.appendEvent(tx, acting, { shipment, facility, parts });
    const poolSteps = pools.map((pool) => poolStep(acting, shipment, eventId, pool, parts, stock));
    const partSteps = parts.map((part) => partStep(acting, { shipment, eventId, part, pools, facilityId: facility.id, stock }));
    await this.holdings.save(tx, stock.changed(), acting.occurredAt);
    await this.steps.insert(tx, [...poolSteps, ...partSteps]);
    await this.shipments.markReceived(tx, shipment.id, acting.captureId);
    await this.payments.record(
      tx,
      parts.flatMap((part) => tradeOf(acting, shipment, part)),
    );
    const occasion = acting.occasion(receiptStepId(acting.captureId));
    await this.payments.stepPayments(tx, { ...occasion, inputs: input.payments ?? [], causeKind: 'EVENT', causeId: acting.captureId });
    return { eventId, batchIds: [...new Set(parts.map((part) => part.batch.id))] };
  }

  /** The receipt's lines split by fate, held against the shipment's: every batch that was shipped is received once. */
  private async parts(tx: Tx, input: RecordReceiptInput, shipped: readonly ShipmentLine[]): Promise<Part[]> {
    const batches = await this.batches.resolve(
      tx,
      input.lines.map((line) => line.batch),
    );
    const products = await this.registry.products(
      batches.map((batch) => batch.productId),
      tx,
    );
    const shippedIds = new Set(shipped.map((line) => line.batchId));
    const named = new Set(batches.map((batch) => batch.id));
    const left = [...shippedIds].filter((id) => !named.has(id));
    if (left.length > 0 || named.size < batches.length)
      throw new DomainError('RECEIPT_MISMATCH', { batchesLeftOut: left, reason: 'one line a batch, for every batch' }, ['lines']);
    return input.lines.flatMap((line, i) =>
      at(['lines', i], () => {
        const batch = batches[i];
        const product = products.find((one) => one.id === batch?.productId);
        if (!batch || !product || !shippedIds.has(batch.id))
          throw new DomainError('RECEIPT_MISMATCH', { batchId: batch?.id, reason: 'it was not shipped' });
        return splitLine(
          line,
          batch,
          product,
          shipped.filter((one) => one.batchId === batch.id),
        );
      }),
    );
  }

  private async appendEvent(
    tx: Tx,
    acting: Acting,
    found: { shipment: Shipment; facility: { id: string; gln: string | null }; parts: readonly Part[] },
  ): Promise<string> {
    const sender = await this.identity.requireOrganisation(tx, found.shipment.fromOrganisationId);
    const accepted = found.parts.filter((part) => part.fate !== 'RETURNED' && part.fate !== 'DESTROYED');
    const event = receivingEvent({
      captureId: acting.captureId,
      eventTime: acting.at,
      place: acting.place(found.facility),
      goods: (accepted.length > 0 ? accepted : found.parts).map((part) => ({ epcClass: part.batch.digitalLink, quantity: part.quantity })),
      from: organisationParty(sender.id, sender.gln),
      to: acting.partyRef,
    });
    const { captureId, organisation } = acting;
    return this.events.append(tx, {
      captureId,
      kind: 'RECEIPT',
      at: acting.at,
      organisationId: organisation.id,
      facilityId: found.facility.id,
      event,
    });
  }
}

function receiptStepId(captureId: string): string {
  return derivedUuid(captureId, 'receipt step');
}

function partStepId(captureId: string, part: Part): string {
  return derivedUuid(captureId, 'receipt part step', part.key);
}

function splitLine(
  line: RecordReceiptInput['lines'][number],
  batch: StoredBatch,
  product: ProductFacts,
  shipped: readonly ShipmentLine[],
): Part[] {
  const own = (said: { value: string; unit: string }): Quantity =>
    convert(parseQuantity(said, { zeroAllowed: true }), product.dimension, product.netContent);
  const arrived = at(['arrived'], () => own(line.arrived));
  const shippedAmount = shipped.reduce((total, one) => total + one.quantity, 0n);
  const price = line.price ? at(['price'], () => unitPrice(line.price)) : (shipped[0]?.price ?? null);
  const fates = [
    { fate: 'ACCEPTED' as const, quantity: at(['accepted'], () => own(line.accepted)), price },
    ...(line.rejected ?? []).map((part, i) =>
      at(['rejected', i], () => ({ fate: part.fate, quantity: own(part.quantity), price: part.price ? unitPrice(part.price) : null })),
    ),
  ].filter((part) => part.quantity.amount > 0n);
  const told = fates.reduce((total, part) => total + part.quantity.amount, 0n);
  if (told !== arrived.amount || arrived.amount > shippedAmount) {
    throw new DomainError('RECEIPT_MISMATCH', {
      shipped: shippedAmount.toString(),
      arrived: arrived.amount.toString(),
      acceptedAndRejected: told.toString(),
      dimension: arrived.dimension,
    });
  }
  const keys = fates.map((_, i) => `${batch.id}:${i}`);
  // Exact on the shipped quantity: what was lost on the way is carried by what arrived, in proportion.
  const weights = fates.map((part, i) => ({ key: keys[i] ?? '', weight: fraction(part.quantity.amount) }));
  const behind = shipped.map((one) => ({
    holdingId: one.holdingId,
    parts: told === 0n ? new Map<string, bigint>() : apportion(one.quantity, weights),
  }));
  return fates.map((part, i) => {
    const key = keys[i] ?? '';
    const inputs = behind
      .map(({ holdingId, parts }) => ({ holdingId, quantity: parts.get(key) ?? 0n }))
      .filter((input) => input.quantity > 0n);
    return { ...part, key, batch, product, inputs };
  });
}

interface Pool {
  readonly stepId: string;
  readonly kind: 'SHIPMENT' | 'RECEIPT';
  readonly holdingId: string;
  /** What each part takes of it, by the part's key: its quantity, in mass where the parts differ. */
  readonly shares: ReadonlyMap<string, Quantity>;
}

/** The payments of the whole shipment, and those of the whole receipt, are split by quantity; each stands on a step of its own. */
function poolsOf(acting: Acting, shipment: Shipment, parts: readonly Part[], receiptPayments: number): Pool[] {
  const shares = sharesOf(parts);
  if (!shares) {
    if (receiptPayments > 0)
      throw new DomainError('ALLOCATION_REQUIRED', { reason: 'the lines have no common measure to split these payments by' }, ['payments']);
    return [];
  }
  const pool = (kind: 'SHIPMENT' | 'RECEIPT', stepId: string): Pool => ({ stepId, kind, holdingId: derivedUuid(stepId, 'pool'), shares });
  return [pool('SHIPMENT', shipmentStepId(shipment.id)), pool('RECEIPT', receiptStepId(acting.captureId))];
}

function sharesOf(parts: readonly Part[]): Map<string, Quantity> | null {
  const dimensions = new Set(parts.map((part) => part.quantity.dimension));
  if (dimensions.size === 1) return new Map(parts.map((part) => [part.key, part.quantity]));
  const masses = parts.map((part) => ({ part, mass: part.quantity.dimension === 'MASS' ? part.quantity : massOf(part) }));
  if (masses.some(({ mass }) => mass === null)) return null;
  return new Map(masses.flatMap(({ part, mass }) => (mass ? [[part.key, mass] as const] : [])));
}

function massOf(part: Part): Quantity | null {
  const content = part.product.netContent;
  return content?.dimension === 'MASS' && part.quantity.dimension === 'COUNT' ? convert(part.quantity, 'MASS', content) : null;
}

function poolStep(acting: Acting, shipment: Shipment, eventId: string, pool: Pool, parts: readonly Part[], stock: Stock): NewStep {
  const total = parts.reduce((sum, part) => sum + (pool.shares.get(part.key)?.amount ?? 0n), 0n);
  const dimension = [...pool.shares.values()][0]?.dimension;
  assert(dimension, 'A pool has a share for every part.');
  stock.make(
    { id: pool.holdingId, kind: 'POOL', batchId: null, holderId: shipment.fromOrganisationId, facilityId: null, dimension },
    total,
  );
  const shipping = pool.kind === 'SHIPMENT';
  return {
    id: pool.stepId,
    kind: pool.kind,
    captureId: shipping ? shipment.id : acting.captureId,
    eventId: shipping ? shipment.eventId : eventId,
    organisationId: shipping ? shipment.fromOrganisationId : acting.organisation.id,
    occurredAt: shipping ? shipment.shippedAt : acting.occurredAt,
    custodyModel: null,
    allocationMethod: null,
    inputs: [],
    outputs: [{ holdingId: pool.holdingId, quantity: total, dimension, weight: fraction(total) }],
  };
}

function partStep(
  acting: Acting,
  found: { shipment: Shipment; eventId: string; part: Part; pools: readonly Pool[]; facilityId: string; stock: Stock },
): NewStep {
  const { shipment, part, pools, stock } = found;
  const { dimension, amount } = part.quantity;
  const fromPools = pools.map((pool) => {
    const quantity = pool.shares.get(part.key)?.amount ?? 0n;
    stock.drawPool(pool.holdingId, quantity);
    return { holdingId: pool.holdingId, quantity };
  });
  const returned = part.fate === 'RETURNED';
  const destroyed = part.fate === 'DESTROYED';
  const holdingId = destroyed ? null : derivedUuid(acting.captureId, 'receipt holding', part.key);
  if (holdingId) {
    const holder = returned
      ? { holderId: shipment.fromOrganisationId, facilityId: shipment.fromFacilityId }
      : { holderId: acting.organisation.id, facilityId: found.facilityId };
    stock.make({ id: holdingId, kind: 'GOODS', batchId: part.batch.id, ...holder, dimension }, amount);
  }
  return {
    id: partStepId(acting.captureId, part),
    kind: 'RECEIPT_LINE',
    captureId: acting.captureId,
    eventId: found.eventId,
    organisationId: acting.organisation.id,
    occurredAt: acting.occurredAt,
    custodyModel: null,
    allocationMethod: null,
    inputs: [...part.inputs, ...fromPools],
    outputs: [{ holdingId, quantity: amount, dimension, weight: fraction(destroyed ? 0n : amount) }],
  };
}

/** A priced part is a TRADE: a payment from the buyer to the seller at the accepting node. */
function tradeOf(acting: Acting, shipment: Shipment, part: Part): NewPayment[] {
  const { price, fate } = part;
  if (!price || fate === 'RETURNED' || fate === 'DESTROYED') return [];
  const per = convert(part.quantity, unitOf(price.per).dimension, part.product.netContent);
  const money = priceOf(price, per);
  if (money.amountMinor === 0n) return [];
  const stepId = partStepId(acting.captureId, part);
  const { payer, at: instant, causeOn, recordedBy } = acting.occasion(stepId);
  return [
    {
      id: derivedUuid(stepId, 'trade'),
      causeKind: 'EVENT',
      causeId: acting.captureId,
      stepId,
      kind: 'TRADE',
      payer,
      payee: { kind: 'ORGANISATION', id: shipment.fromOrganisationId },
      payeeMemberId: null,
      ...money,
      status: 'PAYABLE',
      method: null,
      at: instant,
      causeOn,
      paidOn: null,
      evidence: [],
      recordedBy,
    },
  ];
}

function unitPrice(price: RecordReceiptInput['lines'][number]['price']): UnitPrice | null {
  return price ? { ...parseMoney(price.amount), per: unitOf(price.per).code } : null;
}
