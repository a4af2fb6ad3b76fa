import { createHmac, timingSafeEqual } from 'node:crypto';

/** Whether `signature` is base64(HMAC-SHA256(body, secret)), decided in a time that tells nothing of how far it was right. */
export function isSignedBy(secret: string, body: Uint8Array, signature: string): boolean {
  const expected = createHmac('sha256', secret).update(body).digest();
  const given = Buffer.from(signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
