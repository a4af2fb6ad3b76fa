/**
 * Lot numbers (application identifier 10): 1 to 20 characters of the set that GS1 calls 82 (General Specifications, figure 7.11-1). Case
 * counts, and nothing is trimmed: "A1" and "a1" are two lots.
 */
import { DomainError } from '../kernel/errors.js';

const LOT = /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}$/;

/** The lot as it came. Throws LOT_INVALID. */
export function parseLot(text: string): string {
  if (!LOT.test(text)) throw new DomainError('LOT_INVALID', { found: text.slice(0, 64) });
  return text;
}
