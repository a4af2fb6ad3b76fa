import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { derivedUuid } from '../../core/kernel/ids.js';
import { hmacSha256Hex, sha256 } from '../../core/kernel/sha256.js';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Authenticated encryption of small secrets at rest (AES-256-GCM): names, phones, webhook secrets. `purpose` is bound to the text, so that
 * what was sealed as a name cannot be passed off as a phone.
 */
export class Sealing {
  constructor(private readonly key: Uint8Array) {
    if (key.length !== KEY_BYTES) throw new Error(`A vault key has ${String(KEY_BYTES)} bytes.`);
  }

  seal(plaintext: string, purpose: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(Buffer.from(purpose));
    return Buffer.concat([nonce, cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  }

  /** The same text under the same purpose gives the same UUID; without the key nobody can try names against it. */
  pseudonym(text: string, purpose: string): string {
    return derivedUuid('pseudonym', hmacSha256Hex(this.key, JSON.stringify([purpose, text])));
  }

  open(sealed: Uint8Array, purpose: string): string {
    const decipher = createDecipheriv('aes-256-gcm', this.key, sealed.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(purpose));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
  }
}

export const SECRET_BYTES = 24;

/** A secret that a person may have to copy: URL-safe, 192 bits. */
export function newSecret(prefix: string): string {
  return `${prefix}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

const SALT_BYTES = 16;
const SALTS_AT_ONCE = 256;
let salts = Buffer.alloc(0);

/** Random bytes, for salts. Drawn from the system by the hundred: one by one is what a salt costs. */
export function newSalt(): Buffer {
  if (salts.length === 0) salts = randomBytes(SALT_BYTES * SALTS_AT_ONCE);
  const salt = salts.subarray(0, SALT_BYTES);
  salts = salts.subarray(SALT_BYTES);
  return salt;
}

/** Secrets of 192 random bits need no slow hash: there is nothing to guess. */
export function hashSecret(secret: string): Buffer {
  return Buffer.from(sha256(secret));
}
