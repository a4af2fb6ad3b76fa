import { Injectable } from '@nestjs/common';
import type { StepInput } from '../../core/batch/graph.js';
import { Stock } from '../../core/batch/stock.js';
import type { Goods } from '../../core/epcis/goods.js';
import { packingEvent, unpackingEvent } from '../../core/epcis/packing.js';
import { checkDigit } from '../../core/gs1/check-digit.js';
import { parseSscc } from '../../core/gs1/sscc.js';
import { at, DomainError } from '../../core/kernel/errors.js';
import { convert, parseQuantity } from '../../core/kernel/quantity.js';
import { sha256Hex } from '../../core/kernel/sha256.js';
import type { Tx } from '../../platform/database/tx.js';
import { RegistryService } from '../registry/index.js';
import type { Acting, Made } from './acting.js';
import { BatchService } from './batch.service.js';
import { EventService } from './event.service.js';
import { HoldingRepository } from './holding.repository.js';
import type { UnitEntry } from './logistic-unit.repository.js';
import { LogisticUnitRepository } from './logistic-unit.repository.js';
import type { RecordAggregationInput } from './shipment.input.js';

export const UNIT_CONTENTS_MAX = 500;

/** Packing into a logistic unit and unpacking: moves no goods between hands, makes no holding. */
@Injectable()
export class AggregationService {
  constructor(
    private readonly batches: BatchService,
    private readonly holdings: HoldingRepository,
    private readonly units: LogisticUnitRepository,
    private readonly events: EventService,
    private readonly registry: RegistryService,
  ) {}

  async record(tx: Tx, acting: Acting, input: RecordAggregationInput): Promise<Made> {
    const children = input.childSsccs ?? [];
    if (input.contents.length + children.length > UNIT_CONTENTS_MAX) throw new DomainError('TOO_MANY_ITEMS', { max: UNIT_CONTENTS_MAX });
    const sscc = unitOf(input, acting.captureId);
    const facility = input.facilityId ? await this.registry.requireFacilityOf(tx, input.facilityId, acting.organisation.id) : null;
    const childSsccs = children.map((child, i) => at(['childSsccs', i], () => parseSscc(child)));
    if (childSsccs.includes(sscc)) throw new DomainError('GRAPH_CIRCLE', { sscc }, ['childSsccs']);
    const { goods, taken } = await this.contents(tx, acting, input);
    await this.units.lock(tx, sscc);
    const inside = await this.units.contents(tx, sscc);
    const entries =
      input.action === 'ADD'
        ? adding(sscc, taken, childSsccs, inside.children)
        : removing(sscc, taken, childSsccs, inside, input.contents.length + children.length === 0);
    if (entries.length === 0) throw new DomainError('SSCC_STATE', { sscc, action: input.action });
    const facts = { captureId: acting.captureId, eventTime: acting.at, place: acting.place(facility), sscc, contents: goods, childSsccs };
    const event = input.action === 'ADD' ? packingEvent(facts) : unpackingEvent(facts);
    const { captureId, organisation } = acting;
    const facilityId = facility?.id ?? null;
    const eventId = await this.events.append(tx, {
      captureId,
      kind: 'AGGREGATION',
      at: acting.at,
      organisationId: organisation.id,
      facilityId,
      event,
    });
    await this.units.insert(tx, captureId, entries);
    return { eventId, batchIds: [] };
  }

  /** What goes in or comes out, in whose hands it lies; the goods are not drawn, only looked at. */
  private async contents(tx: Tx, acting: Acting, input: RecordAggregationInput): Promise<{ goods: Goods[]; taken: StepInput[] }> {
    const batches = await this.batches.resolve(
      tx,
      input.contents.map((content) => content.batch),
    );
    const products = await this.registry.products(
      batches.map((batch) => batch.productId),
      tx,
    );
    const stock = new Stock(await this.holdings.lock(tx, [...new Set(batches.map((batch) => batch.id))]));
    const goods: Goods[] = [];
    const taken: StepInput[] = [];
    for (const [i, content] of input.contents.entries()) {
      at(['contents', i], () => {
        const batch = batches[i];
        const product = products.find((one) => one.id === batch?.productId);
        if (!batch || !product) throw new DomainError('NOT_FOUND', { batch: content.batch });
        const quantity = convert(parseQuantity(content.quantity), product.dimension, product.netContent);
        goods.push({ epcClass: batch.digitalLink, quantity });
        // Taking proves custody and that there is as much; the working set is thrown away.
        taken.push(...stock.takeBatch(batch.id, acting.organisation.id, quantity.amount));
      });
    }
    return { goods, taken };
  }
}

/** The unit that is named, or for a new one an SSCC of the restricted range that follows from the capture's id. */
function unitOf(input: RecordAggregationInput, captureId: string): string {
  const { sscc } = input;
  if (sscc) return at(['sscc'], () => parseSscc(sscc));
  if (input.action === 'DELETE') throw new DomainError('BAD_INPUT', { expected: 'the SSCC that is unpacked' }, ['sscc']);
  const serial = (BigInt(`0x${sha256Hex(captureId).slice(0, 15)}`) % 10n ** 14n).toString().padStart(14, '0');
  const digits = `029${serial}`;
  return digits + checkDigit(digits);
}

function adding(sscc: string, taken: readonly StepInput[], childSsccs: readonly string[], inside: ReadonlySet<string>): UnitEntry[] {
  const twice = childSsccs.find((child) => inside.has(child));
  if (twice !== undefined) throw new DomainError('SSCC_STATE', { sscc, childSscc: twice });
  return [
    ...taken.map(({ holdingId, quantity }) => ({ sscc, action: 'ADD' as const, holdingId, childSscc: null, quantity })),
    ...childSsccs.map((childSscc) => ({ sscc, action: 'ADD' as const, holdingId: null, childSscc, quantity: null })),
  ];
}

function removing(
  sscc: string,
  taken: readonly StepInput[],
  childSsccs: readonly string[],
  inside: { readonly holdings: ReadonlyMap<string, bigint>; readonly children: ReadonlySet<string> },
  everything: boolean,
): UnitEntry[] {
  const goods = everything ? [...inside.holdings].map(([holdingId, quantity]) => ({ holdingId, quantity })) : taken;
  const units = everything ? [...inside.children] : childSsccs;
  for (const { holdingId, quantity } of goods) {
    const there = inside.holdings.get(holdingId) ?? 0n;
    if (there < quantity) throw new DomainError('SSCC_STATE', { sscc, inside: there.toString(), asked: quantity.toString() });
  }
  const absent = units.find((child) => !inside.children.has(child));
  if (absent !== undefined) throw new DomainError('SSCC_STATE', { sscc, childSscc: absent });
  return [
    ...goods.map(({ holdingId, quantity }) => ({ sscc, action: 'DELETE' as const, holdingId, childSscc: null, quantity })),
    ...units.map((childSscc) => ({ sscc, action: 'DELETE' as const, holdingId: null, childSscc, quantity: null })),
  ];
}
