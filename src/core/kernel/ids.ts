/**
 * Identifiers. Clients make the ids of what they record (UUIDs, RFC 9562), so that a queue on a phone can name things before the server
 * heard of them. Ids that the platform needs beside those are derived from them, so that a replay makes the same ones.
 */
import { DomainError } from './errors.js';
import { sha256 } from './sha256.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Lower-case UUID. Throws BAD_INPUT. */
export function parseUuid(text: string): string {
  const lower = text.toLowerCase();
  if (!UUID.test(lower)) throw new DomainError('BAD_INPUT', { expected: 'a UUID', found: text.slice(0, 64) });
  return lower;
}

/** The same inputs give the same UUID: version 8 (RFC 9562, 5.8), its bits the SHA-256 of the parts. */
export function derivedUuid(...parts: readonly (string | number)[]): string {
  const bytes = Buffer.from(sha256(JSON.stringify(parts.map(String))).subarray(0, 16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
