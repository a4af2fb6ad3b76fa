/**
 * Goods weighed in at the cooperative: they are made where they are first weighed, so the lot grows here. ObjectEvent ADD with a class-level
 * quantity (EPCIS 2.0, 7.4.2). The first delivery of a lot is `commissioning`: CBV 2.0 (7.1) uses that word for a class-level identifier
 * not used before; every later one into the same lot is `creating_class_instance`, the word for an increased quantity of it. Who delivered, and for how
 * much, stands in the delivery's own table; the event holds a salted digest of it (architecture, rule 8).
 */
import { assert } from '../kernel/assert.js';
import type { Doing, ObjectEvent } from './event.js';
import { when } from './event.js';
import type { Goods } from './goods.js';
import { quantityElement } from './goods.js';
import type { Place } from './place.js';
import { seenAndKeptAt } from './place.js';

export interface DeliveryFacts extends Doing {
  readonly place: Place;
  /** What was accepted, net. */
  readonly goods: Goods;
  /** True where nothing was put into the lot before. */
  readonly newLot: boolean;
  /** Salted SHA-256 of the delivery, 64 lower-case hexadecimal digits. */
  readonly deliveryDigest: string;
}

/** Throws BAD_INPUT, DIGITAL_LINK_INVALID, GS1_KEY_INVALID, CHECK_DIGIT_WRONG, UNIT_MISMATCH. */
export function deliveryEvent(facts: DeliveryFacts): ObjectEvent {
  assert(/^[0-9a-f]{64}$/.test(facts.deliveryDigest), 'A delivery is bound by a SHA-256 in hexadecimal.');
  return {
    type: 'ObjectEvent',
    ...when(facts),
    quantityList: [quantityElement(facts.goods)],
    action: 'ADD',
    bizStep: facts.newLot ? 'commissioning' : 'creating_class_instance',
    disposition: 'active',
    ...seenAndKeptAt(facts.place),
    'sheaf:deliveryDigest': facts.deliveryDigest,
  };
}
