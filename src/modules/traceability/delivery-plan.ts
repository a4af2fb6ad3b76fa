import type { Stock } from '../../core/batch/stock.js';
import { DomainError } from '../../core/kernel/errors.js';
import type { UnitPrice } from '../../core/kernel/money.js';
import { parseMoney } from '../../core/kernel/money.js';
import type { Quantity } from '../../core/kernel/quantity.js';
import { convert, parseQuantity, unitOf } from '../../core/kernel/quantity.js';
import type { Party } from '../../core/ledger/party.js';
import { partyKey } from '../../core/ledger/party.js';
import type { NewPayment } from '../ledger/index.js';
import type { FacilityFacts, ProductFacts, ResolvedParty } from '../registry/index.js';
import type { Acting } from './acting.js';
import type { StoredBatch } from './batch.repository.js';
import type { AskedDelivery } from './delivery-lookup.service.js';
import type { RecordDeliveryInput } from './delivery.input.js';
import type { StoredEvent } from './event.repository.js';
import type { BatchFacts } from './facts.js';
import type { Season } from './season.repository.js';

export const DELIVERY_PARTICULARS_MAX = 100;

/** A delivery with which nothing is wrong by itself, before it is seen whether its lot takes it. */
export interface Plan {
  readonly asked: AskedDelivery;
  readonly acting: Acting;
  readonly stepId: string;
  readonly product: ProductFacts;
  readonly facility: FacilityFacts | null;
  readonly season: Season | null;
  readonly grower: ResolvedParty;
  readonly collectedBy: ResolvedParty | null;
  readonly net: Quantity;
  readonly price: UnitPrice | null;
  readonly lot: BatchFacts;
  readonly payments: readonly NewPayment[];
}

/** What the deliveries of a group are played on, one after the other; all of it is locked. */
export interface Stage {
  readonly batches: ReadonlyMap<string, StoredBatch>;
  readonly stock: Stock;
  /** Of each batch one of its growers, and another where there is one. */
  readonly growers: Map<string, Party[]>;
  readonly paymentIds: Set<string>;
  /** Steps of seasons that gave more than was expected, with what they gave. */
  readonly raised: Map<string, bigint>;
}

/** A delivery that its lot has taken. */
export interface TakenDelivery {
  readonly event: StoredEvent;
  readonly batch: StoredBatch;
}

export interface Played extends TakenDelivery {
  readonly plan: Plan;
  readonly holdingId: string;
  readonly others: boolean;
  readonly salt: Buffer;
  readonly digest: string;
  readonly raisedSeason: boolean;
}

/** Scales differ by a little: net may differ from gross − tare − deductions by two parts in a thousand. */
export const NET_WEIGHT_TOLERANCE_PARTS_PER_MILLION = 2_000n;

/** Net in the product's own dimension, held against gross − tare − deductions where those were weighed. */
export function netOf(input: RecordDeliveryInput, product: ProductFacts): Quantity {
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

export function priceIn(price: RecordDeliveryInput['price'] | null): UnitPrice | null {
  return price ? { ...parseMoney(price.amount), per: unitOf(price.per).code } : null;
}

/** What was looked up; a rejection is thrown, with its place in the input. */
export function taken<T>(found: T | DomainError, ...path: (string | number)[]): T {
  if (found instanceof DomainError) throw found.within(...path);
  return found;
}

/** Throws TOO_MANY_ITEMS. */
export function requireFewParticulars({ deductions, packages, quality, evidence }: RecordDeliveryInput): void {
  const many = [deductions, packages, quality, evidence].some((list) => (list?.length ?? 0) > DELIVERY_PARTICULARS_MAX);
  if (many) throw new DomainError('TOO_MANY_ITEMS', { max: DELIVERY_PARTICULARS_MAX });
}

/** The lot, where it takes the delivery. Throws CUSTODY_WRONG, LOT_CLOSED. */
export function openLot({ acting, lot: { id, lot } }: Plan, stage: Stage): StoredBatch {
  const batch = stage.batches.get(id);
  if (!batch) throw new DomainError('NOT_FOUND', { lot }, ['lot']);
  if (batch.organisationId !== acting.organisation.id) throw new DomainError('CUSTODY_WRONG', { lot }, ['lot']);
  if (batch.drawnFromAt && batch.drawnFromAt.getTime() < acting.at.epochMs) {
    throw new DomainError('LOT_CLOSED', { lot, drawnFromAt: batch.drawnFromAt.toISOString() }, ['lot']);
  }
  return batch;
}

/** Notes who delivered into the batch; answers true where somebody else did before. */
export function joinGrowers(growers: Map<string, Party[]>, batchId: string, grower: Party): boolean {
  const some = growers.get(batchId) ?? [];
  const own = partyKey(grower);
  const others = some.some((party) => partyKey(party) !== own);
  // Two who differ are enough for every later one.
  if (some.length < 2 && !some.some((party) => partyKey(party) === own)) growers.set(batchId, [...some, grower]);
  return others;
}
