import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BrokenInvariant } from '../kernel/assert.js';
import { DomainError } from '../kernel/errors.js';
import { checkDigit, hasCheckDigit } from './check-digit.js';
import { parseGln } from './gln.js';
import { parseGtin, RESTRICTED_GTINS, restrictedGtin } from './gtin.js';
import { parseLot } from './lot.js';
import { parseSscc } from './sscc.js';

const digits = (length: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((list) => list.join(''));

/** The code of the rejection, or null where nothing is thrown. */
function codeOf(body: () => unknown): string | null {
  try {
    body();
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

describe('the check digit', () => {
  it.each([
    ['629104150021', '3'],
    ['7351353', '7'],
    ['01234567890', '5'],
    ['0', '0'],
  ])('of %s is %s', (without, digit) => expect(checkDigit(without)).toBe(digit));

  it('finds every single wrong digit', () => {
    fc.assert(
      fc.property(digits(13), fc.nat(13), fc.integer({ min: 1, max: 9 }), (without, place, change) => {
        const right = without + checkDigit(without);
        const wrong = right.slice(0, place) + String((Number(right.charAt(place)) + change) % 10) + right.slice(place + 1);
        return hasCheckDigit(right) && !hasCheckDigit(wrong);
      }),
    );
  });

  it.each(['', '5', '12a4'])('is not in %j', (text) => expect(hasCheckDigit(text)).toBe(false));
});

describe('a GTIN', () => {
  it.each([
    ['73513537', '00000073513537'],
    ['012345678905', '00012345678905'],
    ['6291041500213', '06291041500213'],
    ['04012345111118', '04012345111118'],
  ])('%s is kept as %s', (text, gtin) => expect(parseGtin(text)).toBe(gtin));

  it.each([
    ['6291041500214', 'CHECK_DIGIT_WRONG'],
    ['62910415002130', 'CHECK_DIGIT_WRONG'],
    ['629104150', 'GS1_KEY_INVALID'],
    ['629104150021x', 'GS1_KEY_INVALID'],
    [' 6291041500213', 'GS1_KEY_INVALID'],
    ['００００００００', 'GS1_KEY_INVALID'],
    ['0000000000000', 'GS1_KEY_INVALID'],
    ['', 'GS1_KEY_INVALID'],
  ])('%j is refused with %s', (text, code) => expect(codeOf(() => parseGtin(text))).toBe(code));

  it('of restricted circulation is a valid GTIN-13 with a prefix from 20 to 29, and differs for each sequence number', () => {
    expect(restrictedGtin(0n)).toBe('02000000000008');
    expect(restrictedGtin(RESTRICTED_GTINS - 1n)).toMatch(/^029{11}\d$/);
    fc.assert(
      fc.property(fc.bigInt(0n, RESTRICTED_GTINS - 1n), (sequence) => {
        const gtin = restrictedGtin(sequence);
        return /^02\d{12}$/.test(gtin) && parseGtin(gtin) === gtin && BigInt(gtin.slice(2, 13)) === sequence;
      }),
    );
  });

  it('of restricted circulation is not made beyond the range', () => {
    expect(() => restrictedGtin(RESTRICTED_GTINS)).toThrow(BrokenInvariant);
    expect(() => restrictedGtin(-1n)).toThrow(BrokenInvariant);
  });
});

describe('GLN and SSCC', () => {
  it('are kept as they came', () => {
    expect(parseGln('4012345000054')).toBe('4012345000054');
    expect(parseSscc('340123451111111111')).toBe('340123451111111111');
  });

  it.each([
    ['4012345000055', 'CHECK_DIGIT_WRONG'],
    ['401234500005', 'GS1_KEY_INVALID'],
    ['0000000000000', 'GS1_KEY_INVALID'],
  ])('GLN %s is refused with %s', (text, code) => expect(codeOf(() => parseGln(text))).toBe(code));

  it.each([
    ['340123451111111112', 'CHECK_DIGIT_WRONG'],
    ['34012345111111111', 'GS1_KEY_INVALID'],
    ['000000000000000000', 'GS1_KEY_INVALID'],
  ])('SSCC %s is refused with %s', (text, code) => expect(codeOf(() => parseSscc(text))).toBe(code));
});

describe('a lot', () => {
  it('has 82 characters to choose from', () => {
    const allowed = Array.from({ length: 65_536 }, (_, code) => String.fromCharCode(code)).filter(
      (c) => codeOf(() => parseLot(c)) === null,
    );
    expect(allowed).toHaveLength(82);
  });

  it.each(['', 'A'.repeat(21), 'A B', 'A#1', '贵定', 'A\n', 'A\\'])('%j is refused', (text) => {
    expect(codeOf(() => parseLot(text))).toBe('LOT_INVALID');
  });

  it('keeps its case and its punctuation', () => expect(parseLot(`a/B-1"'(2026)%`)).toBe(`a/B-1"'(2026)%`));
});
