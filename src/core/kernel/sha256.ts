/**
 * SHA-256 and HMAC-SHA-256 (FIPS 180-4, RFC 2104): the only file of the core that asks the runtime for something, and it is a pure function.
 */
import { createHmac, hash, timingSafeEqual } from 'node:crypto';

/** Lower-case hexadecimal. */
export function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

export function sha256(data: string | Uint8Array): Uint8Array {
  return hash('sha256', data, 'buffer');
}

/** Base64, as shops sign their webhooks. */
export function hmacSha256Base64(key: string | Uint8Array, data: string | Uint8Array): string {
  return createHmac('sha256', key).update(data).digest('base64');
}

export function hmacSha256Hex(key: string | Uint8Array, data: string | Uint8Array): string {
  return createHmac('sha256', key).update(data).digest('hex');
}

/** Compares without telling by its duration where the strings differ. */
export function equalInConstantTime(a: string, b: string): boolean {
  const left = sha256(a);
  const right = sha256(b);
  return timingSafeEqual(left, right);
}
