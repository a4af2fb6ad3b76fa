/** Arbitrary EPCIS events for property tests: every type, every field, numbers of any length, extensions of any depth, in a context of their own. */
import fc from 'fast-check';
import {
  BIZ_STEPS,
  BIZ_TRANSACTION_TYPES,
  DISPOSITIONS,
  ERROR_REASONS,
  MEASUREMENT_TYPES,
  SENSOR_ALERT_TYPES,
  SENSOR_COMPONENTS,
  SOURCE_DESTINATION_TYPES,
} from '../../../src/core/epcis/cbv-terms.js';
import { ExactNumber } from '../../../src/core/kernel/exact-json.js';

type Fields = Record<string, fc.Arbitrary<unknown>>;

const digits = (min: number, max: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^\\d{${min},${max}}$`));
const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((one) => !one.includes('\u0000'));
const number = fc
  .tuple(fc.constantFrom('', '-'), digits(1, 18), fc.option(digits(1, 18)), fc.constantFrom('', '', 'e2', 'E-3'))
  .map(([sign, whole, rest, exponent]) => {
    const integer = whole.replace(/^0+(?=\d)/, '');
    return new ExactNumber(`${sign}${integer}${rest === null ? '' : `.${rest}`}${exponent}`);
  });
const quantity = fc.tuple(digits(1, 12), digits(0, 6)).map(([whole, rest]) => {
  const integer = `1${whole}`;
  return new ExactNumber(rest === '' ? integer : `${integer}.${rest}`);
});
const time = fc
  .tuple(fc.date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }), digits(0, 6))
  .map(([date, rest]) => `${date.toISOString().slice(0, 19)}${rest === '' ? '' : `.${rest}`}+08:00`);
const segment = fc.stringMatching(/^[A-Za-z0-9_.~-]{1,12}$/);
const uri = fc.oneof(
  fc.uuid().map((id) => `urn:uuid:${id}`),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  segment.map((lot) => `https://id.gs1.org/01/04012345111118/10/${lot}`),
  segment.map((lot) => `urn:epc:class:lgtin:4012345.011111.${lot}`),
  segment.map((path) => `https://own.example:8443/${path}?a=b%20c#d`),
);
const word = (words: readonly string[]): fc.Arbitrary<string> => fc.oneof(fc.constantFrom(...words), uri);
const list = (item: fc.Arbitrary<unknown>, minLength = 0): fc.Arbitrary<unknown[]> => fc.array(item, { minLength, maxLength: 3 });
const set = (item: fc.Arbitrary<string>, minLength = 0): fc.Arbitrary<string[]> => fc.uniqueArray(item, { minLength, maxLength: 3 });

const { extension } = fc.letrec((tie) => ({
  extension: fc.oneof(
    { depthSize: 'small' },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('extension'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('ex:inner', 'other:inner', '#text', 'plain', '注'), tie('extension'), { maxKeys: 3 }),
  ),
}));
const EXTENSIONS: Fields = { 'ex:note': extension, 'other:kind': extension, 'rdfs:comment': text };

/** An object with the required fields, some of the others, and some extensions where it may have them. */
function object(required: Fields, optional: Fields, extensible = false): fc.Arbitrary<Record<string, unknown>> {
  return fc.record({ ...(extensible ? EXTENSIONS : {}), ...optional, ...required }, { requiredKeys: Object.keys(required) });
}

const quantities = (minLength = 0) =>
  list(object({ epcClass: uri }, { quantity, uom: fc.constantFrom('KGM', 'GRM', 'H87', '4G') }), minLength);
const place = object({ id: uri }, {}, true);
const disposition = word(DISPOSITIONS);
const LINKS: Fields = { deviceID: uri, deviceMetadata: uri, rawData: uri, dataProcessingMethod: uri, bizRules: uri };
const NUMBERS: Fields = {
  value: number,
  minValue: number,
  maxValue: number,
  meanValue: number,
  sDev: number,
  percRank: number,
  percValue: number,
};
const sensorReport = object(
  { type: word(MEASUREMENT_TYPES) },
  {
    ...LINKS,
    ...NUMBERS,
    exception: word(SENSOR_ALERT_TYPES),
    time,
    microorganism: uri,
    chemicalSubstance: uri,
    coordinateReferenceSystem: uri,
    component: word(SENSOR_COMPONENTS),
    stringValue: text,
    booleanValue: fc.boolean(),
    hexBinaryValue: fc.stringMatching(/^[0-9A-Fa-f]{1,8}$/),
    uriValue: uri,
    uom: text,
  },
  true,
);
const sensors = list(
  object(
    { sensorReport: list(sensorReport, 1) },
    { sensorMetadata: object({}, { ...LINKS, time, startTime: time, endTime: time }, true) },
    true,
  ),
);
const parties = (field: string) => list(object({ type: word(SOURCE_DESTINATION_TYPES), [field]: uri }, {}));
const bizTransactions = (minLength = 0) => list(object({ bizTransaction: uri }, { type: word(BIZ_TRANSACTION_TYPES) }), minLength);
const errorDeclaration = object({ declarationTime: time }, { reason: word(ERROR_REASONS), correctiveEventIDs: list(uri) }, true);

const COMMON: Fields = {
  recordTime: time,
  eventID: uri,
  errorDeclaration,
  certificationInfo: fc.oneof(uri, list(uri)),
  bizStep: word(BIZ_STEPS),
  disposition,
  readPoint: place,
  bizLocation: place,
  sourceList: parties('source'),
  destinationList: parties('destination'),
  sensorElementList: sensors,
};
const persistentDisposition = fc.oneof(
  object({ set: set(disposition, 1) }, { unset: set(disposition, 1) }),
  object({ unset: set(disposition, 1) }, {}),
);
const ilmd = fc.record({ 'ex:variety': extension, 'other:grade': extension }, { requiredKeys: [] });
const action = fc.constantFrom('OBSERVE', 'ADD', 'DELETE');

function event(type: string, required: Fields, optional: Fields): fc.Arbitrary<Record<string, unknown>> {
  const always = { type: fc.constant(type), eventTime: time, eventTimeZoneOffset: fc.constantFrom('+08:00', '-03:30', '+14:00') };
  return object({ ...always, ...required }, { ...COMMON, bizTransactionList: bizTransactions(), ...optional }, true);
}

const family: Fields = { childEPCs: list(uri, 1), parentID: uri };

/** Events that the standard allows. Their prefixes ex, other and rdfs want ARBITRARY_CONTEXT. */
export const arbitraryEvent: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  event('ObjectEvent', { action, epcList: set(uri) }, { quantityList: quantities(), persistentDisposition }),
  event('ObjectEvent', { action: fc.constant('ADD'), quantityList: quantities(1) }, { ilmd, persistentDisposition }),
  event('AggregationEvent', { action, ...family }, { childQuantityList: quantities() }),
  event('AssociationEvent', { action, ...family }, { childQuantityList: quantities() }),
  event(
    'TransactionEvent',
    { action, bizTransactionList: bizTransactions(1), epcList: set(uri) },
    { parentID: uri, quantityList: quantities() },
  ),
  event(
    'TransformationEvent',
    { inputQuantityList: quantities(1), outputEPCList: set(uri, 1) },
    { inputEPCList: set(uri), outputQuantityList: quantities(), transformationID: uri, persistentDisposition, ilmd },
  ),
);

export const ARBITRARY_CONTEXT = [
  'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
  { ex: 'https://ns.example.com/epcis/', other: 'urn:example:other:' },
  { rdfs: 'http://www.w3.org/2000/01/rdf-schema#' },
] as const;
