/**
 * The five event types of EPCIS 2.0 (7.4), as their JSON-LD binding spells them (10.1): a discriminated union over `type`. What this
 * platform adds stands in extension fields `sheaf:*` of one namespace; what others add is kept as it came. Households, prices, payments and people never
 * stand in an event (architecture, rule 8): events go to partners and to a public log, and cannot be taken back. Events of others are read by
 * read-event.ts, which holds every one of these shapes against the standard.
 *
 * The constructors, one a verb; each gives an event without `eventID` (event-hash.ts makes that):
 *   planting.ts      seasonOpeningEvent({captureId, eventTime, place?, seasonUri, product}): ObjectEvent
 *                    plantingEvent({captureId, eventTime, place?, seasonUri, product}): ObjectEvent
 *   delivery.ts      deliveryEvent({captureId, eventTime, place, goods, newLot, deliveryDigest}): ObjectEvent
 *   transforming.ts  transformingEvent({captureId, eventTime, place, inputs, outputs, bizStep?}): TransformationEvent
 *   packing.ts       packingEvent, unpackingEvent({captureId, eventTime, place, sscc, contents, childSsccs?}): AggregationEvent
 *   shipping.ts      shippingEvent({captureId, eventTime, place, goods, ssccs?, from, to, toPlace?, documents?}): ObjectEvent
 *   receiving.ts     receivingEvent({captureId, eventTime, place, goods, ssccs?, from, to, documents?}): ObjectEvent
 *   selling.ts       sellingEvent({captureId, eventTime, place?, goods, seller}): ObjectEvent
 * captureId: UUID; eventTime: Instant; place: Place; from, to, seller: PartyRef (place.ts); goods, inputs, outputs, contents: Goods[]
 * (goods.ts: {epcClass: canonical Digital Link, quantity: Quantity}); product: canonical Digital Link; documents: BusinessDocument[].
 */
import { formatInstant, formatOffset } from '../kernel/instant.js';
import type { Instant } from '../kernel/instant.js';
import type { ExactNumber } from '../kernel/exact-json.js';
import { parseUuid } from '../kernel/ids.js';
import type { BizStep, BizTransactionType, Disposition, ErrorReason, OwnTerm, SensorComponent, SourceDestinationType } from './cbv.js';

export type Action = 'OBSERVE' | 'ADD' | 'DELETE';

/** Digit for digit where it was read, a plain number where it was made here. */
export type JsonNumber = number | ExactNumber;
export type JsonValue = string | JsonNumber | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Fields beside the standard's: `prefix:name`, this platform's own in SHEAF_NAMESPACE (epcis-json.ts). */
export type Extensions = Readonly<Record<`${string}:${string}`, JsonValue | undefined>>;

/** Instance or lot master data: keys carry a namespace. */
export type Ilmd = Extensions;

/** An amount of a class of things; without `uom` it is a count of pieces. */
export interface QuantityElement {
  readonly epcClass: string;
  readonly quantity?: JsonNumber;
  /** UN/ECE Recommendation 20. */
  readonly uom?: string;
}

/** A read point or business location. */
export interface Location extends Extensions {
  readonly id: string;
}

export interface BizTransaction {
  readonly type?: BizTransactionType | OwnTerm;
  readonly bizTransaction: string;
}

export interface Source {
  readonly type: SourceDestinationType | OwnTerm;
  readonly source: string;
}

export interface Destination {
  readonly type: SourceDestinationType | OwnTerm;
  readonly destination: string;
}

export interface PersistentDisposition {
  readonly set?: readonly (Disposition | OwnTerm)[];
  readonly unset?: readonly (Disposition | OwnTerm)[];
}

export interface ErrorDeclaration extends Extensions {
  readonly declarationTime: string;
  readonly reason?: ErrorReason | OwnTerm;
  readonly correctiveEventIDs?: readonly string[];
}

export interface SensorMetadata extends Extensions {
  readonly time?: string;
  readonly startTime?: string;
  readonly endTime?: string;
  readonly deviceID?: string;
  readonly deviceMetadata?: string;
  readonly rawData?: string;
  readonly dataProcessingMethod?: string;
  readonly bizRules?: string;
}

export interface SensorReport extends Extensions {
  /** A word of the GS1 Web Vocabulary, or a URI. */
  readonly type?: string;
  readonly exception?: string;
  readonly deviceID?: string;
  readonly deviceMetadata?: string;
  readonly rawData?: string;
  readonly dataProcessingMethod?: string;
  readonly bizRules?: string;
  readonly time?: string;
  readonly microorganism?: string;
  readonly chemicalSubstance?: string;
  readonly value?: JsonNumber;
  readonly component?: SensorComponent | OwnTerm;
  readonly stringValue?: string;
  readonly booleanValue?: boolean;
  readonly hexBinaryValue?: string;
  readonly uriValue?: string;
  readonly minValue?: JsonNumber;
  readonly maxValue?: JsonNumber;
  readonly meanValue?: JsonNumber;
  readonly sDev?: JsonNumber;
  readonly percRank?: JsonNumber;
  readonly percValue?: JsonNumber;
  readonly uom?: string;
  readonly coordinateReferenceSystem?: string;
}

export interface SensorElement extends Extensions {
  readonly sensorMetadata?: SensorMetadata;
  readonly sensorReport: readonly SensorReport[];
}

interface CommonFields extends Extensions {
  /** What the prefixes of this event's extensions stand for, where its document says more than ours (epcis-json.ts). */
  readonly '@context'?: JsonValue;
  /** RFC 3339 with the offset of the place. */
  readonly eventTime: string;
  readonly eventTimeZoneOffset: string;
  /** When the repository took it in; no part of what the event says. */
  readonly recordTime?: string;
  readonly eventID?: string;
  readonly errorDeclaration?: ErrorDeclaration;
  readonly certificationInfo?: string | readonly string[];
  readonly bizStep?: BizStep | OwnTerm;
  readonly disposition?: Disposition | OwnTerm;
  readonly readPoint?: Location;
  readonly bizLocation?: Location;
  readonly bizTransactionList?: readonly BizTransaction[];
  readonly sourceList?: readonly Source[];
  readonly destinationList?: readonly Destination[];
  readonly sensorElementList?: readonly SensorElement[];
  /** The client's UUID of the doing: two equal doings stay two events. An event of others has none. */
  readonly 'sheaf:captureId'?: string;
}

/** Something happened to these things (7.4.2). */
export interface ObjectEvent extends CommonFields {
  readonly type: 'ObjectEvent';
  readonly action: Action;
  readonly epcList?: readonly string[];
  readonly quantityList?: readonly QuantityElement[];
  readonly persistentDisposition?: PersistentDisposition;
  /** Only with action ADD. */
  readonly ilmd?: Ilmd;
}

interface ParentAndChildren extends CommonFields {
  readonly action: Action;
  readonly parentID?: string;
  readonly childEPCs?: readonly string[];
  readonly childQuantityList?: readonly QuantityElement[];
}

/** Things were put into, or taken out of, a parent for a while (7.4.3). */
export interface AggregationEvent extends ParentAndChildren {
  readonly type: 'AggregationEvent';
}

/** Things were associated with a parent for good: a sensor with a room (7.4.6). */
export interface AssociationEvent extends ParentAndChildren {
  readonly type: 'AssociationEvent';
}

/** Things became part of a business transaction (7.4.4). */
export interface TransactionEvent extends CommonFields {
  readonly type: 'TransactionEvent';
  readonly action: Action;
  readonly bizTransactionList: readonly BizTransaction[];
  readonly parentID?: string;
  readonly epcList?: readonly string[];
  readonly quantityList?: readonly QuantityElement[];
}

/** Inputs were used up, wholly or in part, and outputs made (7.4.5). */
export interface TransformationEvent extends CommonFields {
  readonly type: 'TransformationEvent';
  readonly inputEPCList?: readonly string[];
  readonly inputQuantityList?: readonly QuantityElement[];
  readonly outputEPCList?: readonly string[];
  readonly outputQuantityList?: readonly QuantityElement[];
  readonly transformationID?: string;
  readonly persistentDisposition?: PersistentDisposition;
  readonly ilmd?: Ilmd;
}

export type EpcisEvent = ObjectEvent | AggregationEvent | TransactionEvent | TransformationEvent | AssociationEvent;
export type EpcisEventType = EpcisEvent['type'];

/** What every constructor is told. */
export interface Doing {
  /** The client's UUID. */
  readonly captureId: string;
  readonly eventTime: Instant;
}

/** The fields every event opens with. Throws BAD_INPUT where captureId is no UUID. */
export function when(doing: Doing): Pick<CommonFields, 'eventTime' | 'eventTimeZoneOffset'> & { readonly 'sheaf:captureId': string } {
  return {
    eventTime: formatInstant(doing.eventTime),
    eventTimeZoneOffset: formatOffset(doing.eventTime.offsetMinutes),
    'sheaf:captureId': parseUuid(doing.captureId),
  };
}
