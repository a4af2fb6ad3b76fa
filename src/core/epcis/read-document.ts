/**
 * An EPCIS 2.0 document in JSON-LD, opened (EPCIS 2.0, 10.1): an EPCISDocument, an EPCISQueryDocument (what another repository answered), or one event by
 * itself. Each event stands or falls alone, so that a caller may keep the good ones or none. An event leaves its document with the prefixes that the
 * document defined, because from here on it stands alone; what the standard's context or ours defines anyway is left out.
 */
import type { ExactJson, ExactObject } from '../kernel/exact-json.js';
import { isExactArray, isExactObject, parseExactJson } from '../kernel/exact-json.js';
import { at, DomainError, orRejection } from '../kernel/errors.js';
import { parseInstant } from '../kernel/instant.js';
import { EPCIS_CONTEXT } from './epcis-json.js';
import type { EpcisEvent, JsonValue } from './event.js';
import { namespacesOf } from './namespaces.js';
import { readEvent } from './read-event.js';
import { extension, pattern, rejection, text, uri } from './read-fields.js';

/** Events of one document; more come in several documents. */
export const EPCIS_DOCUMENT_EVENTS_MAX = 5_000;
/** Levels of a document: its own, those of a sensor report, those of an extension in it. */
export const EPCIS_DOCUMENT_DEPTH_MAX = 32;
/** Values of a document, names not counted. */
export const EPCIS_DOCUMENT_VALUES_MAX = 500_000;
/** Entries of one context, and prefixes of one entry. */
export const EPCIS_CONTEXT_ENTRIES_MAX = 100;

export type EpcisDocumentType = 'EPCISDocument' | 'EPCISQueryDocument' | 'Event';

export interface ReadDocument {
  readonly type: EpcisDocumentType;
  /** What the header says of vocabularies (master data); null where there is none. */
  readonly header: JsonValue;
  /** Of an EPCISQueryDocument. */
  readonly query: { readonly queryName: string; readonly subscriptionID: string | null } | null;
  /** In their order; a rejection says by its path where in the document it is. */
  readonly events: readonly (EpcisEvent | DomainError)[];
}

/** The standard's own context, under the addresses it has had. */
const STANDARD_CONTEXT =
  /^https?:\/\/(?:ref\.gs1\.org\/standards\/epcis\/(?:2\.0(?:\.\d+)?\/)?|gs1\.github\.io\/EPCIS\/)epcis-context\.jsonld$/;
const DOCUMENT_FIELDS: ReadonlySet<string> = new Set([
  '@context',
  'id',
  'type',
  'schemaVersion',
  'creationDate',
  'instanceIdentifier',
  'sender',
  'receiver',
  'epcisHeader',
  'epcisBody',
]);
const version = pattern(/^2(?:\.\d+)*$/, 'schemaVersion 2.0');
const OWN_NAMESPACES = namespacesOf(EPCIS_CONTEXT);

/** Reads one document. Throws BAD_INPUT (with `reason` where it is no JSON, see parseExactJson) and TOO_MANY_ITEMS for the document as a whole. */
export function readDocument(json: string): ReadDocument {
  const limits = { depthMax: EPCIS_DOCUMENT_DEPTH_MAX, valuesMax: EPCIS_DOCUMENT_VALUES_MAX };
  const document = parseExactJson(json.startsWith('\uFEFF') ? json.slice(1) : json, limits);
  if (!isExactObject(document)) throw rejection('an EPCIS document', document);
  if (document.type === 'EPCISDocument') return captured(document);
  if (document.type === 'EPCISQueryDocument') return answered(document);
  const { '@context': context, ...event } = document;
  return { type: 'Event', header: null, query: null, events: [inContext(event, contextOf(context))] };
}

function captured(document: ExactObject): ReadDocument {
  const context = opening(document, ['schemaVersion', 'creationDate']);
  const body = objectAt(document, 'epcisBody');
  const events = eventsOf(body, context, ['epcisBody', 'eventList']);
  const header = document.epcisHeader === undefined ? null : at(['epcisHeader'], () => extension(document.epcisHeader ?? null));
  return { type: 'EPCISDocument', header, query: null, events };
}

function answered(document: ExactObject): ReadDocument {
  const context = opening(document, []);
  const whole = objectAt(document, 'epcisBody');
  const results = at(['epcisBody'], () => objectAt(whole, 'queryResults'));
  const { query, body } = at(['epcisBody', 'queryResults'], () => {
    const { subscriptionID } = results;
    const queryName = at(['queryName'], () => text(results.queryName ?? null));
    const subscription = subscriptionID === undefined ? null : at(['subscriptionID'], () => text(subscriptionID));
    return { query: { queryName, subscriptionID: subscription }, body: objectAt(results, 'resultsBody') };
  });
  const events = eventsOf(body, context, ['epcisBody', 'queryResults', 'resultsBody', 'eventList']);
  return { type: 'EPCISQueryDocument', header: null, query, events };
}

/** What stands before the body; gives the entries of the context that an event takes with it. */
function opening(document: ExactObject, required: readonly string[]): readonly JsonValue[] {
  const { schemaVersion, creationDate, id } = document;
  const missing = required.find((key) => document[key] === undefined);
  if (missing !== undefined) throw rejection(`the field ${missing}`, null, { missing });
  const unknown = Object.keys(document).find((key) => !DOCUMENT_FIELDS.has(key) && !key.includes(':'));
  if (unknown !== undefined) throw rejection('a field of the standard, or one with a namespace', unknown);
  if (schemaVersion !== undefined) at(['schemaVersion'], () => version(schemaVersion));
  if (creationDate !== undefined) at(['creationDate'], () => parseInstant(text(creationDate)));
  if (id !== undefined) at(['id'], () => uri(id));
  return contextOf(document['@context']);
}

function eventsOf(body: ExactObject, context: readonly JsonValue[], where: string[]): (EpcisEvent | DomainError)[] {
  const { eventList } = body;
  if (!isExactArray(eventList)) throw rejection('a list of events', eventList ?? null).within(...where);
  if (eventList.length > EPCIS_DOCUMENT_EVENTS_MAX) {
    throw new DomainError('TOO_MANY_ITEMS', { items: eventList.length, most: EPCIS_DOCUMENT_EVENTS_MAX }, where);
  }
  return eventList.map((event, i) => {
    const read = inContext(event, context);
    return read instanceof DomainError ? read.within(...where, i) : read;
  });
}

function inContext(json: ExactJson, context: readonly JsonValue[]): EpcisEvent | DomainError {
  return orRejection(() => {
    const event = readEvent(json);
    const { '@context': own, ...alone } = event;
    const all = own === undefined ? context : [...context, ...contextOf(own as ExactJson)];
    return all.length === 0 ? alone : { '@context': all, ...alone };
  });
}

/** The entries that say more than the standard's context and ours. Throws BAD_INPUT where there is no context, or it is of no known form. */
function contextOf(context: ExactJson | undefined): JsonValue[] {
  return at(['@context'], () => {
    if (context === undefined || context === null) throw rejection('a context', null, { missing: '@context' });
    const entries = isExactArray(context) ? context : [context];
    if (entries.length > EPCIS_CONTEXT_ENTRIES_MAX)
      throw new DomainError('TOO_MANY_ITEMS', { items: entries.length, most: EPCIS_CONTEXT_ENTRIES_MAX });
    const kept: JsonValue[] = [];
    entries.forEach((entry, i) => {
      const read = at([i], () => entryOf(entry));
      if (read !== null && !(isPrefixes(read) && saysNothing(read, kept))) kept.push(read);
    });
    return kept;
  });
}

/** Null for the standard's own context. */
function entryOf(entry: ExactJson): JsonValue {
  if (typeof entry === 'string') return STANDARD_CONTEXT.test(uri(entry)) ? null : entry;
  if (!isExactObject(entry)) throw rejection('a URI, or an object of prefixes', entry);
  const size = Object.keys(entry).length;
  if (size > EPCIS_CONTEXT_ENTRIES_MAX) throw new DomainError('TOO_MANY_ITEMS', { items: size, most: EPCIS_CONTEXT_ENTRIES_MAX });
  return extension(entry);
}

type Prefixes = Readonly<Record<string, JsonValue>>;

const isPrefixes = (entry: JsonValue): entry is Prefixes => typeof entry === 'object' && entry !== null && !Array.isArray(entry);

/** True where our own context says the same, and nothing before it may have said otherwise. */
function saysNothing(entry: Prefixes, before: readonly JsonValue[]): boolean {
  const mayDiffer = (prefix: string): boolean => before.some((other) => !isPrefixes(other) || Object.hasOwn(other, prefix));
  return Object.entries(entry).every(([prefix, namespace]) => OWN_NAMESPACES.get(prefix) === namespace && !mayDiffer(prefix));
}

function objectAt(object: ExactObject, key: string): ExactObject {
  const value = object[key];
  if (!isExactObject(value)) throw rejection('an object', value ?? null).within(key);
  return value;
}
