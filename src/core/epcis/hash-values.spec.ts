import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalNumber, canonicalTime, canonicalValue, compareUtf8 } from './hash-values.js';

describe('a time in a hash', () => {
  it.each([
    ['2020-03-04T11:00:30+01:00', '2020-03-04T10:00:30.000Z'],
    ['2020-03-04T10:00:30.1415Z', '2020-03-04T10:00:30.142Z'],
    ['2020-03-04T10:00:30.14149999Z', '2020-03-04T10:00:30.141Z'],
    ['2020-12-31T23:59:59.9995Z', '2021-01-01T00:00:00.000Z'],
    ['2020-03-01T01:30:00.5-03:30', '2020-03-01T05:00:00.500Z'],
    ['2020-02-31T25:00:00Z', '2020-02-31T25:00:00Z'],
    ['yesterday', 'yesterday'],
    ['2020-03-04T00:15:30.000+01:00', '2020-03-03T23:15:30.000Z'],
    ['2020-03-04T23:15:30.000-01:00', '2020-03-05T00:15:30.000Z'],
  ])('%s is %s', (text, canonical) => expect(canonicalTime(text)).toBe(canonical));

  it('is the moment that JavaScript reads, whatever the hour and the offset', () => {
    const two = (max: number) => fc.nat(max).map((value) => String(value).padStart(2, '0'));
    const date = fc.date({ min: new Date('0101-01-01'), max: new Date('9998-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(date, two(24), two(59), fc.constantFrom('+', '-'), two(14), two(59), (day, hour, minute, sign, hours, minutes) => {
        const text = `${day.toISOString().slice(0, 11)}${hour}:${minute}${day.toISOString().slice(16, 23)}${sign}${hours}:${minutes}`;
        const moment = Date.parse(text);
        expect(canonicalTime(text)).toBe(Number.isNaN(moment) ? text : new Date(moment).toISOString());
      }),
    );
  });
});

describe('a number in a hash', () => {
  it.each([
    ['1.0', '1'],
    ['0.34340', '0.3434'],
    ['007', '7'],
    ['+5', '5'],
    ['-0.0', '0'],
    ['-00.50', '-0.5'],
    ['.5', '0.5'],
    ['1e5', '100000'],
    ['1.5e-7', '0.00000015'],
    ['1e21', '1000000000000000000000'],
    ['12345678901234567890.1234567890', '12345678901234567890.123456789'],
    ['1200', '1200'],
  ])('%s is %s', (text, canonical) => expect(canonicalNumber(text)).toBe(canonical));

  it.each(['', '.', '-', '1.2.3', 'e5', '0x1F', '1 000', 'NaN'])('%j is none', (text) => expect(canonicalNumber(text)).toBeNull());

  it('has one spelling however many zeros stand around it, and loses no digit', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 30n), fc.nat(5), fc.nat(5), (digits, before, after) => {
        const text = digits.toString();
        const padded = `${'0'.repeat(before)}${text}.${'0'.repeat(after)}`;
        return canonicalNumber(padded) === text && canonicalNumber(`0.${text}${'0'.repeat(after)}`) === `0.${text.replace(/0+$/, '')}`;
      }),
    );
  });

  it('is the number that JavaScript reads, where a double holds it', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => Number(canonicalNumber(String(value))) === value),
    );
  });
});

describe('a value in a hash', () => {
  it.each([
    ['shipping', 'BizStep', 'https://ref.gs1.org/cbv/BizStep-shipping'],
    ['in_transit', 'Disp', 'https://ref.gs1.org/cbv/Disp-in_transit'],
    ['po', 'BTT', 'https://ref.gs1.org/cbv/BTT-po'],
    ['Temperature', 'voc', 'https://gs1.org/voc/Temperature'],
    ['urn:epcglobal:cbv:sdt:owning_party', 'SDT', 'https://ref.gs1.org/cbv/SDT-owning_party'],
    ['https://own.example/step', 'BizStep', 'https://own.example/step'],
    ['shipping', undefined, 'shipping'],
    ['007', undefined, '7'],
    ['1e5', undefined, '1e5'],
    ['https://own.example/01/4012345111118/10/A?17=260101', undefined, 'https://id.gs1.org/01/04012345111118/10/A'],
  ] as const)('%s (%s) is %s', (text, vocabulary, canonical) => expect(canonicalValue(text, vocabulary)).toBe(canonical));
});

describe('the order of texts', () => {
  it('is that of their UTF-8 bytes, also beyond the basic plane', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
    expect(compareUtf8('\u{FF5E}', '\u{1F33E}')).toBeLessThan(0);
  });
});
