import { Injectable } from '@nestjs/common';
import { assert } from '../../core/kernel/assert.js';
import { Sealing } from '../crypto/sealing.js';
import { Database } from '../database/database.js';
import { BlobStore } from './blob-store.js';
import type { Part } from './file.repository.js';
import { FileRepository } from './file.repository.js';
import { openFileKey, openPart } from './part-sealing.js';

/** Parts that a reader who jumps about keeps opened. */
const PARTS_KEPT_OPEN = 4;

export interface Sealed {
  readonly uploadId: string;
  readonly sealedKey: Uint8Array;
}

/** What is in a file, opened part by part: nobody holds more of it in memory than that. */
@Injectable()
export class FileContent {
  constructor(
    private readonly database: Database,
    private readonly repository: FileRepository,
    private readonly blobs: BlobStore,
    private readonly sealing: Sealing,
  ) {}

  /** The bytes from `from` up to, without, `to`; all of them by default. */
  async *read(sealed: Sealed, from = 0n, to: bigint | null = null): AsyncGenerator<Buffer, void, undefined> {
    const parts = await this.repository.parts(this.database.reader, sealed.uploadId);
    const key = openFileKey(this.sealing, sealed.sealedKey);
    for (const part of parts) {
      const [start, end] = [part.startByte, part.startByte + BigInt(part.bytes)];
      if (end <= from || (to !== null && start >= to)) continue;
      const opened = await this.open(key, part);
      const cut = opened.subarray(Number(from > start ? from - start : 0n), to !== null && to < end ? Number(to - start) : undefined);
      if (cut.length > 0) yield cut;
    }
  }

  /** For formats that are read by jumping about (ZIP). */
  async jumping(sealed: Sealed): Promise<JumpingReader> {
    const parts = await this.repository.parts(this.database.reader, sealed.uploadId);
    const key = openFileKey(this.sealing, sealed.sealedKey);
    return new JumpingReader(parts, (part) => this.open(key, part));
  }

  private async open(key: Uint8Array, { blobId, bytes }: Part): Promise<Buffer> {
    const sealed = await this.blobs.get(blobId);
    assert(sealed, 'A counted part of a file is there.');
    const opened = openPart(key, blobId, sealed);
    assert(opened.length === bytes, 'A part of a file has the length that was counted.');
    return opened;
  }
}

export class JumpingReader {
  private readonly opened = new Map<string, Promise<Buffer>>();

  constructor(
    private readonly parts: readonly Part[],
    private readonly open: (part: Part) => Promise<Buffer>,
  ) {}

  get bytes(): number {
    return this.parts.reduce((sum, part) => sum + part.bytes, 0);
  }

  async *read(from: number, to: number): AsyncGenerator<Buffer, void, undefined> {
    for (const part of this.parts) {
      const start = Number(part.startByte);
      if (start + part.bytes <= from || start >= to) continue;
      const bytes = await this.part(part);
      yield bytes.subarray(Math.max(0, from - start), Math.min(part.bytes, to - start));
    }
  }

  private part(part: Part): Promise<Buffer> {
    const known = this.opened.get(part.blobId);
    if (known) return known;
    const opening = this.open(part);
    this.opened.set(part.blobId, opening);
    for (const old of this.opened.keys()) {
      if (this.opened.size <= PARTS_KEPT_OPEN) break;
      this.opened.delete(old);
    }
    return opening;
  }
}
