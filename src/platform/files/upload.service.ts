import { createHash, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/kernel/errors.js';
import { Clock } from '../clock/clock.js';
import { Sealing } from '../crypto/sealing.js';
import { Database } from '../database/database.js';
import type { Tx } from '../database/tx.js';
import { Log } from '../logging/log.js';
import { BlobStore } from './blob-store.js';
import { FileContent } from './file-content.js';
import type { StoredFile, Upload } from './file.repository.js';
import { FileRepository } from './file.repository.js';
import type { FileUser } from './file-user.js';
import type { MediaType } from './media-type.js';
import { FILE_BYTES_MAX, mediaTypeNamed, mediaTypeOf, SIGNATURE_BYTES } from './media-type.js';
import { newFileKey, openFileKey, sealPart } from './part-sealing.js';

/** What a killed process may lose of what it was sent, and what a reader holds in memory. */
export const PART_BYTES = 1_024 * 1_024;
/** Of one organisation, under way at one time. */
export const UPLOADS_OPEN_MAX = 200;
/** An upload that nobody goes on with is given up; the answer to a finished one can be asked for as long. */
export const UPLOAD_KEPT_MS = 7 * 24 * 3_600_000;
/** A file that no record has come to name. */
export const UNNAMED_KEPT_MS = 30 * 24 * 3_600_000;
/** Nobody writes one part as long as that. */
const PART_WRITTEN_MS_MAX = 3_600_000;
const SWEPT_AT_ONCE_MAX = 500;

export interface UploadState {
  readonly id: string;
  readonly received: bigint;
  /** Null: not told yet. */
  readonly bytes: bigint | null;
  /** Once everything is there. */
  readonly file: UploadedFile | null;
}

export interface UploadedFile {
  /** sha-256 of what is in it. */
  readonly id: string;
  readonly bytes: bigint;
  readonly mediaType: string;
}

/** Bytes on their way in, part by part: each part is sealed and safe before it is counted, so an upload goes on where it was cut. */
@Injectable()
export class UploadService {
  constructor(
    private readonly database: Database,
    private readonly repository: FileRepository,
    private readonly blobs: BlobStore,
    private readonly content: FileContent,
    private readonly sealing: Sealing,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** `bytes` null: to be told later. `sha256`: what the sender has, held against what came. Throws FILE_TOO_LARGE, UPLOADS_TOO_MANY. */
  async begin(by: FileUser, told: { readonly bytes: bigint | null; readonly sha256: string | null }): Promise<string> {
    if (told.bytes !== null) requireSize(told.bytes, FILE_BYTES_MAX);
    if (told.sha256 !== null && !/^[0-9a-f]{64}$/.test(told.sha256))
      throw new DomainError('BAD_INPUT', { expected: 'a sha-256' }, ['sha256']);
    const id = randomUUID();
    await this.database.transaction(async (tx) => {
      if ((await this.repository.openUploads(tx, by.organisationId)) >= UPLOADS_OPEN_MAX)
        throw new DomainError('UPLOADS_TOO_MANY', { max: UPLOADS_OPEN_MAX });
      const upload = {
        ...{ id, organisationId: by.organisationId, bytes: told.bytes, received: 0n, sha256: told.sha256 },
        ...{ mediaType: null, sealedKey: newFileKey(this.sealing).sealed, fileId: null },
      };
      await this.repository.insertUpload(tx, upload, this.now());
    });
    return id;
  }

  /** `begin`, and the first bytes with it where the body brings some. */
  async create(
    by: FileUser,
    told: { readonly bytes: bigint | null; readonly sha256: string | null },
    stream: AsyncIterable<Uint8Array> | null,
  ): Promise<UploadState> {
    const id = await this.begin(by, told);
    return stream ? this.append(by, id, { offset: 0n }, stream) : this.state(by, id);
  }

  /** Throws NOT_FOUND: it is another's, or was given up. */
  async state(by: FileUser, uploadId: string): Promise<UploadState> {
    return this.stateOf(await this.requireUpload(by, uploadId));
  }

  /**
   * Takes the bytes that follow `offset`. The last byte makes the file. `bytes`: the whole length, where it was
   * not told before. Throws BODY_BROKEN_OFF (what came until then is kept), UPLOAD_OFFSET_WRONG, FILE_TOO_LARGE, MEDIA_TYPE_REFUSED, STORAGE_FULL.
   */
  async append(
    by: FileUser,
    uploadId: string,
    from: { readonly offset: bigint; readonly bytes?: bigint | null },
    stream: AsyncIterable<Uint8Array>,
  ): Promise<UploadState> {
    const upload = await this.requireUpload(by, uploadId);
    if (upload.received !== from.offset)
      throw new DomainError('UPLOAD_OFFSET_WRONG', { offset: from.offset.toString(), received: upload.received.toString() });
    if (upload.fileId !== null) return this.stateOf(upload);
    let bytes = upload.bytes;
    if (typeof from.bytes === 'bigint' && bytes === null) {
      requireSize(from.bytes, FILE_BYTES_MAX);
      bytes = from.bytes;
      await this.repository.setBytes(this.database.reader, uploadId, bytes);
    }
    const writer = new PartWriter({ ...upload, bytes }, (draft, part) => this.keepPart(draft, part));
    await writer.take(stream);
    return writer.upload.bytes === writer.upload.received ? this.finish(by, writer.upload) : this.stateOf(writer.upload);
  }

  /** A whole file in one request, of a length that only its end tells. A request that breaks leaves nothing. */
  async sendWhole(by: FileUser, sha256: string | null, stream: AsyncIterable<Uint8Array>): Promise<UploadedFile> {
    const id = await this.begin(by, { bytes: null, sha256 });
    try {
      const { received } = await this.append(by, id, { offset: 0n }, stream);
      const upload = await this.requireUpload(by, id);
      const { file } = await this.finish(by, { ...upload, bytes: received, received });
      if (!file) throw new DomainError('INTERNAL');
      return file;
    } catch (error) {
      await this.giveUp(by, id).catch((failure: unknown) =>
        this.log.write('warn', 'An upload was not cleared away.', { error: String(failure) }),
      );
      throw error;
    }
  }

  /** Of an upload under way nothing is left; a file that it has become stays. */
  async giveUp(by: FileUser, uploadId: string): Promise<void> {
    const upload = await this.requireUpload(by, uploadId);
    await this.database.transaction(async (tx) => {
      if (upload.fileId === null) await this.repository.discardParts(tx, [uploadId]);
      await this.repository.deleteUpload(tx, uploadId);
    });
    await this.deleteRefuse();
  }

  /** Lets go of what belongs to nothing any more. */
  async sweep(): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.repository.sweepUploads(tx, new Date(this.clock.nowMs() - UPLOAD_KEPT_MS), SWEPT_AT_ONCE_MAX);
      await this.repository.sweepFiles(tx, new Date(this.clock.nowMs() - UNNAMED_KEPT_MS), SWEPT_AT_ONCE_MAX);
    });
    await this.deleteRefuse();
  }

  /** First the blobs, then what is known of them: after a crash in between they are deleted once more. */
  private async deleteRefuse(): Promise<void> {
    const writtenBefore = new Date(this.clock.nowMs() - PART_WRITTEN_MS_MAX);
    const blobIds = await this.repository.refuse(this.database.reader, writtenBefore, SWEPT_AT_ONCE_MAX);
    await this.blobs.delete(blobIds);
    if (blobIds.length > 0) await this.repository.forgetParts(this.database.reader, blobIds);
  }

  private async keepPart(upload: Upload, bytes: Buffer): Promise<Upload> {
    const mediaType = upload.mediaType ?? this.earlyTypeOf(upload, bytes)?.name ?? null;
    const sizeMax = mediaType === null ? FILE_BYTES_MAX : (mediaTypeNamed(mediaType)?.bytesMax ?? 0);
    const received = upload.received + BigInt(bytes.length);
    requireSize(upload.bytes !== null && upload.bytes > received ? upload.bytes : received, sizeMax);
    const part = { blobId: randomUUID(), startByte: upload.received, bytes: bytes.length };
    const reader = this.database.reader;
    await this.repository.announcePart(reader, upload.id, part, this.now());
    await this.blobs.put(part.blobId, sealPart(openFileKey(this.sealing, upload.sealedKey), part.blobId, bytes));
    const counted = await this.database.transaction(async (tx) => {
      if (mediaType !== upload.mediaType && mediaType !== null) await this.repository.setMediaType(tx, upload.id, mediaType);
      return this.repository.confirmPart(tx, upload.id, part, this.now());
    });
    if (counted) return { ...upload, received, mediaType };
    await this.blobs.delete([part.blobId]);
    await this.repository.forgetParts(reader, [part.blobId]);
    throw new DomainError('UPLOAD_OFFSET_WRONG', { offset: upload.received.toString() });
  }

  /** Where the first part is long enough to tell, what is not taken is refused before the rest is sent. */
  private earlyTypeOf(upload: Upload, bytes: Buffer): MediaType | null {
    const whole = upload.bytes !== null && BigInt(bytes.length) === upload.bytes;
    if (upload.received > 0n || (bytes.length < SIGNATURE_BYTES && !whole)) return null;
    return requireType(bytes);
  }

  /** Everything is there: reads it back, which proves that it can be, and names it by its sha-256. */
  private async finish(by: FileUser, upload: Upload): Promise<UploadState> {
    if (upload.received === 0n) throw new DomainError('FILE_EMPTY');
    const hash = createHash('sha256');
    let start = Buffer.alloc(0);
    for await (const part of this.content.read({ uploadId: upload.id, sealedKey: upload.sealedKey })) {
      hash.update(part);
      if (start.length < SIGNATURE_BYTES) start = Buffer.concat([start, part]);
    }
    const id = hash.digest('hex');
    const type = requireType(start);
    requireSize(upload.received, type.bytesMax);
    if (upload.sha256 !== null && upload.sha256 !== id) throw new DomainError('FILE_HASH_WRONG', { expected: upload.sha256, found: id });
    const file: StoredFile = { id, uploadId: upload.id, bytes: upload.received, mediaType: type.name, sealedKey: upload.sealedKey };
    const kept = await this.database.transaction((tx) => this.keep(tx, by, upload, file));
    return { id: upload.id, received: upload.received, bytes: upload.received, file: kept };
  }

  private async keep(tx: Tx, by: FileUser, upload: Upload, file: StoredFile): Promise<UploadedFile> {
    const isNew = await this.repository.insertFile(tx, file, this.now());
    const [kept = file] = isNew ? [file] : await this.repository.files(tx, [file.id]);
    // Finished twice at once, it is the file already.
    if (kept.uploadId !== upload.id) await this.repository.discardParts(tx, [upload.id]);
    await this.repository.insertHolder(tx, file.id, by.organisationId, this.now());
    await this.repository.finishUpload(tx, upload.id, file.id, this.now());
    return { id: kept.id, bytes: kept.bytes, mediaType: kept.mediaType };
  }

  private async stateOf(upload: Upload): Promise<UploadState> {
    const [file] = upload.fileId === null ? [] : await this.repository.files(this.database.reader, [upload.fileId]);
    return {
      id: upload.id,
      received: upload.received,
      bytes: upload.bytes ?? (upload.fileId === null ? null : upload.received),
      file: file ? { id: file.id, bytes: file.bytes, mediaType: file.mediaType } : null,
    };
  }

  private async requireUpload(by: FileUser, id: string): Promise<Upload> {
    const upload = await this.repository.upload(this.database.reader, id);
    if (upload?.organisationId !== by.organisationId) throw new DomainError('NOT_FOUND', { uploadId: id });
    return upload;
  }

  private now(): Date {
    return new Date(this.clock.nowMs());
  }
}

/** Cuts a stream into parts. What came before the stream broke is kept too. */
class PartWriter {
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;

  constructor(
    public upload: Upload,
    private readonly keep: (upload: Upload, part: Buffer) => Promise<Upload>,
  ) {}

  async take(stream: AsyncIterable<Uint8Array>): Promise<void> {
    const chunks = stream[Symbol.asyncIterator]();
    const broken = Symbol('the stream broke');
    try {
      for (;;) {
        const next = await chunks.next().catch((): typeof broken => broken);
        if (next === broken || next.done === true) {
          await this.flush();
          if (next === broken) throw new DomainError('BODY_BROKEN_OFF', { received: this.upload.received.toString() });
          return;
        }
        await this.add(next.value);
      }
    } finally {
      await chunks.return?.();
    }
  }

  private async add(chunk: Uint8Array): Promise<void> {
    const { bytes, received } = this.upload;
    if (bytes !== null && received + BigInt(this.waitingBytes + chunk.length) > bytes) {
      throw new DomainError('FILE_TOO_LARGE', { bytesMax: bytes.toString() });
    }
    this.waiting.push(chunk);
    this.waitingBytes += chunk.length;
    if (this.waitingBytes >= PART_BYTES) await this.flush();
  }

  private async flush(): Promise<void> {
    if (this.waitingBytes === 0) return;
    const part = Buffer.concat(this.waiting);
    this.waiting = [];
    this.waitingBytes = 0;
    this.upload = await this.keep(this.upload, part);
  }
}

function requireSize(bytes: bigint, bytesMax: number): void {
  if (bytes > BigInt(bytesMax)) throw new DomainError('FILE_TOO_LARGE', { bytes: bytes.toString(), bytesMax });
}

function requireType(start: Buffer): MediaType {
  const type = mediaTypeOf(start.subarray(0, SIGNATURE_BYTES));
  if (!type) throw new DomainError('MEDIA_TYPE_REFUSED');
  return type;
}
