import { hmacSha256Hex, sha256Hex } from '../../core/kernel/sha256.js';
import { derivedKey } from '../crypto/envelope.js';

/** 1 was the SHA-256 of the content; 2 is the HMAC of that. */
export const HASH_VERSION = 2;

/**
 * What tells one content from another without telling what it was: inputs hold names and phone numbers, so the hash is under a key
 * (HMAC-SHA-256 of the SHA-256, so that an older hash can be brought under the key without the content).
 */
export class ContentHash {
  private readonly key: Uint8Array;

  /** The key is derived from the pepper, for this use alone. */
  constructor(pepper: Uint8Array) {
    this.key = derivedKey(pepper, 'content hash of client requests');
  }

  /** Of canonical JSON; lower-case hexadecimal. */
  of(canonical: string): string {
    return this.keyed(sha256Hex(canonical));
  }

  /** A hash that was kept, in the present version. */
  now(kept: { readonly contentHash: string; readonly hashVersion: number }): string {
    return kept.hashVersion === HASH_VERSION ? kept.contentHash : this.keyed(kept.contentHash);
  }

  private keyed(sha256OfContent: string): string {
    return hmacSha256Hex(this.key, sha256OfContent);
  }
}
