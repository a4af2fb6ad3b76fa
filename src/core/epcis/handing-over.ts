/**
 * What shipping and receiving have in common: who gives and who takes, as owner and as holder (CBV 2.0, 7.4), what goes, and under which
 * documents. A shipment proposes both custody and ownership to the receiver, the receipt accepts them, so both name the same parties.
 */
import { assert } from '../kernel/assert.js';
import { ssccLink } from '../gs1/digital-link.js';
import type { BizTransactionType } from './cbv.js';
import type { Doing, ObjectEvent } from './event.js';
import { when } from './event.js';
import type { Goods } from './goods.js';
import { quantityElements } from './goods.js';
import type { PartyRef, Place } from './place.js';
import { partyUri } from './place.js';

/** A document between businesses; its URI is a GDTI link, urn:epcglobal:cbv:bt:…, or the maker's own. */
export interface BusinessDocument {
  readonly type: BizTransactionType;
  readonly uri: string;
}

export interface HandingOverFacts extends Doing {
  /** Where it is done: the sender's facility for a shipment, the receiver's for a receipt. */
  readonly place: Place;
  readonly goods: readonly Goods[];
  /** Logistic units that go as they are: 18 digits each. */
  readonly ssccs?: readonly string[];
  readonly from: PartyRef;
  readonly to: PartyRef;
  readonly documents?: readonly BusinessDocument[];
}

/** The event without its step, disposition and places. Throws BAD_INPUT, DIGITAL_LINK_INVALID, GS1_KEY_INVALID, CHECK_DIGIT_WRONG, UNIT_MISMATCH. */
export function handingOver(facts: HandingOverFacts): ObjectEvent {
  const epcList = (facts.ssccs ?? []).map(ssccLink);
  const documents = facts.documents ?? [];
  assert(facts.goods.length + epcList.length > 0, 'Something is handed over.');
  return {
    type: 'ObjectEvent',
    ...when(facts),
    ...(epcList.length > 0 && { epcList }),
    ...(facts.goods.length > 0 && { quantityList: quantityElements(facts.goods) }),
    action: 'OBSERVE',
    ...(documents.length > 0 && { bizTransactionList: documents.map(({ type, uri }) => ({ type, bizTransaction: uri })) }),
    sourceList: [
      { type: 'owning_party', source: partyUri(facts.from) },
      { type: 'possessing_party', source: partyUri(facts.from) },
    ],
    destinationList: [
      { type: 'owning_party', destination: partyUri(facts.to) },
      { type: 'possessing_party', destination: partyUri(facts.to) },
    ],
  };
}
