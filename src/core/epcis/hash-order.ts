/**
 * In which order the fields of an event are hashed (the table of CBV 2.0, 8.9.2), and what kind of value each holds. One order serves all
 * five event types: a type that lacks a field skips it. Where implementations differ, each reading of the standard is an order of its own.
 */

/** Which vocabulary a bare word of a field belongs to; its web URIs open with that text. */
export type Vocabulary = 'BizStep' | 'Disp' | 'BTT' | 'SDT' | 'Comp' | 'voc';

export interface FieldOrder {
  readonly name: string;
  /** A list: each of its members is written so. */
  readonly item?: FieldOrder;
  readonly kind?: 'time' | 'verbatim';
  readonly vocabulary?: Vocabulary;
  readonly children?: Order;
}

/** The fields of an object, in their order. */
export interface Order {
  readonly fields: readonly FieldOrder[];
  /** Name → place in `fields`: an object is walked once, by the keys it has. */
  readonly places: ReadonlyMap<string, number>;
}

const order = (...fields: readonly FieldOrder[]): Order => ({ fields, places: new Map(fields.map(({ name }, place) => [name, place])) });
/** Of an object whose fields all are extensions. */
export const NO_ORDER: Order = order();
const value = (name: string): FieldOrder => ({ name });
const time = (name: string): FieldOrder => ({ name, kind: 'time' });
const word = (name: string, vocabulary: Vocabulary): FieldOrder => ({ name, vocabulary });
const epcs = (name: string): FieldOrder => ({ name, item: value('epc') });
const quantities = (name: string): FieldOrder => ({
  name,
  item: { name: 'quantityElement', children: order(value('epcClass'), value('quantity'), value('uom')) },
});
const place = (name: string): FieldOrder => ({ name, children: order(value('id')) });
// Inside an entry, the type is written before what it types: so do the reference's values, against the wording of its rule 13.
const typed = (name: string, vocabulary: Vocabulary, field: string): FieldOrder => ({
  name,
  item: { name: '', children: order(word('type', vocabulary), value(field)) },
});

const SENSOR_METADATA = order(
  time('time'),
  time('startTime'),
  time('endTime'),
  value('deviceID'),
  value('deviceMetadata'),
  value('rawData'),
  value('dataProcessingMethod'),
  value('bizRules'),
);

const SENSOR_REPORT = order(
  word('type', 'voc'),
  word('exception', 'voc'),
  value('deviceID'),
  value('deviceMetadata'),
  value('rawData'),
  value('dataProcessingMethod'),
  time('time'),
  value('microorganism'),
  value('chemicalSubstance'),
  value('value'),
  word('component', 'Comp'),
  value('stringValue'),
  value('booleanValue'),
  value('hexBinaryValue'),
  value('uriValue'),
  value('minValue'),
  value('maxValue'),
  value('meanValue'),
  value('sDev'),
  value('percRank'),
  value('percValue'),
  value('uom'),
  value('coordinateReferenceSystem'),
);

const TIME: readonly FieldOrder[] = [time('eventTime'), { name: 'eventTimeZoneOffset', kind: 'verbatim' }, value('certificationInfo')];
const EPC_LIST = epcs('epcList');
const PARENT = value('parentID');
const WHAT: readonly FieldOrder[] = [
  epcs('inputEPCList'),
  epcs('childEPCs'),
  quantities('quantityList'),
  quantities('childQuantityList'),
  quantities('inputQuantityList'),
  epcs('outputEPCList'),
  quantities('outputQuantityList'),
  value('action'),
  value('transformationID'),
  word('bizStep', 'BizStep'),
  word('disposition', 'Disp'),
  { name: 'persistentDisposition', children: order(word('set', 'Disp'), word('unset', 'Disp')) },
  place('readPoint'),
  place('bizLocation'),
];
const WHY: readonly FieldOrder[] = [
  typed('bizTransactionList', 'BTT', 'bizTransaction'),
  typed('sourceList', 'SDT', 'source'),
  typed('destinationList', 'SDT', 'destination'),
];
const SENSORS: FieldOrder = {
  name: 'sensorElementList',
  item: {
    name: 'sensorElement',
    children: order({ name: 'sensorMetadata', children: SENSOR_METADATA }, { name: 'sensorReport', children: SENSOR_REPORT }),
  },
};
// Lot master data hold extension fields only.
const ILMD: FieldOrder = { name: 'ilmd', children: NO_ORDER };

export interface EventOrder {
  /** The event type itself stands before all of these. */
  readonly first: Order;
  /** Written behind them among the extensions, all sorted by what they are written as. */
  readonly sorted: Order;
}

/** By the name of the profile, which is kept beside each hash. */
export const EVENT_ORDERS = {
  /** The standard's own table. */
  'CBV2.0-table/1': { first: order(...TIME, EPC_LIST, PARENT, ...WHAT, ...WHY, SENSORS, ILMD), sorted: NO_ORDER },
  /** The reference generator in Python as it stood in October 2025: what its own table forgot is sorted among the extensions. */
  'CBV2.0-python/1': { first: order(...TIME, PARENT, EPC_LIST, ...WHAT, SENSORS), sorted: order(...WHY, ILMD) },
} as const satisfies Readonly<Record<string, EventOrder>>;
