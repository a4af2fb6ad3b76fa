/**
 * A code for people: ten characters that fit on a label and can be read out on a telephone. Crockford's base 32 (no I, L, O, U; lower case
 * and those look-alikes are understood on input); nine characters are the first 45 bits of the SHA-256 of the id, the tenth checks them.
 * Crockford's own check symbols (* ~ $ = U) need escaping in a URL, so the check is a weighted sum over GF(32) instead: with the powers of
 * a primitive element as weights it finds every single wrong character and every swap of two. 45 bits name a batch, they do not
 * prove it: where a code must be unique, its keeper has a unique index.
 */
import { DomainError } from '../kernel/errors.js';
import { parseUuid } from '../kernel/ids.js';
import { sha256 } from '../kernel/sha256.js';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const DATA_CHARACTERS = 9;
const CODE = /^[0-9A-HJKMNP-TV-Z]{10}$/;

/** Ten characters for an id: a UUID in any case (hashed as its 16 bytes), or bytes. The same id gives the same code. Throws BAD_INPUT. */
export function shortCode(id: string | Uint8Array): string {
  const digest = sha256(typeof id === 'string' ? uuidBytes(id) : id);
  let bits = 0n;
  for (const byte of digest.subarray(0, 6)) bits = (bits << 8n) | BigInt(byte);
  bits >>= 3n;
  let data = '';
  for (let place = DATA_CHARACTERS - 1; place >= 0; place -= 1) {
    data += ALPHABET.charAt(Number((bits >> BigInt(5 * place)) & 31n));
  }
  return data + checkCharacter(data);
}

/** The code as it is printed: upper case, look-alikes read, spaces and hyphens dropped. Throws BAD_INPUT where it is mistyped. */
export function parseShortCode(text: string): string {
  const code = text.slice(0, 64).toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  if (!CODE.test(code)) throw new DomainError('BAD_INPUT', { expected: 'a code of ten characters', found: text.slice(0, 32) });
  if (checkCharacter(code.slice(0, DATA_CHARACTERS)) !== code.slice(DATA_CHARACTERS)) {
    throw new DomainError('BAD_INPUT', { expected: 'a code with its check character', found: text.slice(0, 32) });
  }
  return code;
}

function checkCharacter(data: string): string {
  let sum = 0;
  for (const character of data) sum = timesAlpha(sum ^ ALPHABET.indexOf(character));
  return ALPHABET.charAt(sum);
}

/** Times the element x of GF(2)[x] / (x⁵ + x² + 1), which is primitive: its powers are 31 different weights. */
function timesAlpha(element: number): number {
  const shifted = element << 1;
  return shifted > 31 ? shifted ^ 0b100101 : shifted;
}

function uuidBytes(text: string): Uint8Array {
  return Buffer.from(parseUuid(text).replaceAll('-', ''), 'hex');
}
