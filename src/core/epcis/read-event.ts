/**
 * An event that came from outside, held against EPCIS 2.0 (7.4 and the JSON binding of chapter 10): which fields each type has, which it needs, which
 * words they may hold. What passes is an EpcisEvent of our own types, extensions and digits kept. Words of the vocabulary may come bare, as
 * compact URI or as web URI and stay as they came; as URN, which the JSON binding does not allow, they are read as the bare word they mean.
 */
import type { ExactJson } from '../kernel/exact-json.js';
import { isExactObject } from '../kernel/exact-json.js';
import { DomainError } from '../kernel/errors.js';
import type { JsonNumber, EpcisEvent, EpcisEventType } from './event.js';
import { BIZ_STEPS, BIZ_TRANSACTION_TYPES, DISPOSITIONS, ERROR_REASONS, SENSOR_COMPONENTS, SOURCE_DESTINATION_TYPES } from './cbv-terms.js';
import { SENSOR_ALERT_TYPES } from './cbv-terms.js';
import type { Reader, RecordShape } from './read-fields.js';
import {
  boolean,
  extension,
  extensions,
  listOf,
  number,
  oneOf,
  oneOrMore,
  pattern,
  record,
  rejection,
  text,
  time,
  uri,
} from './read-fields.js';

type Fields = readonly (readonly [string, Reader<unknown>])[];

const shape = (fields: Fields, required: readonly string[] = [], extensible = false): RecordShape => ({
  fields: new Map(fields),
  required,
  extensible,
});

/** A word of the list, or somebody's URI. */
function word(words: readonly string[], urnPrefix: string): Reader<string> {
  const known = new Set(words);
  return (value) => {
    if (typeof value === 'string') {
      if (known.has(value)) return value;
      const bare = value.startsWith(urnPrefix) ? value.slice(urnPrefix.length) : null;
      if (bare !== null && known.has(bare)) return bare;
      if (bare === null && value.includes(':') && !FOREIGN_FORM.test(value)) return uri(value);
    }
    throw rejection('a word of the Core Business Vocabulary, or a URI of your own', value);
  };
}

/** Names of CBV terms that the JSON binding does not take. */
const FOREIGN_FORM = /^(?:urn:epcglobal:cbv|https?:\/\/ns\.gs1\.org\/cbv\/)/;
/** The Web Vocabulary grows between editions of this list, so a new word of it is no reason to lose an event. */
const WEB_WORD = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

const measurementType: Reader<string> = (value) => (typeof value === 'string' && WEB_WORD.test(value) ? value : uri(value));
const alertType: Reader<string> = (value) => (SENSOR_ALERT_TYPES.some((known) => known === value) ? (value as string) : uri(value));

/** A quantity counts or weighs something; a loss is an event of its own, never a negative amount. Throws QUANTITY_NOT_POSITIVE. */
const quantity: Reader<JsonNumber> = (value) => {
  const read = number(value);
  if (!/[1-9]/.test(read.decimal() ?? '') || read.text.startsWith('-'))
    throw new DomainError('QUANTITY_NOT_POSITIVE', { value: read.text });
  return read;
};

const uris = listOf(uri);
const epcs = listOf(uri, { set: true });
const quantities = listOf(
  record(
    shape(
      [
        ['epcClass', uri],
        ['quantity', quantity],
        ['uom', pattern(/^[A-Z0-9]{2,3}$/, 'a unit of UN/ECE Recommendation 20')],
      ],
      ['epcClass'],
    ),
  ),
);
const location = record(shape([['id', uri]], ['id'], true));
const disposition = word(DISPOSITIONS, 'urn:epcglobal:cbv:disp:');
const party = word(SOURCE_DESTINATION_TYPES, 'urn:epcglobal:cbv:sdt:');
const bizTransactions: Fields[number] = [
  'bizTransactionList',
  listOf(
    record(
      shape(
        [
          ['type', word(BIZ_TRANSACTION_TYPES, 'urn:epcglobal:cbv:btt:')],
          ['bizTransaction', uri],
        ],
        ['bizTransaction'],
      ),
    ),
  ),
];
const parties = (field: 'source' | 'destination') => listOf(record(shape([['type', party] as const, [field, uri]], ['type', field])));

const SENSOR_LINKS: Fields = (['deviceID', 'deviceMetadata', 'rawData', 'dataProcessingMethod', 'bizRules'] as const).map((name) => [
  name,
  uri,
]);
const SENSOR_NUMBERS: Fields = (['value', 'minValue', 'maxValue', 'meanValue', 'sDev', 'percRank', 'percValue'] as const).map((name) => [
  name,
  number,
]);
const sensorMetadata = record(shape([['time', time], ['startTime', time], ['endTime', time], ...SENSOR_LINKS], [], true));
const sensorReport = record(
  shape(
    [
      ['type', measurementType],
      ['exception', alertType],
      ['time', time],
      ['microorganism', uri],
      ['chemicalSubstance', uri],
      ['coordinateReferenceSystem', uri],
      ['component', word(SENSOR_COMPONENTS, 'urn:epcglobal:cbv:comp:')],
      ['stringValue', text],
      ['booleanValue', boolean],
      ['hexBinaryValue', pattern(/^[A-Fa-f0-9]{1,10000}$/, 'hexadecimal digits')],
      ['uriValue', uri],
      ['uom', text],
      ...SENSOR_LINKS,
      ...SENSOR_NUMBERS,
    ],
    // The JSON schema wants a type, the XML schema does not, and an alarm may have none: what a sensor said is not lost for that.
    [],
    true,
  ),
);
const sensorElements = listOf(
  record(
    shape(
      [
        ['sensorMetadata', sensorMetadata],
        ['sensorReport', listOf(sensorReport, { min: 1 })],
      ],
      ['sensorReport'],
      true,
    ),
  ),
);

const persistentDisposition: Reader<unknown> = (value) => {
  const dispositions = listOf(disposition, { min: 1, set: true });
  const read = record(
    shape([
      ['set', dispositions],
      ['unset', dispositions],
    ]),
  )(value);
  if (Object.keys(read).length === 0) throw rejection('set, unset or both', value);
  return read;
};

const errorDeclaration = record(
  shape(
    [
      ['declarationTime', time],
      ['reason', word(ERROR_REASONS, 'urn:epcglobal:cbv:er:')],
      ['correctiveEventIDs', uris],
    ],
    ['declarationTime'],
    true,
  ),
);

const COMMON: Fields = [
  ['@context', (value) => extension(value)],
  ['type', text],
  ['eventTime', time],
  ['recordTime', time],
  ['eventTimeZoneOffset', pattern(/^[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)$/, 'an offset from -14:00 to +14:00')],
  ['eventID', uri],
  ['certificationInfo', oneOrMore(uri)],
  ['errorDeclaration', errorDeclaration],
  ['bizStep', word(BIZ_STEPS, 'urn:epcglobal:cbv:bizstep:')],
  ['disposition', disposition],
  ['readPoint', location],
  ['bizLocation', location],
  bizTransactions,
  ['sourceList', parties('source')],
  ['destinationList', parties('destination')],
  ['sensorElementList', sensorElements],
];
const ACTION: Fields = [['action', oneOf(['OBSERVE', 'ADD', 'DELETE'])]];
const INSTANCES: Fields = [
  ['epcList', epcs],
  ['quantityList', quantities],
];
const FAMILY: Fields = [
  ['parentID', uri],
  ['childEPCs', uris],
  ['childQuantityList', quantities],
];
const LASTING: Fields = [
  ['persistentDisposition', persistentDisposition],
  ['ilmd', extensions],
];
const TRANSFORMED: Fields = [
  ['inputEPCList', epcs],
  ['inputQuantityList', quantities],
  ['outputEPCList', epcs],
  ['outputQuantityList', quantities],
  ['transformationID', uri],
];
const ALWAYS = ['type', 'eventTime', 'eventTimeZoneOffset'];

const READERS: ReadonlyMap<string, Reader<Readonly<Record<string, unknown>>>> = new Map<
  EpcisEventType,
  Reader<Readonly<Record<string, unknown>>>
>([
  ['ObjectEvent', record(shape([...COMMON, ...ACTION, ...INSTANCES, ...LASTING], [...ALWAYS, 'action'], true))],
  ['AggregationEvent', record(shape([...COMMON, ...ACTION, ...FAMILY], [...ALWAYS, 'action'], true))],
  ['AssociationEvent', record(shape([...COMMON, ...ACTION, ...FAMILY], [...ALWAYS, 'action', 'parentID'], true))],
  [
    'TransactionEvent',
    record(shape([...COMMON, ...ACTION, ['parentID', uri], ...INSTANCES], [...ALWAYS, 'action', 'bizTransactionList'], true)),
  ],
  ['TransformationEvent', record(shape([...COMMON, ...TRANSFORMED, ...LASTING], ALWAYS, true))],
]);

/**
 * The event, or a rejection with its path: BAD_INPUT (`expected`, `found`), TOO_MANY_ITEMS, QUANTITY_NOT_POSITIVE. Its `eventID` and `recordTime` are
 * what was sent; whether they are believed is the repository's decision.
 */
export function readEvent(json: ExactJson): EpcisEvent {
  if (!isExactObject(json)) throw rejection('an event', json);
  const { type = null } = json;
  const reader = typeof type === 'string' ? READERS.get(type) : undefined;
  if (!reader) throw rejection([...READERS.keys()].join(' | '), type).within('type');
  const event = reader(json) as unknown as EpcisEvent;
  whole(event);
  return event;
}

/** What no field decides alone: that the event is of something (7.4.2 to 7.4.6). */
function whole(event: EpcisEvent): void {
  switch (event.type) {
    case 'ObjectEvent':
      if (event.ilmd && event.action !== 'ADD') throw rejection('action ADD beside lot master data', event.action).within('ilmd');
      if (event.epcList || some(event.quantityList) || (some(event.sensorElementList) && event.readPoint)) return;
      throw rejection('epcList, quantityList, or a sensor at a readPoint', null);
    case 'AggregationEvent':
    case 'AssociationEvent':
      if (event.action === 'DELETE' || some(event.childEPCs) || some(event.childQuantityList)) return;
      throw rejection('childEPCs or childQuantityList', null);
    case 'TransactionEvent':
      if (!some(event.bizTransactionList)) throw rejection('at least one', null).within('bizTransactionList');
      if (event.action === 'DELETE' || event.epcList || some(event.quantityList)) return;
      throw rejection('epcList or quantityList', null);
    case 'TransformationEvent': {
      const taken = some(event.inputEPCList) || some(event.inputQuantityList);
      const made = some(event.outputEPCList) || some(event.outputQuantityList);
      if ((taken && made) || ((taken || made) && event.transformationID !== undefined)) return;
      throw rejection('inputs and outputs, or one of them and a transformationID', null);
    }
  }
}

function some(list: readonly unknown[] | undefined): boolean {
  return list !== undefined && list.length > 0;
}
