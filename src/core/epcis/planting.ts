/**
 * A crop season opened, and a planting in it. No goods exist yet, so the thing is the season itself, under a URI of its own. Opening is an
 * ObjectEvent ADD with step `commissioning`, which CBV 2.0 (7.1) defines as associating an instance-level identifier with an object for
 * the first time: the standing crop gets its name, `active` from then on. A later planting in the same season must not commission it
 * again; CBV has no word for sowing (`installing` puts a part into a made thing, `creating_class_instance` yields goods), so it is an OBSERVE with
 * step `other` and says what was done in `sheaf:operation`, which keeps the document within CBV. Neither names the plot or the household.
 */
import type { Doing, ObjectEvent } from './event.js';
import { when } from './event.js';
import type { Place } from './place.js';
import { seenAt } from './place.js';

export interface SeasonFacts extends Doing {
  /** The season's own URI, `urn:uuid:{seasonId}`. */
  readonly seasonUri: string;
  /** Canonical Digital Link of the product that is grown: https://id.gs1.org/01/{gtin}. */
  readonly product: string;
  /** A facility of the cooperative; left out where there is none. */
  readonly place?: Place;
}

/** A season begins: ObjectEvent ADD, commissioning, active. Throws BAD_INPUT, GS1_KEY_INVALID, CHECK_DIGIT_WRONG. */
export function seasonOpeningEvent(facts: SeasonFacts): ObjectEvent {
  return {
    type: 'ObjectEvent',
    ...when(facts),
    epcList: [facts.seasonUri],
    action: 'ADD',
    bizStep: 'commissioning',
    disposition: 'active',
    ...(facts.place && seenAt(facts.place)),
    ilmd: { 'sheaf:product': facts.product },
  };
}

/** A planting in a season that is open: ObjectEvent OBSERVE, other, active. Throws BAD_INPUT, GS1_KEY_INVALID, CHECK_DIGIT_WRONG. */
export function plantingEvent(facts: SeasonFacts): ObjectEvent {
  return {
    type: 'ObjectEvent',
    ...when(facts),
    epcList: [facts.seasonUri],
    action: 'OBSERVE',
    bizStep: 'other',
    disposition: 'active',
    ...(facts.place && seenAt(facts.place)),
    'sheaf:operation': 'planting',
    'sheaf:product': facts.product,
  };
}
