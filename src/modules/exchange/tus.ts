import type { IncomingHttpHeaders } from 'node:http';
import { DomainError } from '../../core/kernel/errors.js';
import type { UploadState } from '../../platform/files/upload.service.js';
import { FILE_BYTES_MAX } from '../../platform/files/media-type.js';

/**
 * The resumable upload protocol tus 1.0.0 (tus.io/protocols/resumable-upload): its core, creation, creation-with-upload,
 * creation-defer-length and termination, as far as they are headers.
 */
export const TUS_VERSION = '1.0.0';
export const TUS_HEADERS: Readonly<Record<string, string>> = {
  'tus-resumable': TUS_VERSION,
  'tus-version': TUS_VERSION,
  'tus-extension': 'creation,creation-with-upload,creation-defer-length,termination',
  'tus-max-size': String(FILE_BYTES_MAX),
};
/** Ours, beside the protocol's: the sha-256 id, once everything is there. */
const FILE_HEADER = 'file-ref';
const OFFSET_STREAM = 'application/offset+octet-stream';

export function speaksTus(headers: IncomingHttpHeaders): boolean {
  return headers['tus-resumable'] !== undefined;
}

/** Throws UPLOAD_PROTOCOL_UNKNOWN. */
export function requireTus(headers: IncomingHttpHeaders): void {
  if (headers['tus-resumable'] !== TUS_VERSION) throw new DomainError('UPLOAD_PROTOCOL_UNKNOWN', { spoken: TUS_VERSION });
}

export interface Creation {
  /** Null: told later (Upload-Defer-Length). */
  readonly bytes: bigint | null;
  readonly sha256: string | null;
  /** The body is the upload's first bytes. */
  readonly withBody: boolean;
}

/** Throws BAD_INPUT, UPLOAD_PROTOCOL_UNKNOWN. */
export function readCreation(headers: IncomingHttpHeaders): Creation {
  requireTus(headers);
  const bytes = countOf(headers, 'upload-length');
  if ((bytes === null) === (headers['upload-defer-length'] !== '1'))
    throw new DomainError('BAD_INPUT', { expected: 'Upload-Length, or Upload-Defer-Length: 1' });
  return { bytes, sha256: metadataOf(headers, 'sha256'), withBody: headers['content-type'] === OFFSET_STREAM };
}

/** Throws BAD_INPUT, UPLOAD_PROTOCOL_UNKNOWN. */
export function readContinuation(headers: IncomingHttpHeaders): { readonly offset: bigint; readonly bytes: bigint | null } {
  requireTus(headers);
  if (headers['content-type'] !== OFFSET_STREAM) throw new DomainError('BAD_INPUT', { expected: `Content-Type: ${OFFSET_STREAM}` });
  const offset = countOf(headers, 'upload-offset');
  if (offset === null) throw new DomainError('BAD_INPUT', { expected: 'Upload-Offset' });
  return { offset, bytes: countOf(headers, 'upload-length') };
}

/** How far the upload is. */
export function stateHeaders({ received, bytes, file }: UploadState): Record<string, string> {
  return {
    ...TUS_HEADERS,
    'cache-control': 'no-store',
    'upload-offset': received.toString(),
    ...(bytes === null ? { 'upload-defer-length': '1' } : { 'upload-length': bytes.toString() }),
    ...(file && { [FILE_HEADER]: file.id }),
  };
}

/** Upload-Metadata: comma-separated pairs of a key and its value in Base64. */
function metadataOf(headers: IncomingHttpHeaders, key: string): string | null {
  const pairs = String(headers['upload-metadata'] ?? '').split(',');
  const pair = pairs.map((text) => text.trim().split(' ')).find(([name]) => name === key);
  return pair?.[1] === undefined ? null : Buffer.from(pair[1], 'base64').toString('utf8');
}

function countOf(headers: IncomingHttpHeaders, name: string): bigint | null {
  const text = headers[name];
  if (text === undefined) return null;
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text))
    throw new DomainError('BAD_INPUT', { expected: `a number of bytes in ${name}` });
  return BigInt(text);
}
