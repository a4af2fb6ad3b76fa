/**
 * What a leaf of the log stands for: the SHA-256 of a record's canonical text. So a record can be proved by showing it, or by its digest alone where others
 * may not see it. The text does not depend on how a store spells JSON: keys sorted by their UTF-8 bytes, numbers in plain digits without idle zeros (a
 * database may write 1e2 as 100 and 12.50 as 12.5, which is the same number), no white space (RFC 8785 in spirit; its numbers are doubles, ours are exact).
 */
import { assert } from '../kernel/assert.js';
import { ExactNumber } from '../kernel/exact-json.js';
import { sha256 } from '../kernel/sha256.js';
import { canonicalNumber, compareUtf8 } from '../epcis/hash-values.js';
import { leafHash } from './merkle.js';
import type { Hash } from './merkle.js';

/** Kinds of records that the log holds; the kind is part of the record, so that one can never stand for another. */
export type RecordKind = 'EVENT' | 'PAYMENT' | 'CONFIRMATION' | 'STATUS_DECISION' | 'SNAPSHOT' | 'CLOSING' | 'FIGURE';

/** An event as it is kept; its deliveries are bound to it by a digest, because who delivered stands in no event. */
export interface EventRecord {
  /** The EPCIS event, eventID and error declaration included. */
  readonly event: object;
  /** RFC 3339. */
  readonly recordTime: string;
  /** The client's id of the doing; null for an event of others. */
  readonly clientId: string | null;
  /** SHA-256 over its deliveries, hexadecimal; null where it has none. */
  readonly deliveriesDigest: string | null;
}

/** The canonical text of an event's record. */
export function eventRecord(record: EventRecord): string {
  return recordText('EVENT', { ...record });
}

/** The canonical text of a record: the kind, and what it holds. Takes JSON values and exact numbers; absent fields are left out, null is a value. */
export function recordText(kind: RecordKind, content: object): string {
  return canonicalText({ kind, content });
}

/** The digest that is the entry of a record's leaf: 32 bytes. */
export function recordDigest(text: string): Hash {
  return sha256(text);
}

/** The leaf of a record: SHA-256(0x00 || SHA-256(text)). */
export function recordLeaf(text: string): Hash {
  return leafHash(recordDigest(text));
}

function canonicalText(value: unknown): string {
  if (value instanceof ExactNumber || typeof value === 'number' || typeof value === 'bigint') {
    const number = canonicalNumber(String(value));
    assert(number !== null, 'A record holds numbers that are numbers.');
    return number;
  }
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (typeof value !== 'object' || value === null) {
    assert(value === null || typeof value === 'string' || typeof value === 'boolean', 'A record holds JSON.');
    return JSON.stringify(value);
  }
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => compareUtf8(a, b))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonicalText(field)}`);
  return `{${fields.join(',')}}`;
}
