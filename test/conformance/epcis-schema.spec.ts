import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import {
  BIZ_STEPS,
  BIZ_TRANSACTION_TYPES,
  DISPOSITIONS,
  ERROR_REASONS,
  MEASUREMENT_TYPES,
  SENSOR_ALERT_TYPES,
  SENSOR_COMPONENTS,
  SOURCE_DESTINATION_TYPES,
} from '../../src/core/epcis/cbv-terms.js';
import { deliveryEvent } from '../../src/core/epcis/delivery.js';
import { toEpcisDocument } from '../../src/core/epcis/epcis-json.js';
import type { EpcisEvent } from '../../src/core/epcis/event.js';
import { eventHash } from '../../src/core/epcis/event-hash.js';
import { EPCIS_CONTEXT } from '../../src/core/epcis/epcis-json.js';
import { packingEvent, unpackingEvent } from '../../src/core/epcis/packing.js';
import { facilityPlace, organisationParty } from '../../src/core/epcis/place.js';
import { plantingEvent, seasonOpeningEvent } from '../../src/core/epcis/planting.js';
import { receivingEvent } from '../../src/core/epcis/receiving.js';
import { sellingEvent } from '../../src/core/epcis/selling.js';
import { shippingEvent } from '../../src/core/epcis/shipping.js';
import { transformingEvent } from '../../src/core/epcis/transforming.js';
import { digitalLink } from '../../src/core/gs1/digital-link.js';
import { parseInstant } from '../../src/core/kernel/instant.js';
import { parseQuantity } from '../../src/core/kernel/quantity.js';
import { conformance, describeConformance } from '../support/conformance.js';

const PUBLIC_URL = 'https://sheaf.example';
const ID = '0190a6f0-7c1e-7a40-8f52-3f2b6f6e0a01';
const GTIN = '02000000000015';
const when = { captureId: ID, eventTime: parseInstant('2026-05-26T08:30:00+08:00') };
const place = facilityPlace(ID);
const placeWithGln = facilityPlace(ID, '4012345000054');
const cooperative = organisationParty(ID, '4012345000054');
const mill = organisationParty(ID);
const season = { ...when, seasonUri: `urn:uuid:${ID}`, product: digitalLink({ gtin: GTIN }) };
const weighed = {
  epcClass: digitalLink({ gtin: GTIN, lot: 'XW-2026/07"A' }),
  quantity: parseQuantity({ value: '12.500001', unit: 'KGM' }),
};
const counted = { epcClass: digitalLink({ gtin: GTIN, lot: 'P1' }), quantity: parseQuantity({ value: '40', unit: 'H87' }) };
const handing = { ...when, place, goods: [weighed, counted], from: cooperative, to: mill };
const unit = { ...when, place, sscc: '040123450000003338', contents: [weighed] };
const digest = 'ab'.repeat(32);

const EVENTS: readonly (readonly [string, EpcisEvent])[] = [
  ['a season opened', seasonOpeningEvent(season)],
  ['a season opened at a facility', seasonOpeningEvent({ ...season, place })],
  ['a planting', plantingEvent({ ...season, place: placeWithGln })],
  ['the first delivery of a lot', deliveryEvent({ ...when, place, goods: weighed, newLot: true, deliveryDigest: digest })],
  ['a later delivery', deliveryEvent({ ...when, place: placeWithGln, goods: weighed, newLot: false, deliveryDigest: digest })],
  ['a transformation', transformingEvent({ ...when, place, inputs: [weighed], outputs: [counted, weighed] })],
  [
    'a transformation of unknown input',
    transformingEvent({ ...when, place, inputs: [{ ...weighed, epcClass: season.product }], outputs: [counted] }),
  ],
  ['a packing', packingEvent(unit)],
  ['a packing of units', packingEvent({ ...unit, contents: [], childSsccs: ['340123451111111111'] })],
  ['an unpacking of everything', unpackingEvent({ ...unit, contents: [] })],
  [
    'a shipment',
    shippingEvent({
      ...handing,
      toPlace: placeWithGln,
      ssccs: ['040123450000003338'],
      documents: [{ type: 'desadv', uri: `${PUBLIC_URL}/documents/17` }],
    }),
  ],
  ['a receipt', receivingEvent({ ...handing, place: placeWithGln })],
  ['a sale', sellingEvent({ ...when, goods: [counted], seller: mill })],
  ['a sale from a shop', sellingEvent({ ...when, goods: [weighed, counted], seller: cooperative, place: placeWithGln })],
];

interface Schema {
  readonly definitions: Readonly<Record<string, { readonly anyOf: readonly { readonly enum?: readonly string[] }[] }>>;
}

describeConformance('EPCIS 2.0 JSON schema', () => {
  const schema = JSON.parse(readFileSync(conformance('epcis/gs1-EPCIS/EPCIS-JSON-Schema.json'), 'utf8')) as Schema;
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  const validate = ajv.compile(schema);
  const errorsOf = (document: unknown): unknown => (validate(JSON.parse(JSON.stringify(document))) ? null : validate.errors);

  describe('every event that is made here', () => {
    it.each(EVENTS)('%s is valid, without an id and with its hash as one', (_, event) => {
      const creationDate = parseInstant('2026-05-27T00:00:00Z');
      expect(errorsOf(toEpcisDocument([event], { creationDate }))).toBeNull();
      const { hash } = eventHash(event, EPCIS_CONTEXT);
      expect(errorsOf(toEpcisDocument([{ ...event, eventID: hash }], { creationDate }))).toBeNull();
    });

    it('would not pass with a word that is not of the vocabulary', () => {
      const [, event] = EVENTS[0] ?? [];
      const document = {
        ...toEpcisDocument([], { creationDate: when.eventTime }),
        epcisBody: { eventList: [{ ...event, bizStep: 'sowing' }] },
      };
      expect(errorsOf(document)).not.toBeNull();
    });
  });

  it.each([
    ['bizStep', BIZ_STEPS],
    ['disposition', DISPOSITIONS],
    ['bizTransaction-type', BIZ_TRANSACTION_TYPES],
    ['source-dest-type', SOURCE_DESTINATION_TYPES],
    ['error-reason', ERROR_REASONS],
    ['component', SENSOR_COMPONENTS],
    ['measurementType', MEASUREMENT_TYPES],
    ['sensorAlertType', SENSOR_ALERT_TYPES],
  ] as const)('lists the same words of %s as we do', (definition, words) => {
    const listed = schema.definitions[definition]?.anyOf.flatMap((branch) => branch.enum ?? []) ?? [];
    expect([...listed].sort()).toEqual([...words].sort());
  });

  it('accepts the official examples, so the validator stands as it should', () => {
    const folder = conformance('epcis/gs1-EPCIS/JSON');
    const files = readdirSync(folder).filter((file) => file.endsWith('.jsonld'));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect([file, errorsOf(JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')))]).toEqual([file, null]);
  });
});
