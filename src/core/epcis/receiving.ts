/**
 * Goods arrive and are taken over: ObjectEvent OBSERVE, `receiving`, `in_progress` (CBV 2.0, 7.1 and 7.2). The quantities are what the receiver
 * found, not what the sender wrote; from here on the goods are at this place, in the receiver's hands.
 */
import type { ObjectEvent } from './event.js';
import type { HandingOverFacts } from './handing-over.js';
import { handingOver } from './handing-over.js';
import { seenAndKeptAt } from './place.js';

export type ReceivingFacts = HandingOverFacts;

/** Throws BAD_INPUT, DIGITAL_LINK_INVALID, GS1_KEY_INVALID, CHECK_DIGIT_WRONG, UNIT_MISMATCH. */
export function receivingEvent(facts: ReceivingFacts): ObjectEvent {
  return { ...handingOver(facts), bizStep: 'receiving', disposition: 'in_progress', ...seenAndKeptAt(facts.place) };
}
