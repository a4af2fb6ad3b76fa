import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { BLIND_INDEX_BYTES, BlindIndex } from './blind-index.js';
import { newKey } from './envelope.js';

const pepper = newKey();
const hex = (index: BlindIndex, purpose: string, text: string): string => index.of(purpose, text).toString('hex');

describe('a blind index', () => {
  it('is the same for the same text and purpose, wherever the pepper is the same', () => {
    expect(hex(new BlindIndex(pepper), 'phone', '+8613955550142')).toBe(hex(new BlindIndex(pepper), 'phone', '+8613955550142'));
    expect(new BlindIndex(pepper).of('phone', '1')).toHaveLength(BLIND_INDEX_BYTES);
  });

  it('cannot be joined with that of another purpose, or of another pepper', () => {
    const index = new BlindIndex(pepper);
    const all = [
      hex(index, 'phone', '1'),
      hex(index, 'national id', '1'),
      hex(index, 'phone', '2'),
      hex(new BlindIndex(newKey()), 'phone', '1'),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it('is no hash that needs no key', () => {
    for (const algorithm of ['sha256', 'sha1', 'md5']) {
      expect(createHash(algorithm).update('1').digest('hex')).not.toContain(hex(new BlindIndex(pepper), 'phone', '1'));
    }
  });
});
