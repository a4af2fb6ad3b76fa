import { describe, expect, it } from '@jest/globals';
import { formatInstant, parseDay, parseInstant } from './instant.js';

const badInput: unknown = expect.objectContaining({ code: 'BAD_INPUT' });

describe('a point in time', () => {
  it.each([
    ['2026-05-26T08:30:00+08:00', '2026-05-26T08:30:00.000+08:00'],
    ['2026-05-26t08:30:00.5z', '2026-05-26T08:30:00.500+00:00'],
    ['0001-01-02T00:00:00Z', '0001-01-02T00:00:00.000+00:00'],
    ['9999-12-30T23:59:59-00:00', '9999-12-30T23:59:59.000+00:00'],
  ])('%s keeps its offset', (text, formatted) => {
    expect(formatInstant(parseInstant(text))).toBe(formatted);
  });

  it.each([
    '2026-05-26T08:30:00',
    '2026-05-26',
    '2026-13-01T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59-23:59',
    '+12026-01-01T00:00:00Z',
  ])('%s is refused', (text) => {
    expect(() => parseInstant(text)).toThrow(badInput);
  });
});

describe('a calendar day', () => {
  it.each(['0001-01-01', '2024-02-29', '9999-12-31'])('%s is one', (text) => {
    expect(parseDay(text)).toBe(text);
  });

  it.each(['0000-01-01', '2026-02-29', '2026-1-1', '2026-05-26T00:00:00Z', ''])('%j is none', (text) => {
    expect(() => parseDay(text)).toThrow(badInput);
  });
});
