/**
 * Places and parties (GS1 General Specifications, 2.4): a GLN is 13 digits with a check digit; the application identifier (414 for a
 * physical location, 417 for a party) says which of the two it names.
 */
import { DomainError } from '../kernel/errors.js';
import { checkDigit, hasCheckDigit } from './check-digit.js';

/** 13 digits, as they came. Throws GS1_KEY_INVALID, CHECK_DIGIT_WRONG. */
export function parseGln(text: string): string {
  if (!/^\d{13}$/.test(text) || /^0+$/.test(text)) throw new DomainError('GS1_KEY_INVALID', { key: 'GLN', found: text.slice(0, 32) });
  if (!hasCheckDigit(text))
    throw new DomainError('CHECK_DIGIT_WRONG', { key: 'GLN', found: text, expected: checkDigit(text.slice(0, -1)) });
  return text;
}
