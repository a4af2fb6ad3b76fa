import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { derivedKey, newKey, openBytes, SEAL_BYTES, sealBytes, SealBroken } from './envelope.js';

const key = newKey();
const text = (value: string): Buffer => Buffer.from(value);

describe('what is sealed', () => {
  it('is opened by the same key for the same use, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (plain, bound) => {
        const sealed = sealBytes(key, text(plain), bound);
        expect(sealed).toHaveLength(text(plain).length + SEAL_BYTES);
        expect(openBytes(key, sealed, bound).equals(text(plain))).toBe(true);
      }),
    );
  });

  it('is never the same twice', () => {
    const sealed = new Set(Array.from({ length: 5_000 }, () => sealBytes(key, text('Luo'), 'name').toString('hex')));
    expect(sealed.size).toBe(5_000);
    expect(new Set([...sealed].map((hex) => hex.slice(0, 24))).size).toBe(5_000);
  });

  it('is not opened by another key, for another use, changed in any bit, or cut', () => {
    const sealed = sealBytes(key, text('Luo Chunmei'), 'name of A');
    expect(() => openBytes(newKey(), sealed, 'name of A')).toThrow(SealBroken);
    expect(() => openBytes(key, sealed, 'name of B')).toThrow(SealBroken);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => openBytes(key, changed, 'name of A')).toThrow(SealBroken);
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => openBytes(key, sealed.subarray(0, length), 'name of A')).toThrow(SealBroken);
    }
  });
});

describe('a derived key', () => {
  it('is the same for the same use, and another for every other', () => {
    expect(derivedKey(key, 'a').equals(derivedKey(key, 'a'))).toBe(true);
    expect(derivedKey(key, 'a').equals(derivedKey(key, 'b'))).toBe(false);
    expect(derivedKey(newKey(), 'a').equals(derivedKey(key, 'a'))).toBe(false);
  });

  it('follows RFC 5869: test case 3, without salt and info', () => {
    const okm = derivedKey(Buffer.from('0b'.repeat(22), 'hex'), '').toString('hex');
    expect(okm).toBe('8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d');
  });
});
