/**
 * Goods leave for somebody else: ObjectEvent OBSERVE, `shipping`, `in_transit` (CBV 2.0, 7.1 and 7.2). There is a read point and no business
 * location, because after the event the goods are on the road. The vehicle is left out: a number plate is a person's.
 */
import type { ObjectEvent } from './event.js';
import type { HandingOverFacts } from './handing-over.js';
import { handingOver } from './handing-over.js';
import type { Place } from './place.js';
import { placeUri, seenAt } from './place.js';

export interface ShippingFacts extends HandingOverFacts {
  /** The facility they go to, where it is known. */
  readonly toPlace?: Place;
}

/** Throws BAD_INPUT, DIGITAL_LINK_INVALID, GS1_KEY_INVALID, CHECK_DIGIT_WRONG, UNIT_MISMATCH. */
export function shippingEvent(facts: ShippingFacts): ObjectEvent {
  const event = handingOver(facts);
  const there = facts.toPlace ? [{ type: 'location' as const, destination: placeUri(facts.toPlace) }] : [];
  return {
    ...event,
    destinationList: [...(event.destinationList ?? []), ...there],
    bizStep: 'shipping',
    disposition: 'in_transit',
    ...seenAt(facts.place),
  };
}
