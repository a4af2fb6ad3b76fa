import { describe, expect, it } from '@jest/globals';
import { byteRange } from './byte-range.js';

describe('a range of bytes', () => {
  it.each([
    ['bytes=0-3', { from: 0n, to: 4n }],
    ['bytes=4-', { from: 4n, to: 10n }],
    ['bytes=4-400', { from: 4n, to: 10n }],
    ['bytes=-3', { from: 7n, to: 10n }],
    ['bytes=-30', { from: 0n, to: 10n }],
  ])('%s of ten', (header, range) => {
    expect(byteRange(header, 10n)).toEqual(range);
  });

  it.each([undefined, '', 'bytes=-', 'bytes=0-1,4-5', 'lines=1-2'])('%s asks for all', (header) => {
    expect(byteRange(header, 10n)).toBeNull();
  });

  it.each(['bytes=10-', 'bytes=5-4', 'bytes=-0'])('%s of ten is none', (header) => {
    expect(() => byteRange(header, 10n)).toThrow('no such bytes');
  });
});
