/**
 * What an event is of, in one list whatever its type (EPCIS 2.0, 7.4): each identifier with its part in the event, its canonical identity and, where it is a
 * class, how much of it. From this the graph of a partner's events is built as our own is: inputs become outputs, children go into parents. Only keys
 * that goods and places are kept under must have right check digits; an asset's number is somebody else's business.
 */
import { plainDecimal } from '../kernel/exact-json.js';
import { at, DomainError } from '../kernel/errors.js';
import type { Quantity } from '../kernel/quantity.js';
import { parseQuantity } from '../kernel/quantity.js';
import type { Identity } from '../gs1/identity.js';
import { identify } from '../gs1/identity.js';
import type { EpcisEvent, JsonNumber, QuantityElement } from './event.js';

export type ThingRole = 'OBJECT' | 'PARENT' | 'CHILD' | 'INPUT' | 'OUTPUT';

export interface Thing {
  readonly role: ThingRole;
  readonly identity: Identity;
  /** Of a class; null for an instance, and for a class of which the event does not say how much. */
  readonly quantity: Quantity | null;
  /** As it was said: {value: "12.5", unit: "KGM"}; pieces are H87. */
  readonly said: { readonly value: string; readonly unit: string } | null;
}

/** From one thing into another: goods that became other goods, or goods that lie in a unit. */
export interface ThingLink {
  readonly kind: 'MADE_INTO' | 'PACKED_INTO';
  /** Canonical identities, or the name of a transformation. */
  readonly from: string;
  readonly to: string;
}

const INSTANCES: readonly (readonly [string, ThingRole])[] = [
  ['epcList', 'OBJECT'],
  ['childEPCs', 'CHILD'],
  ['inputEPCList', 'INPUT'],
  ['outputEPCList', 'OUTPUT'],
];
const CLASSES: readonly (readonly [string, ThingRole])[] = [
  ['quantityList', 'OBJECT'],
  ['childQuantityList', 'CHILD'],
  ['inputQuantityList', 'INPUT'],
  ['outputQuantityList', 'OUTPUT'],
];

/** Parent first, then instances, then classes, each in the order of the event. Throws CHECK_DIGIT_WRONG, UNIT_UNKNOWN, QUANTITY_OUT_OF_RANGE. */
export function thingsOf(event: EpcisEvent): Thing[] {
  const fields = event as unknown as Readonly<Record<string, unknown>>;
  const things: Thing[] = [];
  const { parentID } = fields;
  if (typeof parentID === 'string') things.push(at(['parentID'], () => instance('PARENT', parentID)));
  for (const [field, role] of INSTANCES) {
    const list = (fields[field] ?? []) as readonly string[];
    list.forEach((epc, i) => things.push(at([field, i], () => instance(role, epc))));
  }
  for (const [field, role] of CLASSES) {
    const list = (fields[field] ?? []) as readonly QuantityElement[];
    list.forEach((element, i) => things.push(at([field, i], () => classOf(role, element))));
  }
  return things;
}

/**
 * The links an event adds to the graph. Events with one transformationID are one transformation: what goes into any of them and what comes out of any meet
 * in that name. A product without lot or serial is no thing but a kind, so it links nothing: its origin is unknown. Throws what thingsOf throws.
 */
export function linksOf(event: EpcisEvent): ThingLink[] {
  const things = thingsOf(event).filter(({ identity }) => identity.gtin === null || identity.lot !== null || identity.serial !== null);
  const uris = (role: ThingRole): string[] => [
    ...new Set(things.filter((thing) => thing.role === role).map(({ identity }) => identity.uri)),
  ];
  const pairs = (kind: ThingLink['kind'], from: readonly string[], to: readonly string[]): ThingLink[] =>
    from.flatMap((one) => to.map((other) => ({ kind, from: one, to: other })));
  switch (event.type) {
    case 'TransformationEvent': {
      const { transformationID } = event;
      if (transformationID === undefined) return pairs('MADE_INTO', uris('INPUT'), uris('OUTPUT'));
      return [...pairs('MADE_INTO', uris('INPUT'), [transformationID]), ...pairs('MADE_INTO', [transformationID], uris('OUTPUT'))];
    }
    case 'AggregationEvent':
      return event.action === 'DELETE' ? [] : pairs('PACKED_INTO', uris('CHILD'), uris('PARENT'));
    case 'AssociationEvent':
    case 'ObjectEvent':
    case 'TransactionEvent':
      return [];
  }
}

/** What a quantity element amounts to; null where it does not say. Throws UNIT_UNKNOWN, QUANTITY_NOT_POSITIVE, QUANTITY_OUT_OF_RANGE. */
export function quantityOf(element: QuantityElement): Quantity | null {
  const said = saidOf(element);
  return said && at(['quantity'], () => parseQuantity(said));
}

function instance(role: ThingRole, epc: string): Thing {
  return { role, identity: identify(epc), quantity: null, said: null };
}

function classOf(role: ThingRole, element: QuantityElement): Thing {
  const identity = at(['epcClass'], () => identify(element.epcClass));
  return { role, identity, quantity: quantityOf(element), said: saidOf(element) };
}

function saidOf({ quantity, uom }: QuantityElement): { value: string; unit: string } | null {
  if (quantity === undefined) return null;
  const value = decimalOf(quantity);
  if (value === null) throw new DomainError('QUANTITY_OUT_OF_RANGE', { value: String(quantity).slice(0, 64) }, ['quantity']);
  // EPCIS 2.0, 7.3.3.3: without a unit it is a count.
  return { value, unit: uom ?? 'H87' };
}

function decimalOf(quantity: JsonNumber): string | null {
  return typeof quantity === 'number' ? plainDecimal(String(quantity)) : quantity.decimal();
}
