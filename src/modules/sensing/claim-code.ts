import { randomBytes } from 'node:crypto';

/** Crockford's base 32: no I, L, O and U, which people misread. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CLAIM_CODE_LENGTH = 12;

/** "7F3K-92QX-M4ZT": printed on the device and typed by who owns it; 60 bits. */
export function newClaimCode(): string {
  const letters = [...randomBytes(CLAIM_CODE_LENGTH)].map((byte) => ALPHABET.charAt(byte % ALPHABET.length));
  return [0, 4, 8].map((start) => letters.slice(start, start + 4).join('')).join('-');
}
