/**
 * The GS1 check digit (GS1 General Specifications, 7.9): weights 3 and 1 alternate from the right, the sum is filled up to the next ten.
 * It finds every single wrong digit, so a key that was mistyped on a phone never becomes another product.
 */
import { assert } from '../kernel/assert.js';

const DIGITS = /^\d+$/;

/** The check digit for `digitsWithout` (the key without it, any length): one digit, as text. */
export function checkDigit(digitsWithout: string): string {
  assert(DIGITS.test(digitsWithout), 'A check digit is computed from digits.');
  let sum = 0;
  for (let fromRight = 0; fromRight < digitsWithout.length; fromRight += 1) {
    const digit = Number(digitsWithout.charAt(digitsWithout.length - 1 - fromRight));
    sum += fromRight % 2 === 0 ? 3 * digit : digit;
  }
  return String((10 - (sum % 10)) % 10);
}

/** True where `digits` are digits and the last one is the check digit of those before it. */
export function hasCheckDigit(digits: string): boolean {
  return digits.length > 1 && DIGITS.test(digits) && checkDigit(digits.slice(0, -1)) === digits.slice(-1);
}
