import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseShortCode, shortCode } from './short-code.js';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const rejected = expect.objectContaining({ code: 'BAD_INPUT' }) as unknown as Error;

describe('a short code', () => {
  it('is ten characters without I, L, O and U, the same for the same id', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        const code = shortCode(id);
        expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{10}$/);
        expect(shortCode(id.toUpperCase())).toBe(code);
        expect(shortCode(Buffer.from(id.replaceAll('-', ''), 'hex'))).toBe(code);
        expect(parseShortCode(code)).toBe(code);
      }),
    );
  });

  it('never changes, because it is printed', () => {
    expect(shortCode('00000000-0000-0000-0000-000000000000')).toBe('6X3GHZZQEV');
  });

  it('differs between ids that differ in the last bit only', () => {
    const codes = Array.from({ length: 1_000 }, (_, i) => shortCode(`0190a6f0-7c1e-7a40-8f52-${i.toString(16).padStart(12, '0')}`));
    expect(new Set(codes).size).toBe(1_000);
  });

  it('is read in lower case, with look-alikes, spaces and hyphens', () => {
    const id =
      Array.from({ length: 100 }, (_, i) => new Uint8Array([i])).find((bytes) => /0.*1|1.*0/.test(shortCode(bytes))) ?? new Uint8Array();
    const code = shortCode(id);
    const written = `${code.slice(0, 5)}-${code.slice(5)} `.toLowerCase().replace(/0/g, 'o').replace(/1/g, 'l');
    expect(written).toMatch(/o/);
    expect(parseShortCode(written)).toBe(code);
  });

  it('is refused when one character is wrong', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.nat(9), fc.integer({ min: 1, max: 31 }), (id, place, change) => {
        const code = shortCode(id);
        const other = ALPHABET.charAt((ALPHABET.indexOf(code.charAt(place)) + change) % 32);
        expect(() => parseShortCode(code.slice(0, place) + other + code.slice(place + 1))).toThrow(rejected);
      }),
    );
  });

  it('is refused when two different characters are swapped', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.nat(9), fc.nat(9), (id, a, b) => {
        const characters = Array.from(shortCode(id));
        fc.pre(characters[a] !== characters[b]);
        [characters[a], characters[b]] = [characters[b] ?? '', characters[a] ?? ''];
        expect(() => parseShortCode(characters.join(''))).toThrow(rejected);
      }),
    );
  });

  it.each(['', 'ABC', 'ABCDEFGHJKM', 'UUUUUUUUUU', '贵'.repeat(10)])('%j is refused', (text) => {
    expect(() => parseShortCode(text)).toThrow(rejected);
  });

  it('is not made of what is no UUID', () => expect(() => shortCode('batch-1')).toThrow(rejected));
});
