/**
 * Logistic units (GS1 General Specifications, 2.2): an SSCC is 18 digits with a check digit and names one pallet, box or sack as packed.
 */
import { DomainError } from '../kernel/errors.js';
import { checkDigit, hasCheckDigit } from './check-digit.js';

/** 18 digits, as they came. Throws GS1_KEY_INVALID, CHECK_DIGIT_WRONG. */
export function parseSscc(text: string): string {
  if (!/^\d{18}$/.test(text) || /^0+$/.test(text)) throw new DomainError('GS1_KEY_INVALID', { key: 'SSCC', found: text.slice(0, 32) });
  if (!hasCheckDigit(text))
    throw new DomainError('CHECK_DIGIT_WRONG', { key: 'SSCC', found: text, expected: checkDigit(text.slice(0, -1)) });
  return text;
}
