import { createHmac } from 'node:crypto';
import { derivedKey } from './envelope.js';

/** 128 bits of the HMAC: among ten million values the chance that any two meet is below 1e-24. */
export const BLIND_INDEX_BYTES = 16;

/**
 * By what an encrypted value is found again: the same text for the same purpose gives the same bytes (HMAC-SHA-256, RFC 2104), and without
 * the pepper nobody can try values against them. Each purpose has a key of its own, so that what is indexed for one cannot be joined with another.
 * The text must be in its normal form.
 */
export class BlindIndex {
  private readonly keys = new Map<string, Buffer>();

  constructor(private readonly pepper: Uint8Array) {}

  of(purpose: string, normalText: string): Buffer {
    let key = this.keys.get(purpose);
    if (!key) {
      key = derivedKey(this.pepper, `blind index of ${purpose}`);
      this.keys.set(purpose, key);
    }
    return createHmac('sha256', key).update(normalText).digest().subarray(0, BLIND_INDEX_BYTES);
  }
}
