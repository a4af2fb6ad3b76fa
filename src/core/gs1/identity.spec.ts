import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkDigit } from './check-digit.js';
import { digitalLink } from './digital-link.js';
import { isRestricted, restrictedGtin } from './gtin.js';
import { identify } from './identity.js';

const LOT = 'https://id.gs1.org/01/04012345111118/10/XW-1';
const NOTHING = { key: null, gtin: null, lot: null, serial: null, sscc: null, gln: null };

describe('an identity', () => {
  it.each([
    'urn:epc:class:lgtin:4012345.011111.XW-1',
    'https://id.gs1.org/01/04012345111118/10/XW-1',
    'https://id.sheaf.example/01/4012345111118/10/XW-1?17=270131',
    'https://shop.example/a/b/gtin/4012345111118/lot/XW-1',
    digitalLink({ gtin: '4012345111118', lot: 'XW-1' }),
  ])('is one for every spelling: %s', (spelling) => {
    expect(identify(spelling)).toEqual({ ...NOTHING, uri: LOT, key: '01', gtin: '04012345111118', lot: 'XW-1' });
  });

  it('keeps the lot beside a serial, though the canonical link leaves it out', () => {
    expect(identify('https://sheaf.example/01/04012345111118/10/A/21/7')).toMatchObject({
      uri: 'https://id.gs1.org/01/04012345111118/21/7',
      lot: 'A',
      serial: '7',
    });
  });

  it('has the number of a unit, a place or a party', () => {
    expect(identify('urn:epc:id:sscc:4012345.3111111111')).toMatchObject({ key: '00', sscc: '340123451111111111' });
    expect(identify('urn:epc:id:sgln:4012345.00005.0')).toMatchObject({ key: '414', gln: '4012345000054' });
    expect(identify('urn:epc:id:pgln:4012345.00005')).toMatchObject({ key: '417', gln: '4012345000054' });
  });

  it.each(['urn:uuid:0190a6f0-7c1e-7a40-8f52-3f2b6f6e0a01', 'geo:26.6,106.7', 'https://mill.example/tanks/3', 'urn:epc:id:gid:1.2.3', ''])(
    'that is none of GS1 is its own name: %s',
    (uri) => expect(identify(uri)).toEqual({ ...NOTHING, uri }),
  );

  it('with a wrong check digit is refused, and the right one is told', () => {
    expect(() => identify('https://sheaf.example/01/04012345111119/10/A')).toThrow(
      expect.objectContaining({ code: 'CHECK_DIGIT_WRONG', detail: { key: '01', found: '04012345111119', expected: '8' } }),
    );
  });

  it('of a product is the same under its EPC URN and its link, whatever the prefix length', () => {
    const digits = (length: number) => fc.stringMatching(new RegExp(`^\\d{${String(length)}}$`));
    fc.assert(
      fc.property(digits(13), fc.integer({ min: 6, max: 12 }), fc.stringMatching(/^[A-Z0-9]{1,20}$/), (body, prefixLength, lot) => {
        const [indicator, rest] = [body.slice(0, 1), body.slice(1)];
        const urn = `urn:epc:class:lgtin:${rest.slice(0, prefixLength)}.${indicator}${rest.slice(prefixLength)}.${lot}`;
        expect(identify(urn).uri).toBe(`https://id.gs1.org/01/${body}${checkDigit(body)}/10/${lot}`);
      }),
    );
  });
});

describe('a number of restricted circulation', () => {
  it('is what the platform gives out, and what GS1 sets aside', () => {
    fc.assert(fc.property(fc.bigInt(0n, 99_999_999_999n), (sequence) => isRestricted(restrictedGtin(sequence))));
    for (const gtin of ['00212345678909', '00412345678907', '00000020000004']) expect(isRestricted(gtin)).toBe(true);
    for (const gtin of ['04012345111118', '06901234567892', '12345678901231', '00312345678900']) expect(isRestricted(gtin)).toBe(false);
  });
});
