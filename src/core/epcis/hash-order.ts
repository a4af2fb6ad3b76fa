/**
 * In which order the fields of an event are hashed (the table of CBV 2.0, 8.9.2), and what kind of value each holds. One order serves all
 * five event types: a type that lacks a field skips it.
 */

/** Which vocabulary a bare word of a field belongs to; its web URIs open with that text. */
export type Vocabulary = 'BizStep' | 'Disp' | 'BTT' | 'SDT' | 'Comp' | 'voc';

export interface FieldOrder {
  readonly name: string;
  /** A list: each of its members is written under this name. */
  readonly item?: string | undefined;
  readonly kind?: 'time' | 'verbatim';
  readonly vocabulary?: Vocabulary;
  readonly children?: readonly FieldOrder[];
}

const value = (name: string): FieldOrder => ({ name });
const time = (name: string): FieldOrder => ({ name, kind: 'time' });
const word = (name: string, vocabulary: Vocabulary): FieldOrder => ({ name, vocabulary });
const epcs = (name: string): FieldOrder => ({ name, item: 'epc' });
const quantities = (name: string): FieldOrder => ({
  name,
  item: 'quantityElement',
  children: [value('epcClass'), value('quantity'), value('uom')],
});
const place = (name: string): FieldOrder => ({ name, children: [value('id')] });

const SENSOR_METADATA: readonly FieldOrder[] = [
  time('time'),
  time('startTime'),
  time('endTime'),
  value('deviceID'),
  value('deviceMetadata'),
  value('rawData'),
  value('dataProcessingMethod'),
  value('bizRules'),
];

const SENSOR_REPORT: readonly FieldOrder[] = [
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
];

/** The event type itself stands before all of these, the extensions behind. */
export const EVENT_ORDER: readonly FieldOrder[] = [
  time('eventTime'),
  { name: 'eventTimeZoneOffset', kind: 'verbatim' },
  value('certificationInfo'),
  epcs('epcList'),
  value('parentID'),
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
  { name: 'persistentDisposition', children: [word('set', 'Disp'), word('unset', 'Disp')] },
  place('readPoint'),
  place('bizLocation'),
  // Inside an entry, the type is written before what it types: so do the reference's values, against the wording of its rule 13.
  { name: 'bizTransactionList', item: '', children: [word('type', 'BTT'), value('bizTransaction')] },
  { name: 'sourceList', item: '', children: [word('type', 'SDT'), value('source')] },
  { name: 'destinationList', item: '', children: [word('type', 'SDT'), value('destination')] },
  {
    name: 'sensorElementList',
    item: 'sensorElement',
    children: [
      { name: 'sensorMetadata', children: SENSOR_METADATA },
      { name: 'sensorReport', children: SENSOR_REPORT },
    ],
  },
  // Lot master data hold extension fields only.
  { name: 'ilmd', children: [] },
];
