/**
 * The event hash id of CBV 2.0 (8.9.2): an event is written as one canonical string, the pre-hash, whatever syntax and spelling it came in, and
 * the SHA-256 of that names it. So equal events have one name everywhere, and a changed one has another. Implementations differ where the
 * text leaves room; the choices taken here are those of the standard's own table (lists of documents, sources and destinations at the
 * table's place, extensions of a nested field at the end of that field, certificationInfo included), and they have a name with a
 * version, kept beside every hash, so that other choices can be added and an old hash recomputed.
 */
import { sha256Hex } from '../kernel/sha256.js';
import type { EpcisEvent } from './event.js';
import { EVENT_ORDER } from './hash-order.js';
import type { FieldOrder } from './hash-order.js';
import { canonicalNumber, canonicalTime, canonicalValue, compareUtf8 } from './hash-values.js';

/** The choices by which a pre-hash is written. */
export type HashProfile = 'CBV2.0-table/1';
export const HASH_PROFILE: HashProfile = 'CBV2.0-table/1';

export interface EventHash {
  readonly prehash: string;
  /** "ni:///sha-256;{64 hexadecimal digits}?ver=CBV2.0" (RFC 6920). */
  readonly hash: string;
  readonly profile: HashProfile;
}

type JsonObject = Readonly<Record<string, unknown>>;
type Namespaces = ReadonlyMap<string, string>;

/** Identity is not content: these say who stored the event when, or that it was wrong. */
const IGNORED: ReadonlySet<string> = new Set(['type', 'eventID', 'recordTime', 'errorDeclaration', '@context', 'rdfs:comment', 'comment']);

/** Prefixes that the standard context defines, known without loading it. */
const STANDARD_NAMESPACES: readonly (readonly [string, string])[] = [
  ['cbv', 'https://ref.gs1.org/cbv/'],
  ['epcis', 'https://ref.gs1.org/epcis/'],
  ['gs1', 'https://gs1.org/voc/'],
  ['cbvmda', 'urn:epcglobal:cbv:mda:'],
];

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
  const ignored = new Set(ignoreFields);
  const fields: JsonObject = Object.fromEntries(Object.entries(event).filter(([name]) => !ignored.has(name)));
  const namespaces = new Map([...STANDARD_NAMESPACES, ...prefixes(context), ...prefixes(fields['@context'])]);
  const type = typeof fields.type === 'string' ? expandName(fields.type, namespaces) : '';
  const prehash = `eventType=${type}${children(fields, EVENT_ORDER, namespaces)}`;
  return { prehash, hash: `ni:///sha-256;${sha256Hex(prehash)}?ver=CBV2.0`, profile };
}

/** The fields the order names, in that order, then the extensions, sorted among themselves. Absent and empty ones leave no trace. */
function children(object: JsonObject, order: readonly FieldOrder[], namespaces: Namespaces): string {
  return order.map((field) => ordered(object[field.name], field, namespaces)).join('') + extensions(object, namespaces);
}

function ordered(value: unknown, field: FieldOrder, namespaces: Namespaces): string {
  if (value === undefined || value === null) return '';
  if (field.item !== undefined) {
    const items = sorted(listOf(value).map((item) => ordered(item, { ...field, name: field.item ?? '', item: undefined }, namespaces)));
    return items === '' ? '' : field.name + items;
  }
  // Repeated fields (set, certificationInfo, sensorReport) are a list of their own name.
  if (Array.isArray(value)) return sorted(value.map((item) => ordered(item, field, namespaces)));
  if (typeof value === 'object') {
    const inner = children(value as JsonObject, field.children ?? [], namespaces);
    return inner === '' ? '' : field.name + inner;
  }
  return leaf(field, value, namespaces);
}

function leaf(field: FieldOrder, value: unknown, namespaces: Namespaces): string {
  const text = textOf(value);
  if (text === '') return '';
  if (field.kind === 'time') return `${field.name}=${canonicalTime(text)}`;
  if (field.kind === 'verbatim') return `${field.name}=${text}`;
  return `${field.name}=${canonicalValue(expandValue(text, namespaces), field.vocabulary)}`;
}

/** Every key with a namespace, at this level and below, in the order of what it is written as. */
function extensions(object: JsonObject, namespaces: Namespaces): string {
  return sorted(
    Object.entries(object)
      .filter(([key]) => key.includes(':') && !IGNORED.has(key))
      .map(([key, value]) => extension(expandName(key, namespaces), value, namespaces)),
  );
}

function extension(name: string, value: unknown, namespaces: Namespaces): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return sorted(value.map((item) => extension(name, item, namespaces)));
  if (typeof value === 'object') return name + anyFields(value as JsonObject, namespaces);
  const text = textOf(value);
  return text === '' ? name : `${name}=${canonicalValue(expandValue(text, namespaces))}`;
}

/** Within an extension every key counts, with a namespace or without; "#text" and "@value" hold the text beside attributes. */
function anyFields(object: JsonObject, namespaces: Namespaces): string {
  const own = textOf(object['#text'] ?? object['@value']);
  const fields = Object.entries(object)
    .filter(([key]) => !['#text', '@value', 'rdfs:comment', 'comment', '@context'].includes(key))
    .map(([key, value]) => extension(expandName(key, namespaces), value, namespaces));
  return (own === '' ? '' : `=${canonicalValue(expandValue(own, namespaces))}`) + sorted(fields);
}

/** Trimmed; a JSON number in plain decimal digits, a boolean as XML writes it, anything else is no text. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number') return canonicalNumber(String(value)) ?? String(value);
  return typeof value === 'boolean' ? String(value) : '';
}

/** "sheaf:x" → "{https://ns…/}x"; a key that is a URI already is split behind its last / or #. */
function expandName(key: string, namespaces: Namespaces): string {
  const colon = key.indexOf(':');
  const namespace = colon > 0 ? namespaces.get(key.slice(0, colon)) : undefined;
  if (namespace !== undefined) return `{${namespace}}${key.slice(colon + 1)}`;
  const uri = /^([a-z][a-z0-9+.-]*:.*[/#])([^/#]+)$/i.exec(key);
  return uri ? `{${uri[1] ?? ''}}${uri[2] ?? ''}` : key;
}

/** In values only the standard's own prefixes are compact URIs: "example:x" may be anything. */
function expandValue(text: string, namespaces: Namespaces): string {
  const match = /^(cbv|gs1|epcis):(?!\/\/)(.+)$/.exec(text);
  const namespace = match && namespaces.get(match[1] ?? '');
  return match && namespace ? namespace + (match[2] ?? '') : text;
}

function prefixes(context: unknown): [string, string][] {
  return listOf(context).flatMap((entry) =>
    typeof entry === 'object' && entry !== null
      ? Object.entries(entry).filter((pair): pair is [string, string] => typeof pair[1] === 'string' && !pair[0].startsWith('@'))
      : [],
  );
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

function sorted(texts: readonly string[]): string {
  return [...texts].sort(compareUtf8).join('');
}
