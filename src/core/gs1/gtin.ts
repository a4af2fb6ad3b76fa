/**
 * Trade items (GS1 General Specifications, 2.1): GTIN-8, -12, -13 and -14 are one number space, kept here as 14 digits, the only form the
 * Digital Link URI syntax 1.4 writes. Products without a number of their own get one of restricted circulation (prefixes 20 to 29,
 * General Specifications 1.4.2), which never collides with a number that GS1 gave out.
 */
import { assert } from '../kernel/assert.js';
import { DomainError } from '../kernel/errors.js';
import { checkDigit, hasCheckDigit } from './check-digit.js';

const GTIN = /^(\d{8}|\d{12,14})$/;

const RESTRICTED = /^(?:02\d{12}|00[24]\d{11}|000000[02]\d{7})$/;

/** Restricted numbers there are: '2' and eleven digits, behind them the check digit. */
export const RESTRICTED_GTINS = 100_000_000_000n;

/** "4012345111118" → "04012345111118". Throws GS1_KEY_INVALID (length, letters, zero), CHECK_DIGIT_WRONG. */
export function parseGtin(text: string): string {
  if (!GTIN.test(text) || /^0+$/.test(text)) throw new DomainError('GS1_KEY_INVALID', { key: 'GTIN', found: text.slice(0, 32) });
  if (!hasCheckDigit(text))
    throw new DomainError('CHECK_DIGIT_WRONG', { key: 'GTIN', found: text, expected: checkDigit(text.slice(0, -1)) });
  return text.padStart(14, '0');
}

/** The restricted-circulation GTIN number `sequence` (0 ≤ sequence < RESTRICTED_GTINS), 14 digits: a GTIN-13 of prefix 20 to 29, padded. */
export function restrictedGtin(sequence: bigint): string {
  assert(sequence >= 0n && sequence < RESTRICTED_GTINS, 'A restricted GTIN has a sequence number of at most eleven digits.');
  const digits = `2${sequence.toString().padStart(11, '0')}`;
  return `0${digits}${checkDigit(digits)}`;
}

/**
 * True for a number of restricted circulation (General Specifications, 1.4.2 and 2.1.11): a GTIN-13 of prefix 02, 04 or 20 to 29, or a GTIN-8 of prefix 0
 * or 2. Such a number is unique at its maker only: from elsewhere it names nothing here.
 */
export function isRestricted(gtin14: string): boolean {
  return RESTRICTED.test(gtin14);
}
