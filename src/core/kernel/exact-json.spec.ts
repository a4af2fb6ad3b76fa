import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ExactJson } from './exact-json.js';
import { exactAt, ExactNumber, isExactObject, parseExactJson, plainDecimal } from './exact-json.js';

/** What JSON.parse would have made of the same value. */
function loose(value: ExactJson | undefined): unknown {
  if (value instanceof ExactNumber) return Number(value.text);
  if (Array.isArray(value)) return value.map(loose);
  if (isExactObject(value)) return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, loose(entry)]));
  return value;
}

const reasonOf = (text: string, limits = {}): unknown => {
  try {
    parseExactJson(text, limits);
    return 'accepted';
  } catch (error) {
    return (error as { detail?: { reason?: unknown } }).detail?.reason;
  }
};

describe('parseExactJson', () => {
  it('keeps the digits of numbers that a float would lose', () => {
    const order = parseExactJson('{"id": 820982911946154508, "price": 33.70, "tiny": 1E-7}');
    expect(exactAt(order, 'id')).toEqual(new ExactNumber('820982911946154508'));
    expect((exactAt(order, 'id') as ExactNumber).integer()).toBe(820982911946154508n);
    expect((exactAt(order, 'price') as ExactNumber).decimal()).toBe('33.70');
    expect((exactAt(order, 'tiny') as ExactNumber).decimal()).toBe('0.0000001');
  });

  it('agrees with JSON.parse on every value JSON can carry', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.integer({ min: 0, max: 3 }), (text, indent) => {
        const value: unknown = JSON.parse(text);
        const spaced = JSON.stringify(value, null, indent);
        // Compared as text, because an own key "__proto__" is lost on objects with a prototype.
        expect(JSON.stringify(loose(parseExactJson(spaced)))).toBe(JSON.stringify(value));
      }),
    );
  });

  it('agrees with JSON.parse on what is no JSON', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('{}[]",:\\ue01.-+tfn \n\u0000')), maxLength: 12 }), (text) => {
        let accepted = true;
        try {
          JSON.parse(text);
        } catch {
          accepted = false;
        }
        expect(reasonOf(text) === 'accepted').toBe(accepted);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    '',
    ' ',
    '{',
    '[1,]',
    '{"a":1,}',
    'NaN',
    '-',
    '01',
    '1.',
    '.5',
    '+1',
    '1e',
    '"\t"',
    '"\\x"',
    '"\\u12g4"',
    "{'a':1}",
    '1 2',
    'nul',
    '\ufeff1',
  ])('refuses %j', (text) => {
    expect(reasonOf(text)).toBe('SYNTAX');
  });

  it('gives "__proto__" and "constructor" back as keys and touches no prototype', () => {
    const value = parseExactJson('{"__proto__": {"polluted": true}, "constructor": 1}');
    expect(exactAt(value, '__proto__', 'polluted')).toBe(true);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(exactAt(parseExactJson('{}'), 'toString')).toBeUndefined();
    expect(exactAt(parseExactJson('[1]'), 'length')).toBeUndefined();
  });

  it('stops at the depth it was given, however long the input', () => {
    expect(reasonOf('['.repeat(1_000_000))).toBe('TOO_DEEP');
    expect(reasonOf('{"a":'.repeat(100_000))).toBe('TOO_DEEP');
    expect(reasonOf('[[1]]', { depthMax: 2 })).toBe('accepted');
    expect(reasonOf('[[1]]', { depthMax: 1 })).toBe('TOO_DEEP');
  });

  it('stops at the number of values it was given', () => {
    expect(reasonOf('[1,2,3]', { valuesMax: 4 })).toBe('accepted');
    expect(reasonOf('[1,2,3]', { valuesMax: 3 })).toBe('TOO_MANY_VALUES');
  });
});

describe('plainDecimal', () => {
  it.each([
    ['33.70', '33.70'],
    ['1e2', '100'],
    ['+1.50e1', '15.0'],
    ['12.34E-3', '0.01234'],
    ['-0', '0'],
    ['-0.00', '0.00'],
    ['-0.5', '-0.5'],
    ['007', '7'],
    ['0e5', '0'],
  ])('%s is %s', (text, plain) => {
    expect(plainDecimal(text)).toBe(plain);
  });

  it.each(['1e999999999', '1e-999999999', '9'.repeat(39), '1'.repeat(200), 'NaN', '3.3 V', '', '1_000', '0x1f', '١'])(
    '%s is no decimal here',
    (text) => {
      expect(plainDecimal(text)).toBeNull();
    },
  );

  it('names the same number as the float does', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e20, max: 1e20 }), (value) => {
        const plain = plainDecimal(String(value));
        fc.pre(plain !== null);
        expect(Number(plain)).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});
