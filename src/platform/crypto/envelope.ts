import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, randomFillSync } from 'node:crypto';

/** AES-256: keys of 256 bits; GCM with a random nonce of 96 bits and a tag of 128 (NIST SP 800-38D). */
export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** What sealing adds to the length of a text. */
export const SEAL_BYTES = NONCE_BYTES + TAG_BYTES;
const NONCES_AT_ONCE = 1_024;

/** What was sealed under another key, for another use, or was changed since: it cannot be opened. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

export function newKey(): Buffer {
  return randomBytes(KEY_BYTES);
}

/** Nonce, ciphertext and tag. `bound` says what this is and whose: it is not kept in it, and opening needs the same. */
export function sealBytes(key: Uint8Array, plaintext: Uint8Array, bound: string): Buffer {
  const nonce = nextNonce();
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(bound));
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Throws SealBroken. */
export function openBytes(key: Uint8Array, sealed: Uint8Array, bound: string): Buffer {
  if (sealed.length < SEAL_BYTES) throw new SealBroken('Nothing sealed is so short.');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(bound)).setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    throw new SealBroken('What was sealed cannot be opened: another key, another use, or it was changed.');
  }
}

/** A key for one use, derived from a secret that serves several (HKDF-SHA-256, RFC 5869). */
export function derivedKey(secret: Uint8Array, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', use, KEY_BYTES));
}

/** Asking the system for twelve bytes costs more than sealing does. */
const nonces = Buffer.alloc(NONCES_AT_ONCE * NONCE_BYTES);
let noncesUsed = NONCES_AT_ONCE;

function nextNonce(): Buffer {
  if (noncesUsed === NONCES_AT_ONCE) {
    randomFillSync(nonces);
    noncesUsed = 0;
  }
  const start = noncesUsed * NONCE_BYTES;
  noncesUsed += 1;
  return nonces.subarray(start, start + NONCE_BYTES);
}
