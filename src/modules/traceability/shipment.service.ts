import { Injectable } from '@nestjs/common';
import { Stock } from '../../core/batch/stock.js';
import { parseBizTransactionType } from '../../core/epcis/cbv.js';
import { facilityPlace, organisationParty } from '../../core/epcis/place.js';
import { shippingEvent } from '../../core/epcis/shipping.js';
import { parseSscc } from '../../core/gs1/sscc.js';
import { at, DomainError } from '../../core/kernel/errors.js';
import { derivedUuid } from '../../core/kernel/ids.js';
import { parseMoney } from '../../core/kernel/money.js';
import type { UnitPrice } from '../../core/kernel/money.js';
import type { Quantity } from '../../core/kernel/quantity.js';
import { convert, parseQuantity, unitOf } from '../../core/kernel/quantity.js';
import type { Tx } from '../../platform/database/tx.js';
import { IdentityService } from '../identity/index.js';
import { PaymentService } from '../ledger/index.js';
import { RegistryService } from '../registry/index.js';
import type { Acting, Made } from './acting.js';
import { BatchRepository } from './batch.repository.js';
import { BatchService } from './batch.service.js';
import { EventService } from './event.service.js';
import type { BatchFacts } from './facts.js';
import { HoldingRepository } from './holding.repository.js';
import type { RecordShipmentInput } from './shipment.input.js';
import type { ShipmentLine } from './shipment.repository.js';
import { ShipmentRepository } from './shipment.repository.js';

export const SHIPMENT_LINES_MAX = 500;

/** Where the payments of a whole shipment stand: a step that is made at the receipt, when it is known what arrived. */
export function shipmentStepId(shipmentId: string): string {
  return derivedUuid(shipmentId, 'shipment step');
}

/** A shipment proposes custody: the goods leave the sender's stock and are nobody's until they are received. */
@Injectable()
export class ShipmentService {
  constructor(
    private readonly batches: BatchService,
    private readonly batchRepository: BatchRepository,
    private readonly holdings: HoldingRepository,
    private readonly shipments: ShipmentRepository,
    private readonly events: EventService,
    private readonly payments: PaymentService,
    private readonly identity: IdentityService,
    private readonly registry: RegistryService,
  ) {}

  async record(tx: Tx, acting: Acting, input: RecordShipmentInput): Promise<Made> {
    const organisationId = acting.organisation.id;
    if (input.lines.length === 0) throw new DomainError('BAD_INPUT', { expected: 'at least one line' }, ['lines']);
    if (input.lines.length > SHIPMENT_LINES_MAX) throw new DomainError('TOO_MANY_ITEMS', { max: SHIPMENT_LINES_MAX }, ['lines']);
    if (input.toOrganisationId === organisationId && input.lines.some((line) => line.price)) throw new DomainError('TRADE_WITH_ONESELF');
    const receiver = await this.identity.requireOrganisation(tx, input.toOrganisationId);
    const from = input.from ? await this.registry.requireFacilityOf(tx, input.from, organisationId) : null;
    const to = await this.registry.requireFacilityOf(tx, input.to, receiver.id);
    const batches = await this.batches.resolve(
      tx,
      input.lines.map((line) => line.batch),
    );
    const batchIds = [...new Set(batches.map((batch) => batch.id))];
    if (batchIds.length < batches.length) throw new DomainError('BAD_INPUT', { expected: 'one line a batch' }, ['lines']);
    const quantities = await this.quantities(tx, input, batches);

    await this.batchRepository.lock(tx, batchIds);
    const stock = new Stock(await this.holdings.lock(tx, batchIds));
    const lines = input.lines.flatMap((line, i) =>
      at(['lines', i], (): ShipmentLine[] => {
        const [batch, quantity] = [batches[i], quantities[i]];
        if (!batch || !quantity) throw new DomainError('NOT_FOUND', { batch: line.batch });
        const taken = stock.takeBatch(batch.id, organisationId, quantity.amount);
        stock.ship(taken);
        const price = priceIn(line.price ?? null);
        return taken.map((part) => ({
          line: i,
          batchId: batch.id,
          ...part,
          dimension: quantity.dimension,
          unit: line.quantity.unit,
          price,
        }));
      }),
    );
    const event = shippingEvent({
      captureId: acting.captureId,
      eventTime: acting.at,
      place: acting.place(from),
      toPlace: facilityPlace(to.id, to.gln),
      goods: batches.flatMap((batch, i) => (quantities[i] ? [{ epcClass: batch.digitalLink, quantity: quantities[i] }] : [])),
      ssccs: (input.sscc ?? []).map((sscc, i) => at(['sscc', i], () => parseSscc(sscc))),
      from: acting.partyRef,
      to: organisationParty(receiver.id, receiver.gln),
      documents: documentsOf(input),
    });
    const { captureId } = acting;
    const eventId = await this.events.append(tx, {
      captureId,
      kind: 'SHIPMENT',
      at: acting.at,
      organisationId,
      facilityId: from?.id ?? null,
      event,
    });
    await this.holdings.save(tx, stock.changed(), acting.occurredAt);
    await this.batchRepository.noteDrawn(tx, batchIds, acting.occurredAt);
    const shipment = {
      id: input.id,
      eventId,
      fromOrganisationId: organisationId,
      toOrganisationId: receiver.id,
      fromFacilityId: from?.id ?? null,
      toFacilityId: to.id,
      shippedAt: acting.occurredAt,
      particulars: { sscc: input.sscc ?? [], vehicle: input.vehicle ?? null, documents: input.documents ?? [] },
      receivedByCapture: null,
    };
    await this.shipments.insert(tx, shipment, lines);
    const occasion = acting.occasion(shipmentStepId(input.id));
    await this.payments.stepPayments(tx, { ...occasion, inputs: input.payments ?? [], causeKind: 'EVENT', causeId: captureId });
    return { eventId, batchIds: [] };
  }

  private async quantities(tx: Tx, input: RecordShipmentInput, batches: readonly BatchFacts[]): Promise<Quantity[]> {
    const products = await this.registry.products(
      batches.map((batch) => batch.productId),
      tx,
    );
    return input.lines.map((line, i) =>
      at(['lines', i, 'quantity'], () => {
        const product = products.find((one) => one.id === batches[i]?.productId);
        if (!product) throw new DomainError('NOT_FOUND', { batch: line.batch });
        return convert(parseQuantity(line.quantity), product.dimension, product.netContent);
      }),
    );
  }
}

function priceIn(price: { amount: { amount: string; currency: string }; per: string } | null): UnitPrice | null {
  return price ? at(['price'], () => ({ ...parseMoney(price.amount), per: unitOf(price.per).code })) : null;
}

/** A document's own id is not a URI: it becomes one of CBV's (8.5.1). */
function documentsOf(input: RecordShipmentInput): { type: ReturnType<typeof parseBizTransactionType>; uri: string }[] {
  return (input.documents ?? []).map(({ type, id }, i) =>
    at(['documents', i], () => ({
      type: parseBizTransactionType(type),
      uri: /^[a-z][a-z0-9+.-]*:/i.test(id) ? id : `urn:epcglobal:cbv:bt:${encodeURIComponent(input.id)}:${encodeURIComponent(id)}`,
    })),
  );
}
