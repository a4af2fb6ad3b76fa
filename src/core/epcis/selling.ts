/**
 * Goods leave the platform to who will use them: ObjectEvent OBSERVE, `retail_selling`, `retail_sold` (CBV 2.0, 7.1 and 7.2). The action is
 * OBSERVE and not DELETE, because the goods go on existing; what they cost, who bought them and under which order is the sale's own record. The seller
 * stands as the source, and there is no destination: a buyer is a person.
 */
import { assert } from '../kernel/assert.js';
import type { Doing, ObjectEvent } from './event.js';
import { when } from './event.js';
import type { Goods } from './goods.js';
import { quantityElements } from './goods.js';
import type { PartyRef, Place } from './place.js';
import { partyUri, seenAt } from './place.js';

export interface SellingFacts extends Doing {
  /** At least one lot. */
  readonly goods: readonly Goods[];
  readonly seller: PartyRef;
  /** The shop or store they left from, where it is known. */
  readonly place?: Place;
}

/** Throws BAD_INPUT, DIGITAL_LINK_INVALID, GS1_KEY_INVALID, CHECK_DIGIT_WRONG, UNIT_MISMATCH. */
export function sellingEvent(facts: SellingFacts): ObjectEvent {
  assert(facts.goods.length > 0, 'A sale is of something.');
  return {
    type: 'ObjectEvent',
    ...when(facts),
    quantityList: quantityElements(facts.goods),
    action: 'OBSERVE',
    bizStep: 'retail_selling',
    disposition: 'retail_sold',
    ...(facts.place && seenAt(facts.place)),
    sourceList: [
      { type: 'owning_party', source: partyUri(facts.seller) },
      { type: 'possessing_party', source: partyUri(facts.seller) },
    ],
  };
}
