import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BrokenInvariant } from '../kernel/assert.js';
import { UuidNumbers } from './uuid-numbers.js';

describe('numbers of UUIDs', () => {
  it('are given once, in order, and lead back', () => {
    fc.assert(
      fc.property(fc.array(fc.uuid(), { maxLength: 200 }), fc.uuid(), (uuids, other) => {
        const numbers = new UuidNumbers();
        const distinct = [...new Set(uuids)];
        const given = uuids.map((uuid) => numbers.numberOf(uuid));
        expect(given).toEqual(uuids.map((uuid) => distinct.indexOf(uuid)));
        expect(distinct.map((_, number) => numbers.uuidOf(number))).toEqual(distinct);
        expect(numbers.size).toBe(distinct.length);
        expect(numbers.find(other)).toBe(distinct.includes(other) ? distinct.indexOf(other) : null);
      }),
    );
  });

  it('stay what they are while the table grows, also for ids that differ in a few digits only', () => {
    const numbers = new UuidNumbers();
    const uuid = (n: number): string => `0190a6f0-7c1e-7a40-8f52-${n.toString(16).padStart(12, '0')}`;
    for (let n = 0; n < 20_000; n += 1) expect(numbers.numberOf(uuid(n))).toBe(n);
    expect([0, 1_023, 19_999].map((n) => [numbers.find(uuid(n)), numbers.uuidOf(n)])).toEqual([0, 1_023, 19_999].map((n) => [n, uuid(n)]));
    expect(numbers.find(uuid(20_000))).toBeNull();
    expect(numbers.byteLength / numbers.size).toBeLessThan(60);
    expect(() => numbers.uuidOf(20_000)).toThrow(BrokenInvariant);
  });
});
