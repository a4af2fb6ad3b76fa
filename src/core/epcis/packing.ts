/**
 * Goods put into a logistic unit, and taken out again (AggregationEvent, EPCIS 2.0, 7.4.3): the parent is the SSCC, the children are amounts
 * of lots and smaller units. Taking everything out is a DELETE without children, as the standard says; the caller decides.
 */
import { assert } from '../kernel/assert.js';
import { ssccLink } from '../gs1/digital-link.js';
import type { AggregationEvent, Doing } from './event.js';
import { when } from './event.js';
import type { Goods } from './goods.js';
import { quantityElements } from './goods.js';
import type { Place } from './place.js';
import { seenAndKeptAt } from './place.js';

export interface PackingFacts extends Doing {
  readonly place: Place;
  /** The unit: 18 digits. */
  readonly sscc: string;
  readonly contents: readonly Goods[];
  /** Units inside the unit: 18 digits each. */
  readonly childSsccs?: readonly string[];
}

/** ADD, packing; something goes in. Throws BAD_INPUT, DIGITAL_LINK_INVALID, GS1_KEY_INVALID, CHECK_DIGIT_WRONG, UNIT_MISMATCH. */
export function packingEvent(facts: PackingFacts): AggregationEvent {
  assert(facts.contents.length + (facts.childSsccs ?? []).length > 0, 'Packing puts something into the unit.');
  return aggregation(facts, 'ADD', 'packing');
}

/** DELETE, unpacking; without contents and child units, everything comes out. Throws as packingEvent. */
export function unpackingEvent(facts: PackingFacts): AggregationEvent {
  return aggregation(facts, 'DELETE', 'unpacking');
}

function aggregation(facts: PackingFacts, action: 'ADD' | 'DELETE', bizStep: 'packing' | 'unpacking'): AggregationEvent {
  const childEPCs = (facts.childSsccs ?? []).map(ssccLink);
  return {
    type: 'AggregationEvent',
    ...when(facts),
    parentID: ssccLink(facts.sscc),
    ...(childEPCs.length > 0 && { childEPCs }),
    ...(facts.contents.length > 0 && { childQuantityList: quantityElements(facts.contents) }),
    action,
    bizStep,
    disposition: 'in_progress',
    ...seenAndKeptAt(facts.place),
  };
}
