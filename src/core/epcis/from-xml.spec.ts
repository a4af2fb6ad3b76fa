import { describe, expect, it } from '@jest/globals';
import { ExactNumber } from '../kernel/exact-json.js';
import type { XmlElement } from './from-xml.js';
import { eventsFromXml } from './from-xml.js';
import { readEvent } from './read-event.js';

const element = (name: string, content: string | readonly XmlElement[] = '', over: Partial<XmlElement> = {}): XmlElement => ({
  namespace: '',
  prefix: '',
  name,
  attributes: [],
  children: typeof content === 'string' ? [] : content,
  text: typeof content === 'string' ? content : '',
  ...over,
});
const attribute = (name: string, value: string, namespace = '', prefix = '') => ({ namespace, prefix, name, value });
const own = (name: string, content: string | readonly XmlElement[], namespace = 'urn:x:', prefix = 'ex'): XmlElement =>
  element(name, content, { namespace, prefix });
const documentOf = (...events: readonly XmlElement[]): XmlElement =>
  element('EPCISDocument', [element('EPCISBody', [element('EventList', events)])]);
const event = (...more: readonly XmlElement[]): XmlElement =>
  element('ObjectEvent', [
    element('eventTime', '2026-05-26T08:30:00+08:00'),
    element('eventTimeZoneOffset', ' +08:00\n'),
    element('epcList', [element('epc', ' urn:x:1 ')]),
    element('action', 'ADD'),
    ...more,
  ]);
const only = (...more: readonly XmlElement[]): Readonly<Record<string, unknown>> =>
  eventsFromXml(documentOf(event(...more))).events[0] ?? {};

describe('an event in XML', () => {
  it('has the form of the JSON binding, what was wrapped for 1.2 unwrapped, numbers digit for digit', () => {
    const quantities = element('quantityList', [
      element('quantityElement', [element('epcClass', 'urn:x:c'), element('quantity', '0012.50'), element('uom', 'KGM')]),
    ]);
    const documents = element('bizTransactionList', [element('bizTransaction', 'urn:x:po', { attributes: [attribute('type', 'po')] })]);
    const read = only(
      element('bizStep', 'urn:epcglobal:cbv:bizstep:commissioning'),
      element('readPoint', [element('id', 'urn:x:place'), own('shelf', '7')]),
      documents,
      element('extension', [quantities, element('extension', [element('ilmd', [own('grade', 'A')])])]),
      element('persistentDisposition', [element('set', 'damaged'), element('set', 'returned')]),
    );
    expect(read).toEqual({
      type: 'ObjectEvent',
      eventTime: '2026-05-26T08:30:00+08:00',
      eventTimeZoneOffset: '+08:00',
      epcList: ['urn:x:1'],
      action: 'ADD',
      bizStep: 'urn:epcglobal:cbv:bizstep:commissioning',
      readPoint: { id: 'urn:x:place', 'ex:shelf': '7' },
      bizTransactionList: [{ type: 'po', bizTransaction: 'urn:x:po' }],
      quantityList: [{ epcClass: 'urn:x:c', quantity: new ExactNumber('12.50'), uom: 'KGM' }],
      ilmd: { 'ex:grade': 'A' },
      persistentDisposition: { set: ['damaged', 'returned'] },
    });
    expect(readEvent(read as never)).toMatchObject({ bizStep: 'commissioning' });
  });

  it('keeps what a sensor said, attributes of others included', () => {
    const report = element('sensorReport', '', {
      attributes: [
        attribute('type', 'gs1:Temperature'),
        attribute('value', '26.0'),
        attribute('booleanValue', 'true'),
        attribute('note', 'warm', 'urn:x:', 'ex'),
      ],
    });
    const metadata = element('sensorMetadata', '', { attributes: [attribute('deviceID', 'urn:x:d')] });
    expect(
      only(element('sensorElementList', [element('sensorElement', [metadata, report, report, own('inner', 'x')])])).sensorElementList,
    ).toEqual([
      {
        sensorMetadata: { deviceID: 'urn:x:d' },
        'ex:inner': 'x',
        sensorReport: Array.from({ length: 2 }, () => ({
          type: 'gs1:Temperature',
          value: new ExactNumber('26.0'),
          booleanValue: true,
          'ex:note': 'warm',
        })),
      },
    ]);
  });

  it('gives each namespace one prefix, whatever the document called it', () => {
    const xsi = 'http://www.w3.org/2001/XMLSchema-instance';
    const typed = element('count', '10', { namespace: 'urn:x:', prefix: 'ex', attributes: [attribute('type', 'xsd:integer', xsi, 'xsi')] });
    const { context, events } = eventsFromXml(
      documentOf(
        event(typed, own('count', '11'), own('other', [own('deep', 'x', 'urn:y:', 'ex')], 'urn:x:', 'again')),
        event(own('lotNumber', 'L', 'urn:epcglobal:cbv:mda', 'cbvmda')),
      ),
    );
    expect(context).toEqual({ ex: 'urn:x:', ex2: 'urn:y:' });
    expect(events[0]).toMatchObject({ 'ex:count': ['10', '11'], 'ex:other': { 'ex2:deep': 'x' } });
    expect(events[1]).toMatchObject({ 'cbvmda:lotNumber': 'L' });
  });

  it('has no field where the XML says that there is no value', () => {
    const nil = attribute('nil', 'true', 'http://www.w3.org/2001/XMLSchema-instance', 'xsi');
    expect(only(element('bizStep', '', { attributes: [nil] }))).not.toHaveProperty('bizStep');
  });

  it('may stand alone, and a document may hold none', () => {
    expect(eventsFromXml(event())).toMatchObject({ type: 'Event', events: [{ type: 'ObjectEvent' }] });
    expect(eventsFromXml(element('EPCISQueryDocument', []))).toEqual({ type: 'EPCISQueryDocument', context: {}, events: [] });
  });

  it.each(['__proto__', 'constructor', 'toString'])('with an element called %s is refused', (name) => {
    expect(() => only(element(name, 'x'))).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });

  it.each(['1_000', 'NaN', '', '0x1f', '1,5'])('with %j for a number is refused by the reader', (text) => {
    const quantities = element('quantityList', [element('quantityElement', [element('epcClass', 'urn:x:c'), element('quantity', text)])]);
    expect(() => readEvent(only(quantities) as never)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });
});
