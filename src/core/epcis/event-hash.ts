/**
 * The event hash id of CBV 2.0 (8.9.2): an event is written as one canonical string, the pre-hash, whatever syntax and spelling it came in, and
 * the SHA-256 of that names it. So equal events have one name everywhere, and a changed one has another. Implementations differ where the
 * text leaves room; the choices taken here are those of the standard's own table (lists of documents, sources and destinations at the
 * table's place, extensions of a nested field at the end of that field, certificationInfo included), and they have a name with a
 * version, kept beside every hash, so that other choices can be added and an old hash recomputed.
 */
import { ExactNumber } from '../kernel/exact-json.js';
import { sha256Hex } from '../kernel/sha256.js';
import { EPCIS_CONTEXT } from './epcis-json.js';
import type { EpcisEvent } from './event.js';
import { EVENT_ORDERS, NO_ORDER } from './hash-order.js';
import type { FieldOrder, Order } from './hash-order.js';
import { canonicalNumber, canonicalTime, canonicalValue, compareUtf8 } from './hash-values.js';
import type { Namespaces } from './namespaces.js';
import { expandName, namespacesOf } from './namespaces.js';

/** The choices by which a pre-hash is written (hash-order.ts). */
export type HashProfile = keyof typeof EVENT_ORDERS;
export const HASH_PROFILE: HashProfile = 'CBV2.0-table/1';

export interface EventHash {
  readonly prehash: string;
  /** "ni:///sha-256;{64 hexadecimal digits}?ver=CBV2.0" (RFC 6920). */
  readonly hash: string;
  readonly profile: HashProfile;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Comments say nothing of what happened. What else is no content (eventID, recordTime, errorDeclaration) no order names. */
const COMMENTS: ReadonlySet<string> = new Set(['rdfs:comment', 'comment']);
/** The text of an extension beside its attributes, and what is no field of it. */
const NO_FIELDS: ReadonlySet<string> = new Set(['#text', '@value', '@context', ...COMMENTS]);
const NONE: ReadonlySet<string> = new Set();
/** Nearly every event is of this context, and reading it costs as much as the rest. */
const OWN_NAMESPACES = namespacesOf(EPCIS_CONTEXT);

/**
 * Hashes one event, as its JSON-LD object stands (of ours or anybody's). `context` is the document's `@context`: only the prefixes in it
 * count, the event's own `@context` is added to them. `ignoreFields` are names of top-level extensions, as the document spells them, that a
 * repository added after the event was made (a stored hash, a capture id); a caller names them, a document never does so unasked, because what is
 * ignored can be changed unseen. Pure; an event that is no valid EPCIS is hashed as far as it goes.
 */
export function eventHash(
  event: EpcisEvent | JsonObject,
  context: unknown,
  profile: HashProfile = HASH_PROFILE,
  ignoreFields: readonly string[] = [],
): EventHash {
  const fields = event as JsonObject;
  const around = context === EPCIS_CONTEXT ? OWN_NAMESPACES : namespacesOf(context);
  const namespaces = fields['@context'] === undefined ? around : namespacesOf(fields['@context'], around);
  const ignored = ignoreFields.length === 0 ? NONE : new Set(ignoreFields);
  const type = typeof fields.type === 'string' && !ignored.has('type') ? expandName(fields.type, namespaces) : '';
  const { first, sorted } = EVENT_ORDERS[profile];
  const prehash = `eventType=${type}${children(fields, first, namespaces, sorted, ignored)}`;
  return { prehash, hash: `ni:///sha-256;${sha256Hex(prehash)}?ver=CBV2.0`, profile };
}

/**
 * The fields the order names, in that order, then those of `sorted` and the extensions, sorted among themselves. Absent and empty ones leave
 * no trace, and what neither names is no content.
 */
function children(object: JsonObject, order: Order, namespaces: Namespaces, sorted?: Order, ignored: ReadonlySet<string> = NONE): string {
  const inOrder = new Array<string | undefined>(order.fields.length);
  const behind: string[] = [];
  for (const key of Object.keys(object)) {
    if (ignored.has(key)) continue;
    const place = order.places.get(key);
    const field = place === undefined ? sortedField(sorted, key) : order.fields[place];
    if (place !== undefined && field) inOrder[place] = ordered(object[key], field, namespaces);
    else if (field) behind.push(ordered(object[key], field, namespaces));
    else if (key.includes(':') && !COMMENTS.has(key)) behind.push(extension(expandName(key, namespaces), object[key], namespaces));
  }
  let text = '';
  for (const part of inOrder) if (part !== undefined) text += part;
  return text + joined(behind);
}

function sortedField(sorted: Order | undefined, key: string): FieldOrder | undefined {
  return sorted?.fields[sorted.places.get(key) ?? sorted.fields.length];
}

function ordered(value: unknown, field: FieldOrder, namespaces: Namespaces): string {
  if (value === undefined || value === null) return '';
  const { item } = field;
  if (item !== undefined) {
    const items = Array.isArray(value) ? members(value, item, namespaces) : ordered(value, item, namespaces);
    return items === '' ? '' : field.name + items;
  }
  // Repeated fields (set, certificationInfo, sensorReport) are a list of their own name.
  if (Array.isArray(value)) return members(value, field, namespaces);
  if (typeof value === 'object' && !(value instanceof ExactNumber)) {
    const inner = children(value as JsonObject, field.children ?? NO_ORDER, namespaces);
    return inner === '' ? '' : field.name + inner;
  }
  return leaf(field, value, namespaces);
}

function members(list: readonly unknown[], item: FieldOrder, namespaces: Namespaces): string {
  return joined(list.map((member) => ordered(member, item, namespaces)));
}

function leaf(field: FieldOrder, value: unknown, namespaces: Namespaces): string {
  const text = textOf(value);
  if (text === '') return '';
  if (field.kind === 'time') return `${field.name}=${canonicalTime(text)}`;
  if (field.kind === 'verbatim') return `${field.name}=${text}`;
  return `${field.name}=${canonicalValue(expandValue(text, namespaces), field.vocabulary)}`;
}

function extension(name: string, value: unknown, namespaces: Namespaces): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return joined(value.map((item) => extension(name, item, namespaces)));
  if (typeof value === 'object' && !(value instanceof ExactNumber)) return name + anyFields(value as JsonObject, namespaces);
  const text = textOf(value);
  return text === '' ? name : `${name}=${canonicalValue(expandValue(text, namespaces))}`;
}

/** Within an extension every key counts, with a namespace or without; "#text" and "@value" hold the text beside attributes. */
function anyFields(object: JsonObject, namespaces: Namespaces): string {
  const own = textOf(object['#text'] ?? object['@value']);
  const fields = Object.entries(object)
    .filter(([key]) => !NO_FIELDS.has(key))
    .map(([key, value]) => extension(expandName(key, namespaces), value, namespaces));
  return (own === '' ? '' : `=${canonicalValue(expandValue(own, namespaces))}`) + joined(fields);
}

/** Trimmed; a JSON number in plain decimal digits, a boolean as XML writes it, anything else is no text. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number' || value instanceof ExactNumber) return canonicalNumber(String(value)) ?? String(value);
  return typeof value === 'boolean' ? String(value) : '';
}

/** In values only the standard's own prefixes are compact URIs: "example:x" may be anything. */
function expandValue(text: string, namespaces: Namespaces): string {
  const match = STANDARD_PREFIX.exec(text);
  const namespace = match && namespaces.get(match[1] ?? '');
  return match && namespace ? namespace + (match[2] ?? '') : text;
}

const STANDARD_PREFIX = /^(cbv|gs1|epcis):(?!\/\/)(.+)$/;

/** Joined in the order of their UTF-8 bytes. */
function joined(texts: string[]): string {
  const [first = '', second = ''] = texts;
  if (texts.length > 2) return texts.sort(compareUtf8).join('');
  return texts.length === 2 && compareUtf8(first, second) > 0 ? second + first : first + second;
}
