import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BrokenInvariant } from '../kernel/assert.js';
import { DomainError } from '../kernel/errors.js';
import {
  canonicalise,
  digitalLink,
  DIGITAL_LINK_LENGTH_MAX,
  locationLink,
  onHost,
  parseDigitalLink,
  partyLink,
  ssccLink,
} from './digital-link.js';
import { restrictedGtin } from './gtin.js';

const GTIN = '04012345111118';
const SET_82 = `!"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz`;
const text82 = fc.string({ unit: fc.constantFrom(...Array.from(SET_82)), minLength: 1, maxLength: 20 });

describe('a Digital Link that is written', () => {
  it('opens with the 14-digit GTIN, then lot, then serial', () => {
    expect(digitalLink({ gtin: '4012345111118' })).toBe(`https://id.gs1.org/01/${GTIN}`);
    expect(digitalLink({ gtin: GTIN, lot: 'A1', serial: '7' })).toBe(`https://id.gs1.org/01/${GTIN}/10/A1/21/7`);
  });

  it('escapes every reserved character, in upper-case hexadecimal', () => {
    expect(digitalLink({ gtin: GTIN, lot: `!"%&'()*+,-./:;<=>?_` })).toBe(
      `https://id.gs1.org/01/${GTIN}/10/%21%22%25%26%27%28%29%2A%2B%2C-.%2F%3A%3B%3C%3D%3E%3F_`,
    );
  });

  it('names logistic units, locations and parties too', () => {
    expect(ssccLink('340123451111111111')).toBe('https://id.gs1.org/00/340123451111111111');
    expect(locationLink('4012345000054')).toBe('https://id.gs1.org/414/4012345000054');
    expect(partyLink('4012345000054')).toBe('https://id.gs1.org/417/4012345000054');
  });

  it('is not written for a wrong GTIN, lot or serial', () => {
    expect(() => digitalLink({ gtin: '4012345111119' })).toThrow(expect.objectContaining({ code: 'CHECK_DIGIT_WRONG' }));
    expect(() => digitalLink({ gtin: GTIN, lot: '批' })).toThrow(expect.objectContaining({ code: 'LOT_INVALID' }));
    expect(() => digitalLink({ gtin: GTIN, serial: '' })).toThrow(expect.objectContaining({ code: 'DIGITAL_LINK_INVALID' }));
  });

  it('comes back from parsing as what went in, and is its own canonical form without a serial', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 99_999_999_999n), text82, text82, (sequence, lot, serial) => {
        const gtin = restrictedGtin(sequence);
        const link = parseDigitalLink(digitalLink({ gtin, lot, serial }));
        expect(link).toEqual({
          primary: { ai: '01', value: gtin },
          qualifiers: [
            { ai: '10', value: lot },
            { ai: '21', value: serial },
          ],
          attributes: [],
        });
        const withoutSerial = digitalLink({ gtin, lot });
        expect(canonicalise(withoutSerial)).toBe(withoutSerial);
        expect(canonicalise(digitalLink({ gtin, lot, serial }))).toBe(digitalLink({ gtin, serial }));
      }),
    );
  });

  it('moves to a host of our own with its path', () => {
    const link = digitalLink({ gtin: GTIN, lot: 'A/1' });
    expect(onHost(link, 'https://sheaf.example')).toBe(`https://sheaf.example/01/${GTIN}/10/A%2F1`);
    expect(onHost(link, 'http://localhost:3000/t/')).toBe(`http://localhost:3000/t/01/${GTIN}/10/A%2F1`);
    expect(() => onHost('https://elsewhere.example/01/1', 'https://sheaf.example')).toThrow(BrokenInvariant);
  });
});

describe('a Digital Link that is read', () => {
  it('may be a path, an absolute link, have a path before it, a slash behind it', () => {
    const expected = { primary: { ai: '01', value: GTIN }, qualifiers: [{ ai: '10', value: 'A/1' }], attributes: [] };
    expect(parseDigitalLink(`/01/${GTIN}/10/A%2F1`)).toEqual(expected);
    expect(parseDigitalLink(`https://sheaf.example/x/y/gtin/4012345111118/lot/A%2F1/`)).toEqual(expected);
  });

  it('gives GS1 attributes of the query and leaves the other parameters', () => {
    expect(parseDigitalLink(`/01/${GTIN}?15=270131&linkType=gs1:pip&3103=000500#top`).attributes).toEqual([
      { ai: '15', value: '270131' },
      { ai: '3103', value: '000500' },
    ]);
  });

  it.each([
    ['a wrong check digit', '/01/04012345111119'],
    ['a short GTIN', '/01/97803'],
    ['an unknown key', '/99/04012345111118'],
    ['an unknown qualifier', `/01/${GTIN}/99/x`],
    ['qualifiers out of order', `/01/${GTIN}/21/7/10/A1`],
    ['a qualifier twice', `/01/${GTIN}/10/A/10/B`],
    ['a qualifier of another key', `/00/340123451111111111/10/A`],
    ['third-party serial with a lot', `/01/${GTIN}/10/A/235/X`],
    ['a lot that is too long', `/01/${GTIN}/10/${'A'.repeat(21)}`],
    ['a lot outside the set', `/01/${GTIN}/10/%E6%89%B9`],
    ['an empty lot', `/01/${GTIN}/10//21/7`],
    ['broken escapes', `/01/${GTIN}/10/%zz`],
    ['a serial in the query', `/01/${GTIN}?21=7`],
    ['a date that is none', `/01/${GTIN}?15=soon`],
    ['no path', 'https://id.gs1.org'],
    ['another scheme', `ftp://id.gs1.org/01/${GTIN}`],
    ['too much', `/01/${GTIN}?x=${'y'.repeat(DIGITAL_LINK_LENGTH_MAX)}`],
    ['a name of an object', `/constructor/${GTIN}`],
    ['nothing', ''],
  ])('is refused for %s', (_, link) => {
    expect(() => parseDigitalLink(link)).toThrow(expect.objectContaining({ code: 'DIGITAL_LINK_INVALID' }));
  });

  it('either parses or is rejected with a code, whatever the text', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), fc.string(), (url, tail) => {
        for (const text of [url, url + tail, tail, `/01/${tail}`]) {
          try {
            parseDigitalLink(text);
          } catch (error) {
            expect(error).toBeInstanceOf(DomainError);
          }
        }
      }),
    );
  });
});

describe('the canonical form', () => {
  it.each([
    ['urn:epc:class:lgtin:4012345.012345.L%2F1', 'https://id.gs1.org/01/04012345123456/10/L%2F1'],
    ['https://sheaf.example/01/4012345111118/10/a(1)', `https://id.gs1.org/01/${GTIN}/10/a%281%29`],
    [`HTTP://Sheaf.Example:8080/01/${GTIN}/10/A?17=260101#x`, `https://id.gs1.org/01/${GTIN}/10/A`],
    ['https://id.gs1.org/414/4012345000054/254/0', 'https://id.gs1.org/414/4012345000054'],
    ['urn:epc:id:sgtin:4012345.011111.a.b', `https://id.gs1.org/01/${GTIN}/21/a.b`],
  ])('of %s is %s', (text, link) => expect(canonicalise(text)).toBe(link));

  it.each([
    'urn:epc:id:gid:12345.67890.1',
    'urn:epc:id:sgtin:4012345.011111',
    'urn:epc:id:sgtin:4012345.0111111.1',
    'urn:epc:id:sgtin:4012345.011111.%zz',
    'urn:epc:idpat:sgtin:4012345.*.*',
    'urn:epc:id:constructor:1',
    'https://sheaf.example/401/unauthorised',
    'https://sheaf.example/facilities/0190a6f0-7c1e-7a40-8f52-3f2b6f6e0a01',
    `/01/${GTIN}`,
    'geo:47.5,11.1',
    '',
  ])('of %j does not exist', (text) => expect(canonicalise(text)).toBeNull());

  it('is the same on the canonical host as on any other, for every path', () => {
    const value = fc.oneof(text82.map(encodeURIComponent), fc.stringMatching(/^\d{13,18}$/), text82);
    const path = fc.tuple(fc.constantFrom('01', '00', '414', '417', '8004'), value, fc.constantFrom('10', '21', '254', '22'), value);
    fc.assert(
      fc.property(path, fc.boolean(), ([key, first, qualifier, second], short) => {
        const tail = short ? `/${key}/${first}` : `/${key}/${first}/${qualifier}/${second}`;
        expect(canonicalise(`https://id.gs1.org${tail}`)).toBe(canonicalise(`https://sheaf.example${tail}`));
      }),
    );
  });

  it('does not judge check digits, so that a wrong link still has one spelling', () => {
    expect(canonicalise('https://a.example/01/4012345111119')).toBe('https://id.gs1.org/01/04012345111119');
    expect(canonicalise('https://b.example/gtin/04012345111119')).toBe('https://id.gs1.org/01/04012345111119');
  });
});
