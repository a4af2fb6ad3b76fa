import { randomBytes } from 'node:crypto';
import { sha256 } from '../../core/kernel/sha256.js';
import { openBytes, sealBytes, SealBroken } from './envelope.js';

/**
 * Authenticated encryption of the platform's own secrets at rest: webhook secrets, bodies of webhooks. `purpose` is bound to the text, so that
 * what was sealed as one thing cannot be passed off as another. What is a household's is in the vault, under the household's own key.
 */
export class Sealing {
  /** `earlier`: keys by which something may still be sealed. */
  constructor(
    private readonly key: Uint8Array,
    private readonly earlier: readonly Uint8Array[] = [],
  ) {}

  seal(plaintext: string, purpose: string): Buffer {
    return sealBytes(this.key, Buffer.from(plaintext), purpose);
  }

  open(sealed: Uint8Array, purpose: string): string {
    for (const key of [this.key, ...this.earlier]) {
      try {
        return openBytes(key, sealed, purpose).toString('utf8');
      } catch (error) {
        if (!(error instanceof SealBroken)) throw error;
      }
    }
    throw new SealBroken('None of the platform’s keys opens this.');
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
