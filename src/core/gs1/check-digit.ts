/**
 * The GS1 check digit (GS1 General Specifications, 7.9): weights 3 and 1 alternate from the right, the sum is filled up to the next ten.
 * It finds every single wrong digit, so a key that was mistyped on a phone never becomes another product.
 */
import { assert } from '../kernel/assert.js';

const DIGITS = /^\d+$/;
const ZERO = '0'.charCodeAt(0);

/** The check digit for `digitsWithout` (the key without it, any length): one digit, as text. */
export function checkDigit(digitsWithout: string): string {
  assert(DIGITS.test(digitsWithout), 'A check digit is computed from digits.');
  let sum = 0;
  let weight = 3;
  for (let at = digitsWithout.length - 1; at >= 0; at -= 1) {
    sum += weight * (digitsWithout.charCodeAt(at) - ZERO);
    weight = 4 - weight;
  }
  return String((10 - (sum % 10)) % 10);
}

/** True where `digits` are digits and the last one is the check digit of those before it. */
export function hasCheckDigit(digits: string): boolean {
  return digits.length > 1 && DIGITS.test(digits) && checkDigit(digits.slice(0, -1)) === digits.slice(-1);
}

/** Set 82 in its order: a character's place is its value. */
const SET_82 = `!"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz`;
const CHECK_CHARACTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
/** The last prime stands at the last character before the pair. */
const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83] as const;

/** The pair of check characters of a model number (General Specifications, 7.9.5) for `without`, at most 23 characters of set 82. */
export function checkCharacters(without: string): string {
  assert(without.length <= PRIMES.length, 'A model number has at most 23 characters before its pair.');
  let sum = 0;
  for (let fromRight = 0; fromRight < without.length; fromRight += 1) {
    const value = SET_82.indexOf(without.charAt(without.length - 1 - fromRight));
    assert(value >= 0, 'Check characters are computed from set 82.');
    sum += value * (PRIMES[fromRight] ?? 0);
  }
  sum %= 1_021;
  return CHECK_CHARACTERS.charAt(sum >> 5) + CHECK_CHARACTERS.charAt(sum & 31);
}

/** True where the last two characters are the check characters of those before them. */
export function hasCheckCharacters(text: string): boolean {
  const without = text.slice(0, -2);
  const computable = without.length > 0 && without.length <= PRIMES.length && Array.from(without).every((one) => SET_82.includes(one));
  return computable && checkCharacters(without) === text.slice(-2);
}
