/**
 * The kinds of values that the fields of an event hold (EPCIS 2.0, 7.3; the JSON schema of its binding), each read from JSON that nobody vouches for. A
 * reader gives the value or rejects it with BAD_INPUT, saying where it stands and what was expected. Numbers keep their digits. Texts with U+0000 or half a
 * surrogate pair are refused, because no database keeps them as they are and the event's hash would no longer be of what is stored.
 */
import type { ExactJson } from '../kernel/exact-json.js';
import { ExactNumber, isExactArray, isExactObject } from '../kernel/exact-json.js';
import type { ErrorDetail } from '../kernel/errors.js';
import { at, DomainError } from '../kernel/errors.js';
import { parseInstant } from '../kernel/instant.js';
import type { JsonValue } from './event.js';

export type Reader<T> = (value: ExactJson) => T;

/** Characters of one text; a note that needs more belongs in a file. */
export const EPCIS_TEXT_LENGTH_MAX = 10_000;
/** Characters of one URI, as of one Digital Link. */
export const EPCIS_URI_LENGTH_MAX = 2_048;
/** Entries of one list of an event: instances on a pallet are hundreds. */
export const EPCIS_LIST_LENGTH_MAX = 20_000;
/** Levels within one extension field. */
export const EPCIS_EXTENSION_DEPTH_MAX = 16;

/** Names through which an object reaches its prototype, in whatever program reads the event next. */
const PROTOTYPE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const UNSTORABLE = /\u0000|\p{Surrogate}/u;
/** RFC 3986, in ASCII: what the schema calls a URI. */
const URI =
  /^[a-z][a-z0-9+.-]*:(?=.)(?:\/\/(?:(?:[\w.~!$&'()*+,;=:-]|%[0-9a-f]{2})*@)?(?:\[[0-9a-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[0-9a-f]{2})*)(?::\d*)?(?=[/?#]|$)|(?!\/\/))(?:[\w.~!$&'()*+,;=:@/-]|%[0-9a-f]{2})*(?:\?(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9a-f]{2})*)?(?:#(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9a-f]{2})*)?$/i;

export function rejection(expected: string, value: ExactJson, detail: ErrorDetail = {}): DomainError {
  return new DomainError('BAD_INPUT', { expected, found: shown(value), ...detail });
}

export const text: Reader<string> = (value) => {
  if (typeof value !== 'string') throw rejection('a text', value);
  if (value.length > EPCIS_TEXT_LENGTH_MAX) throw rejection(`a text of at most ${EPCIS_TEXT_LENGTH_MAX} characters`, value);
  if (UNSTORABLE.test(value)) throw rejection('a text without U+0000 and without half a surrogate pair', null);
  return value;
};

export const uri: Reader<string> = (value) => {
  if (typeof value !== 'string' || value.length > EPCIS_URI_LENGTH_MAX || !URI.test(value)) throw rejection('a URI', value);
  return value;
};

export const time: Reader<string> = (value) => {
  if (typeof value !== 'string') throw rejection('RFC 3339 with offset', value);
  parseInstant(value);
  return value;
};

export const number: Reader<ExactNumber> = (value) => {
  if (!(value instanceof ExactNumber)) throw rejection('a number', value);
  if (value.decimal() === null) throw rejection('a number of at most 38 digits', value);
  return value;
};

export const boolean: Reader<boolean> = (value) => {
  if (typeof value !== 'boolean') throw rejection('true or false', value);
  return value;
};

/** A text of the pattern, which `expected` describes. */
export function pattern(form: RegExp, expected: string): Reader<string> {
  return (value) => {
    if (typeof value !== 'string' || !form.test(value)) throw rejection(expected, value);
    return value;
  };
}

export function oneOf<Word extends string>(words: readonly Word[]): Reader<Word> {
  return (value) => {
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) throw rejection(words.join(' | '), value);
    return word;
  };
}

/** A list; of things that are told apart by being there at all, where it is a `set`. Throws TOO_MANY_ITEMS. */
export function listOf<T>(item: Reader<T>, options: { readonly min?: number; readonly set?: boolean } = {}): Reader<readonly T[]> {
  return (value) => {
    if (!isExactArray(value)) throw rejection('a list', value);
    if (value.length < (options.min ?? 0)) throw rejection(`a list of at least ${options.min ?? 0}`, value);
    if (value.length > EPCIS_LIST_LENGTH_MAX) throw new DomainError('TOO_MANY_ITEMS', { items: value.length, most: EPCIS_LIST_LENGTH_MAX });
    const items = value.map((entry, i) => at([i], () => item(entry)));
    if (options.set && new Set(items).size < items.length) throw rejection('a list without repetition', null);
    return items;
  };
}

/** One, or a list of several. */
export function oneOrMore<T>(item: Reader<T>): Reader<T | readonly T[]> {
  const list = listOf(item);
  return (value) => (isExactArray(value) ? list(value) : item(value));
}

export interface RecordShape {
  readonly fields: ReadonlyMap<string, Reader<unknown>>;
  readonly required: readonly string[];
  /** True where fields with a namespace may stand beside these. */
  readonly extensible: boolean;
}

/** An object of these fields and of no others but extensions. */
export function record(shape: RecordShape): Reader<Readonly<Record<string, unknown>>> {
  return (value) => {
    if (!isExactObject(value)) throw rejection('an object', value);
    const read: Record<string, unknown> = {};
    for (const [key, entry] of Object.entries(value)) {
      if (entry === undefined) continue;
      const field = shape.fields.get(key);
      if (field) read[key] = at([key], () => field(entry));
      else if (shape.extensible && key.includes(':')) read[key] = at([key.slice(0, 64)], () => (uri(key), extension(entry)));
      else throw rejection('a field of the standard, or one with a namespace', key).within(key.slice(0, 64));
    }
    const missing = shape.required.find((key) => !Object.hasOwn(read, key));
    if (missing !== undefined) throw rejection(`the field ${missing}`, null, { missing });
    return read;
  };
}

/** Lot master data: extension fields only. */
export const extensions = record({ fields: new Map(), required: [], extensible: true });

/** Whatever somebody else's field holds, as it is; only what could harm whoever reads it next is refused. */
export function extension(value: ExactJson, depth = 0): JsonValue {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return text(value);
  if (value instanceof ExactNumber) return number(value);
  if (depth >= EPCIS_EXTENSION_DEPTH_MAX) throw rejection(`at most ${EPCIS_EXTENSION_DEPTH_MAX} levels`, null);
  if (isExactArray(value)) {
    if (value.length > EPCIS_LIST_LENGTH_MAX) throw new DomainError('TOO_MANY_ITEMS', { items: value.length, most: EPCIS_LIST_LENGTH_MAX });
    return value.map((entry, i) => at([i], () => extension(entry, depth + 1)));
  }
  const read: Record<string, JsonValue> = {};
  for (const [key, entry] of Object.entries(value as Readonly<Record<string, ExactJson>>)) {
    read[key] = at([key.slice(0, 64)], () => {
      if (PROTOTYPE_KEYS.has(text(key))) throw rejection('another name', key);
      return extension(entry, depth + 1);
    });
  }
  return read;
}

function shown(value: ExactJson): string {
  if (typeof value === 'string') return value.slice(0, 64);
  if (value instanceof ExactNumber) return value.text.slice(0, 64);
  return value === null ? 'null' : isExactArray(value) ? 'a list' : typeof value === 'boolean' ? String(value) : 'an object';
}
