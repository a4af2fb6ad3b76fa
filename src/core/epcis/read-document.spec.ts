import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ARBITRARY_CONTEXT, arbitraryEvent } from '../../../test/support/builders/arbitrary-events.js';
import { DomainError } from '../kernel/errors.js';
import { ExactNumber } from '../kernel/exact-json.js';
import { parseInstant } from '../kernel/instant.js';
import { writeExactJson } from '../kernel/write-exact-json.js';
import { EPCIS_CONTEXT, SHEAF_NAMESPACE, toEpcisDocument, writeEpcisDocument } from './epcis-json.js';
import type { EpcisEvent } from './event.js';
import { eventHash } from './event-hash.js';
import { EPCIS_DOCUMENT_DEPTH_MAX, readDocument } from './read-document.js';

const CREATED = '2026-05-27T00:00:00.000+08:00';
const EVENT = {
  type: 'ObjectEvent',
  eventTime: '2026-05-26T08:30:00.000+08:00',
  eventTimeZoneOffset: '+08:00',
  epcList: ['urn:epc:class:lgtin:4012345.011111.A'],
  action: 'ADD',
  bizStep: 'commissioning',
};

const documentOf = (events: readonly unknown[], context: unknown = ARBITRARY_CONTEXT, more: object = {}): string =>
  writeExactJson({
    '@context': context,
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: CREATED,
    epcisBody: { eventList: events },
    ...more,
  });
const only = (text: string): EpcisEvent | DomainError => readDocument(text).events[0] ?? new DomainError('NOT_FOUND');
const refusalOf = (text: string): unknown => {
  try {
    const refused = readDocument(text).events.find((event) => event instanceof DomainError);
    return refused ? { code: refused.code, path: refused.path } : 'accepted';
  } catch (error) {
    return error instanceof DomainError ? { code: error.code, path: error.path, reason: error.detail.reason } : error;
  }
};

describe('an event that is read', () => {
  it('is the event that was written, digit for digit, and has its hash', () => {
    fc.assert(
      fc.property(arbitraryEvent, (event) => {
        const read = only(documentOf([event]));
        expect(read).toEqual({ '@context': ARBITRARY_CONTEXT.slice(1), ...event });
        expect(eventHash(read as EpcisEvent, EPCIS_CONTEXT).hash).toBe(eventHash(event, ARBITRARY_CONTEXT).hash);
        const again = toEpcisDocument([read as EpcisEvent], { creationDate: parseInstant(CREATED) });
        expect(only(writeEpcisDocument(again))).toEqual(read);
      }),
    );
  });

  it('keeps numbers that a double cannot hold', () => {
    const quantityList = [{ epcClass: 'urn:x:1', quantity: new ExactNumber('12345678901234567890.10') }];
    const text = documentOf([{ ...EVENT, quantityList }]);
    expect(text).toContain('"quantity":12345678901234567890.10');
    expect(only(text)).toMatchObject({ quantityList });
  });

  it('of our own has no context of its own', () => {
    const event = { ...EVENT, 'sheaf:captureId': '0190a6f0-7c1e-7a40-8f52-3f2b6f6e0a01' };
    expect(only(documentOf([event], EPCIS_CONTEXT))).toEqual(event);
    expect(only(documentOf([event], ['https://ref.gs1.org/standards/epcis/epcis-context.jsonld', { sheaf: SHEAF_NAMESPACE }]))).toEqual(
      event,
    );
  });

  it('keeps a prefix of ours that its document gave another meaning', () => {
    const context = [{ sheaf: 'https://elsewhere.example/' }, { sheaf: SHEAF_NAMESPACE }];
    expect(only(documentOf([EVENT], context))).toMatchObject({ '@context': context });
  });

  it('has the bare word where a word was spelled as URN, and keeps every other spelling', () => {
    const spelled = { ...EVENT, bizStep: 'urn:epcglobal:cbv:bizstep:shipping', disposition: 'cbv:Disp-in_transit' };
    expect(only(documentOf([spelled]))).toMatchObject({ bizStep: 'shipping', disposition: 'cbv:Disp-in_transit' });
  });

  it('may stand alone, or in the answer to a query', () => {
    expect(readDocument(writeExactJson({ '@context': [], ...EVENT }))).toMatchObject({ type: 'Event', events: [EVENT] });
    const resultsBody = { eventList: [EVENT] };
    const answer = {
      '@context': [],
      type: 'EPCISQueryDocument',
      epcisBody: { queryResults: { queryName: 'SimpleEventQuery', resultsBody } },
    };
    expect(readDocument(`\uFEFF${writeExactJson(answer)}`)).toEqual({
      type: 'EPCISQueryDocument',
      header: null,
      query: { queryName: 'SimpleEventQuery', subscriptionID: null },
      events: [EVENT],
    });
  });

  it('stands when its neighbour falls, and the rejection says where', () => {
    const { events } = readDocument(documentOf([EVENT, { ...EVENT, action: 'MOVE' }, EVENT]));
    expect(events.map((event) => event instanceof DomainError)).toEqual([false, true, false]);
    expect(events[1]).toMatchObject({ code: 'BAD_INPUT', path: ['epcisBody', 'eventList', '1', 'action'] });
  });
});

const at = (...path: string[]): unknown => ({ code: 'BAD_INPUT', path: ['epcisBody', 'eventList', '0', ...path] });
const report = (fields: object): object => ({ sensorElementList: [{ sensorReport: [{ type: 'Temperature', ...fields }] }] });
const transformed = { type: 'TransformationEvent', action: undefined, epcList: undefined, inputEPCList: ['urn:x:1'] };

describe('an event that the standard does not allow', () => {
  it.each([
    ['no type', { type: undefined }, ['type']],
    ['a type of nobody', { type: 'HarvestEvent' }, ['type']],
    ['a name of an object as type', { type: 'constructor' }, ['type']],
    ['no time', { eventTime: undefined }, []],
    ['a time without offset', { eventTime: '2026-05-26T08:30:00' }, ['eventTime']],
    ['an offset of 15 hours', { eventTimeZoneOffset: '+15:00' }, ['eventTimeZoneOffset']],
    ['a word of nobody', { bizStep: 'sowing' }, ['bizStep']],
    ['a URN of no word', { disposition: 'urn:epcglobal:cbv:disp:fresh' }, ['disposition']],
    ['an EPC that is no URI', { epcList: ['04012345111118'] }, ['epcList', '0']],
    ['an EPC twice', { epcList: ['urn:x:1', 'urn:x:1'] }, ['epcList']],
    ['a field without namespace', { grade: 'A' }, ['grade']],
    ['a field of another type', { parentID: 'urn:x:1' }, ['parentID']],
    ['a field of nobody in a quantity', { quantityList: [{ epcClass: 'urn:x:1', weight: 1 }] }, ['quantityList', '0', 'weight']],
    ['a unit that is none', { quantityList: [{ epcClass: 'urn:x:1', uom: 'kilo' }] }, ['quantityList', '0', 'uom']],
    ['a quantity in quotes', { quantityList: [{ epcClass: 'urn:x:1', quantity: '1' }] }, ['quantityList', '0', 'quantity']],
    ['nothing that it is of', { epcList: undefined }, []],
    ['lot master data of what is only seen', { action: 'OBSERVE', ilmd: {} }, ['ilmd']],
    ['a sensor without report', { sensorElementList: [{ sensorReport: [] }] }, ['sensorElementList', '0', 'sensorReport']],
    ['a reading in quotes', report({ value: '3.3' }), ['sensorElementList', '0', 'sensorReport', '0', 'value']],
    ['hexadecimal that is none', report({ hexBinaryValue: 'xy' }), ['sensorElementList', '0', 'sensorReport', '0', 'hexBinaryValue']],
    ['neither set nor unset', { persistentDisposition: {} }, ['persistentDisposition']],
    ['an error without its time', { errorDeclaration: {} }, ['errorDeclaration']],
    ['inputs without outputs', transformed, []],
    ['a null where a value belongs', { readPoint: null }, ['readPoint']],
  ])('is refused for %s', (_, change, path) => {
    expect(refusalOf(documentOf([{ ...EVENT, ...change }]))).toEqual(at(...path));
  });

  it('with inputs alone is one part of a transformation that has a name', () => {
    expect(refusalOf(documentOf([{ ...EVENT, ...transformed, transformationID: 'urn:x:t' }]))).toBe('accepted');
  });

  it.each(['0', '-1', '0.000', '-0'])('is refused for a quantity of %s', (quantity) => {
    const text = documentOf([{ ...EVENT, quantityList: [{ epcClass: 'urn:x:1', quantity: new ExactNumber(quantity) }] }]);
    expect(refusalOf(text)).toMatchObject({ code: 'QUANTITY_NOT_POSITIVE' });
  });
});

describe('a document that means harm', () => {
  const deep = (levels: number): unknown => (levels === 0 ? 'x' : [deep(levels - 1)]);

  it.each([
    ['__proto__', '{"__proto__":{"polluted":true}}'],
    ['constructor', '{"a":{"constructor":{"prototype":{"polluted":true}}}}'],
    ['a text with U+0000', '"a\\u0000b"'],
    ['half a surrogate pair', '"\\ud800"'],
    ['a number of 400 digits', '1e400'],
    ['a text of a megabyte', JSON.stringify('x'.repeat(1_000_000))],
  ])('is refused for %s in an extension', (_, value) => {
    const text = documentOf([{ ...EVENT, 'ex:note': 'HERE' }]).replace('"HERE"', value);
    expect(refusalOf(text)).toMatchObject({ code: 'BAD_INPUT' });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('is refused for __proto__ as a field, a header, a prefix', () => {
    const event = documentOf([EVENT]).replace('"action":"ADD"', '"action":"ADD","__proto__":{"epcList":[]}');
    expect(refusalOf(event)).toMatchObject({ code: 'BAD_INPUT' });
    expect(refusalOf(documentOf([EVENT], [{}]).replace('[{}]', '[{"__proto__":"urn:x:"}]'))).toMatchObject({ code: 'BAD_INPUT' });
    const header = documentOf([EVENT], [], { epcisHeader: { a: 1 } }).replace('"a":1', '"__proto__":{}');
    expect(refusalOf(header)).toMatchObject({ code: 'BAD_INPUT' });
  });

  it('is refused for its depth and its size', () => {
    expect(refusalOf(documentOf([{ ...EVENT, 'ex:note': deep(EPCIS_DOCUMENT_DEPTH_MAX) }]))).toMatchObject({ reason: 'TOO_DEEP' });
    expect(refusalOf(documentOf([{ ...EVENT, 'ex:note': deep(17) }]))).toMatchObject({ code: 'BAD_INPUT' });
    expect(refusalOf(`[${'1,'.repeat(600_000)}1]`)).toMatchObject({ reason: 'TOO_MANY_VALUES' });
    expect(refusalOf(documentOf(Array.from({ length: 5_001 }, () => EVENT)))).toMatchObject({ code: 'TOO_MANY_ITEMS' });
  });

  it.each([
    ['no context', { '@context': undefined }],
    ['a context that is a number', { '@context': 1 }],
    ['no version', { schemaVersion: undefined }],
    ['a version of before', { schemaVersion: '1.2' }],
    ['no date', { creationDate: 'today' }],
    ['a field of nobody', { note: 'x' }],
    ['no body', { epcisBody: undefined }],
    ['a body without list', { epcisBody: {} }],
    ['an event in the place of the list', { epcisBody: { eventList: EVENT } }],
  ])('is refused for %s', (_, change) => {
    expect(refusalOf(documentOf([EVENT], ARBITRARY_CONTEXT, change))).toMatchObject({ code: 'BAD_INPUT' });
  });

  it('either is read or is rejected with a code, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.json(),
        arbitraryEvent,
        fc.constantFrom('action', 'eventTime', 'epcList', 'sensorElementList', 'ex:note'),
        (text, event, field) => {
          for (const document of [text, documentOf([{ ...event, [field]: 'HERE' }]).replace('"HERE"', text)]) {
            expect(refusalOf(document)).not.toBeInstanceOf(Error);
          }
        },
      ),
    );
  });
});
