/** A device's count of its messages: a whole number that fits the store, sent as a number or as a string of one. */
import type { ExactJson } from '../kernel/exact-json.js';
import { ExactNumber } from '../kernel/exact-json.js';
import { SEQUENCE_MAX } from './reading.js';
import { Refusal } from './refusal.js';

/** null where the device does not count. Throws a Refusal SEQUENCE_INVALID. */
export function sequenceOf(value: ExactJson | undefined): bigint | null {
  if (value === undefined || value === null) return null;
  const number = typeof value === 'string' ? new ExactNumber(value) : value;
  const sequence = number instanceof ExactNumber ? number.integer() : null;
  if (sequence === null || sequence < 0n || sequence > SEQUENCE_MAX) throw new Refusal('SEQUENCE_INVALID');
  return sequence;
}
