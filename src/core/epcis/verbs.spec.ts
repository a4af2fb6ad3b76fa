import { describe, expect, it } from '@jest/globals';
import { BrokenInvariant } from '../kernel/assert.js';
import { parseInstant } from '../kernel/instant.js';
import { parseBizStep, parseBizTransactionType } from './cbv.js';
import { deliveryEvent } from './delivery.js';
import { EPCIS_CONTEXT, toEpcisDocument } from './epcis-json.js';
import { eventHash } from './event-hash.js';
import { packingEvent, unpackingEvent } from './packing.js';
import { facilityPlace, organisationParty } from './place.js';
import { plantingEvent, seasonOpeningEvent } from './planting.js';
import { receivingEvent } from './receiving.js';
import { sellingEvent } from './selling.js';
import { shippingEvent } from './shipping.js';
import { transformingEvent } from './transforming.js';

const ID = '0190a6f0-7c1e-7a40-8f52-3f2b6f6e0a01';
const OTHER = '0190a6f0-7c1e-7a40-8f52-3f2b6f6e0a02';
const doing = { captureId: ID.toUpperCase(), eventTime: parseInstant('2026-05-26T08:30:00+08:00') };
const place = facilityPlace(ID);
const shop = facilityPlace(OTHER, '4012345000054');
const cooperative = organisationParty(ID);
const mill = organisationParty(OTHER, '4012345000054');
const goods = { epcClass: 'https://id.gs1.org/01/04012345111118/10/A', quantity: { dimension: 'MASS', amount: 12_500_000n } } as const;
const element = { epcClass: goods.epcClass, quantity: 12.5, uom: 'KGM' };
const here = { id: `urn:uuid:${ID}` };
const there = { id: 'https://id.gs1.org/414/4012345000054' };
const opening = { eventTime: '2026-05-26T08:30:00.000+08:00', eventTimeZoneOffset: '+08:00', 'sheaf:captureId': ID };
const seasonUri = `urn:uuid:${ID}`;
const product = 'https://id.gs1.org/01/04012345111118';
const sscc = '340123451111111111';
const unitLink = `https://id.gs1.org/00/${sscc}`;
const deliveryDigest = '0f'.repeat(32);

describe('the events of the verbs', () => {
  it('a season opened is a commissioning, a later planting is not', () => {
    const opened = {
      type: 'ObjectEvent',
      ...opening,
      epcList: [seasonUri],
      action: 'ADD',
      bizStep: 'commissioning',
      disposition: 'active',
    };
    expect(seasonOpeningEvent({ ...doing, seasonUri, product })).toEqual({ ...opened, ilmd: { 'sheaf:product': product } });
    expect(plantingEvent({ ...doing, seasonUri, product, place })).toEqual({
      ...opened,
      action: 'OBSERVE',
      bizStep: 'other',
      readPoint: here,
      'sheaf:operation': 'planting',
      'sheaf:product': product,
    });
  });

  it('a delivery adds to its lot, commissioning it the first time only', () => {
    const first = deliveryEvent({ ...doing, place, goods, newLot: true, deliveryDigest });
    expect(first).toEqual({
      type: 'ObjectEvent',
      ...opening,
      quantityList: [element],
      action: 'ADD',
      bizStep: 'commissioning',
      disposition: 'active',
      readPoint: here,
      bizLocation: here,
      'sheaf:deliveryDigest': deliveryDigest,
    });
    expect(deliveryEvent({ ...doing, place, goods, newLot: false, deliveryDigest }).bizStep).toBe('creating_class_instance');
    expect(() => deliveryEvent({ ...doing, place, goods, newLot: true, deliveryDigest: 'a name' })).toThrow(BrokenInvariant);
  });

  it('a transformation has inputs and outputs, and the step that was named', () => {
    const made = { ...goods, epcClass: 'https://id.gs1.org/01/04012345111118/10/M' };
    const event = transformingEvent({ ...doing, place, inputs: [goods], outputs: [made] });
    expect(event).toMatchObject({
      type: 'TransformationEvent',
      inputQuantityList: [element],
      outputQuantityList: [{ ...element, epcClass: made.epcClass }],
      bizStep: 'creating_class_instance',
    });
    expect(transformingEvent({ ...doing, place, inputs: [goods], outputs: [made], bizStep: 'repackaging' }).bizStep).toBe('repackaging');
    expect(() => transformingEvent({ ...doing, place, inputs: [], outputs: [made] })).toThrow(BrokenInvariant);
  });

  it('packing adds to a unit, unpacking takes out: all of it where nothing is named', () => {
    expect(packingEvent({ ...doing, place, sscc, contents: [goods] })).toEqual({
      type: 'AggregationEvent',
      ...opening,
      parentID: unitLink,
      childQuantityList: [element],
      action: 'ADD',
      bizStep: 'packing',
      disposition: 'in_progress',
      readPoint: here,
      bizLocation: here,
    });
    const emptied = unpackingEvent({ ...doing, place, sscc, contents: [] });
    expect(emptied).toMatchObject({ action: 'DELETE', bizStep: 'unpacking', parentID: unitLink });
    expect(Object.keys(emptied)).not.toEqual(expect.arrayContaining(['childQuantityList']));
    expect(() => packingEvent({ ...doing, place, sscc, contents: [] })).toThrow(BrokenInvariant);
  });

  it('shipment and receipt name the same parties; goods on the road are nowhere', () => {
    const facts = { ...doing, goods: [goods], from: cooperative, to: mill };
    const parties = {
      sourceList: ['owning_party', 'possessing_party'].map((type) => ({ type, source: `urn:uuid:${ID}` })),
      destinationList: ['owning_party', 'possessing_party'].map((type) => ({ type, destination: 'https://id.gs1.org/417/4012345000054' })),
    };
    const shipment = shippingEvent({ ...facts, place, ssccs: [sscc], documents: [{ type: 'desadv', uri: 'urn:x:1' }] });
    expect(shipment).toEqual({
      type: 'ObjectEvent',
      ...opening,
      epcList: [unitLink],
      quantityList: [element],
      action: 'OBSERVE',
      bizTransactionList: [{ type: 'desadv', bizTransaction: 'urn:x:1' }],
      ...parties,
      bizStep: 'shipping',
      disposition: 'in_transit',
      readPoint: here,
    });
    expect(shippingEvent({ ...facts, place, toPlace: shop }).destinationList).toContainEqual({ type: 'location', destination: there.id });
    const receipt = receivingEvent({ ...facts, place: shop });
    expect(receipt).toMatchObject({ ...parties, bizStep: 'receiving', disposition: 'in_progress', readPoint: there, bizLocation: there });
    expect(() => receivingEvent({ ...facts, place, goods: [] })).toThrow(BrokenInvariant);
  });

  it('a sale names the seller and no buyer', () => {
    const event = sellingEvent({ ...doing, goods: [goods], seller: mill, place: shop });
    expect(event).toMatchObject({ action: 'OBSERVE', bizStep: 'retail_selling', disposition: 'retail_sold', readPoint: there });
    expect(event.destinationList).toBeUndefined();
    expect(() => sellingEvent({ ...doing, goods: [], seller: mill })).toThrow(BrokenInvariant);
  });

  it('two equal doings have two names', () => {
    const facts = { ...doing, goods: [goods], seller: mill };
    const hashes = [ID, OTHER, ID].map((captureId) => eventHash(sellingEvent({ ...facts, captureId }), EPCIS_CONTEXT).hash);
    expect(hashes[0]).toBe(hashes[2]);
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  it('nothing is made of ids that are none', () => {
    const rejected = expect.objectContaining({ code: 'BAD_INPUT' });
    expect(() => sellingEvent({ ...doing, captureId: 'x', goods: [goods], seller: mill })).toThrow(rejected);
    expect(() => facilityPlace('1')).toThrow(rejected);
    expect(() => packingEvent({ ...doing, place, sscc: '1', contents: [goods] })).toThrow(
      expect.objectContaining({ code: 'GS1_KEY_INVALID' }),
    );
  });
});

describe('a document', () => {
  it('carries its events in their order, with both contexts and the time it is given', () => {
    const events = [sellingEvent({ ...doing, goods: [goods], seller: mill }), seasonOpeningEvent({ ...doing, seasonUri, product })];
    expect(toEpcisDocument(events, { creationDate: parseInstant('2026-05-27T00:00:00Z') })).toEqual({
      '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld', { sheaf: 'https://ns.sheaf.farm/epcis/' }],
      type: 'EPCISDocument',
      schemaVersion: '2.0',
      creationDate: '2026-05-27T00:00:00.000+00:00',
      epcisBody: { eventList: events },
    });
  });
});

describe('words of the vocabulary', () => {
  it('are read bare, and nothing else is', () => {
    expect(parseBizStep('repackaging')).toBe('repackaging');
    expect(parseBizTransactionType('po')).toBe('po');
    for (const text of ['sowing', 'Shipping', 'urn:epcglobal:cbv:bizstep:shipping', '']) {
      expect(() => parseBizStep(text)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
    }
  });
});
