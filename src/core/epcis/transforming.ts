/**
 * Milling, drying, sorting, filling: inputs are used up and outputs made (TransformationEvent, EPCIS 2.0, 7.4.5). The step is
 * `creating_class_instance` unless the caller names another, because lots come out, and a recipe may fill the same lot on two days. Waste without a
 * product, water, and declared loss have no class to be named by: they stand in the platform's mass balance, not in the event.
 */
import { assert } from '../kernel/assert.js';
import type { BizStep } from './cbv.js';
import type { Doing, TransformationEvent } from './event.js';
import { when } from './event.js';
import type { Goods } from './goods.js';
import { quantityElements } from './goods.js';
import type { Place } from './place.js';
import { seenAndKeptAt } from './place.js';

export interface TransformingFacts extends Doing {
  readonly place: Place;
  /** At least one; of unknown origin: the class is the product alone. */
  readonly inputs: readonly Goods[];
  /** At least one. */
  readonly outputs: readonly Goods[];
  readonly bizStep?: BizStep;
}

/** Throws BAD_INPUT, DIGITAL_LINK_INVALID, GS1_KEY_INVALID, CHECK_DIGIT_WRONG, UNIT_MISMATCH. */
export function transformingEvent(facts: TransformingFacts): TransformationEvent {
  assert(facts.inputs.length > 0 && facts.outputs.length > 0, 'A transformation has inputs and outputs.');
  return {
    type: 'TransformationEvent',
    ...when(facts),
    inputQuantityList: quantityElements(facts.inputs),
    outputQuantityList: quantityElements(facts.outputs),
    bizStep: facts.bizStep ?? 'creating_class_instance',
    disposition: 'active',
    ...seenAndKeptAt(facts.place),
  };
}
