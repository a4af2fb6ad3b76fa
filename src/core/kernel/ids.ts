/**
 * Identifiers. Clients make the ids of what they record (UUIDs, RFC 9562), so that a queue on a phone can name things before the server
 * heard of them. Ids that the platform needs beside those are derived from them, so that a replay makes the same ones.
 */
import { DomainError } from './errors.js';
import { sha256Hex } from './sha256.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Lower-case UUID. Throws BAD_INPUT. */
export function parseUuid(text: string): string {
  const lower = text.toLowerCase();
  if (!UUID.test(lower)) throw new DomainError('BAD_INPUT', { expected: 'a UUID', found: text.slice(0, 64) });
  return lower;
}

/** The same inputs give the same UUID: version 8 (RFC 9562, 5.8), its bits the SHA-256 of the parts. */
export function derivedUuid(...parts: readonly (string | number)[]): string {
  const hex = sha256Hex(JSON.stringify(parts.map(String)));
  // The variant takes two bits of the ninth byte, the version four of the seventh.
  const variant = ((parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
