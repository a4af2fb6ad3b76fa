import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Sealing } from '../crypto/sealing.js';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PURPOSE = 'file key';

/** The key of one file, and itself sealed under the vault's key: what is kept beside the file. */
export interface FileKey {
  readonly key: Buffer;
  readonly sealed: Buffer;
}

export function newFileKey(sealing: Sealing): FileKey {
  const key = randomBytes(KEY_BYTES);
  return { key, sealed: sealing.seal(key.toString('base64'), PURPOSE) };
}

export function openFileKey(sealing: Sealing, sealed: Uint8Array): Buffer {
  return Buffer.from(sealing.open(sealed, PURPOSE), 'base64');
}

/** AES-256-GCM; the part is bound to its blob, so that parts cannot be exchanged behind the platform's back. */
export function sealPart(key: Uint8Array, blobId: string, part: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(blobId));
  return Buffer.concat([nonce, cipher.update(part), cipher.final(), cipher.getAuthTag()]);
}

/** Throws where the bytes are not those that were sealed. */
export function openPart(key: Uint8Array, blobId: string, sealed: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(blobId));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
}
