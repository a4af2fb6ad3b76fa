/**
 * Amounts of goods as events carry them (EPCIS 2.0, 7.3.3.3): class-level, by GTIN and lot. EPCIS wants a JSON number, which is a binary
 * double, so the unit is the largest one in which the double still prints as the exact decimal: kilograms or litres for all that is
 * ever weighed, a finer unit of UN/ECE Recommendation 20 beyond that. A count has no unit (`uom` is left out).
 */
import { assert } from '../kernel/assert.js';
import { formatDecimal } from '../kernel/decimal.js';
import { DomainError } from '../kernel/errors.js';
import type { Dimension, Quantity } from '../kernel/quantity.js';
import { canonicalise } from '../gs1/digital-link.js';
import type { QuantityElement } from './event.js';

export interface Goods {
  /** Canonical Digital Link of the class: https://id.gs1.org/01/{gtin}/10/{lot}, or without a lot where none is known. */
  readonly epcClass: string;
  /** Mass, volume or count. */
  readonly quantity: Quantity;
}

interface EventUnit {
  readonly uom?: string;
  /** One unit is 10^scale of the dimension's smallest unit. */
  readonly scale: number;
}

/** Largest first; the last one is the smallest unit itself, which is a whole number and exact for every quantity that is kept. */
const UNITS: Readonly<Record<Dimension, readonly EventUnit[]>> = {
  MASS: [
    { uom: 'KGM', scale: 6 },
    { uom: 'GRM', scale: 3 },
    { uom: 'MGM', scale: 0 },
  ],
  VOLUME: [
    { uom: 'LTR', scale: 6 },
    { uom: 'MLT', scale: 3 },
    { uom: '4G', scale: 0 },
  ],
  COUNT: [{ scale: 0 }],
  AREA: [],
};

/** The element an event's quantity list holds. Throws DIGITAL_LINK_INVALID where epcClass is not canonical, UNIT_MISMATCH for an area. */
export function quantityElement(goods: Goods): QuantityElement {
  if (canonicalise(goods.epcClass) !== goods.epcClass) {
    throw new DomainError('DIGITAL_LINK_INVALID', { expected: 'a canonical Digital Link', found: goods.epcClass.slice(0, 128) });
  }
  const { dimension, amount } = goods.quantity;
  assert(amount >= 0n, 'Goods are not less than nothing.');
  if (UNITS[dimension].length === 0) throw new DomainError('UNIT_MISMATCH', { expected: 'mass, volume or count', found: dimension });
  for (const unit of UNITS[dimension]) {
    const exact = formatDecimal({ units: amount, scale: unit.scale }, true);
    const quantity = Number(exact);
    if (String(quantity) !== exact) continue;
    return unit.uom === undefined ? { epcClass: goods.epcClass, quantity } : { epcClass: goods.epcClass, quantity, uom: unit.uom };
  }
  throw new DomainError('QUANTITY_OUT_OF_RANGE', { amount: amount.toString() });
}

export function quantityElements(goods: readonly Goods[]): QuantityElement[] {
  return goods.map(quantityElement);
}
