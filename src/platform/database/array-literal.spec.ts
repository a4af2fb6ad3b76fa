import { describe, expect, it } from '@jest/globals';
import { arrayLiteral } from './array-literal.js';

describe('an array as a parameter', () => {
  it.each([
    ['nothing', [], '{}'],
    ['texts', ['a', '', 'NULL'], '{"a","","NULL"}'],
    ['quotes and backslashes', ['a"b\\c'], '{"a\\"b\\\\c"}'],
    ['numbers, yes and nothing', [1, -2n, true, null], '{1,-2,true,NULL}'],
    ['times', [new Date(0)], '{"1970-01-01T00:00:00.000Z"}'],
    ['bytes', [Uint8Array.of(0, 255)], '{"\\\\x00ff"}'],
    ['arrays', [['a'], ['{,}']], '{{"a"},{"{,}"}}'],
  ])('writes %s as PostgreSQL reads them', (_, values, text) => {
    expect(arrayLiteral(values)).toBe(text);
  });
});
