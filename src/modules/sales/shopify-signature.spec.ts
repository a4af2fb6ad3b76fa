import { describe, expect, it } from '@jest/globals';
import { isSignedBy } from './shopify-signature.js';

/** RFC 4231, test case 2. */
const SECRET = 'Jefe';
const BODY = Buffer.from('what do ya want for nothing?');
const SIGNATURE = Buffer.from('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843', 'hex').toString('base64');

describe('a signature', () => {
  it('is base64 of HMAC-SHA256 over the bytes', () => {
    expect(isSignedBy(SECRET, BODY, SIGNATURE)).toBe(true);
  });

  it('does not fit another body or another secret', () => {
    expect(isSignedBy(SECRET, Buffer.concat([BODY, Buffer.from(' ')]), SIGNATURE)).toBe(false);
    expect(isSignedBy('jefe', BODY, SIGNATURE)).toBe(false);
  });

  it.each(['', 'nonsense', SIGNATURE.slice(4), `${SIGNATURE.slice(0, -4)}AAAA`])('is not %j', (signature) => {
    expect(isSignedBy(SECRET, BODY, signature)).toBe(false);
  });
});
