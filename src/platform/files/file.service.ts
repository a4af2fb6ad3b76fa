import { Injectable } from '@nestjs/common';
import { assert } from '../../core/kernel/assert.js';
import { DomainError } from '../../core/kernel/errors.js';
import { Clock } from '../clock/clock.js';
import { Database } from '../database/database.js';
import type { Tx } from '../database/tx.js';
import type { JumpingReader } from './file-content.js';
import { FileContent } from './file-content.js';
import type { FileName, StoredFile } from './file.repository.js';
import { FileRepository } from './file.repository.js';
import type { FileUser, NamingRecords } from './file-user.js';

/** One record and the files that it names as its evidence. */
export interface Naming {
  readonly recordKind: string;
  /** UUID. */
  readonly recordId: string;
  readonly fileIds: readonly string[];
}

/** A file that another record names too: the same receipt on two payments. */
export interface NamedBefore {
  readonly fileId: string;
  readonly recordKind: string;
  readonly recordId: string;
}

/** Files by the records that name them: nobody reads a file but through a record. */
@Injectable()
export class FileService {
  private readonly records = new Map<string, NamingRecords>();

  constructor(
    private readonly database: Database,
    private readonly repository: FileRepository,
    private readonly content: FileContent,
    private readonly clock: Clock,
  ) {}

  /** Once for each kind, while the application is put together. */
  registerRecords(records: NamingRecords): void {
    assert(!this.records.has(records.kind), 'No two modules own one kind of record.');
    this.records.set(records.kind, records);
  }

  /**
   * Records name their files, in the transaction that makes the records. Answers one entry a naming, in their order: which of its files other
   * records of the same kind name already; or FILE_UNKNOWN where the organisation has not sent one of them, with the file's place as path, and
   * nothing of that naming is stored. Naming twice is naming once.
   */
  async filesNamed(tx: Tx, namings: readonly Naming[], by: FileUser): Promise<(readonly NamedBefore[] | DomainError)[]> {
    const ids = [...new Set(namings.flatMap(({ fileIds }) => fileIds))];
    if (ids.length === 0) return namings.map(() => []);
    const held = await this.repository.lockHeld(tx, ids, by.organisationId);
    const strangers = namings.map(({ fileIds }) => fileIds.findIndex((id) => !held.has(id)));
    const names = namings.flatMap(({ recordKind, recordId, fileIds }, place) =>
      strangers[place] === -1 ? fileIds.map((fileId) => ({ fileId, recordKind, recordId, organisationId: by.organisationId })) : [],
    );
    for (const { recordKind } of names) assert(this.records.has(recordKind), 'Whoever names files has said who may read them.');
    await this.repository.insertNames(tx, names, new Date(this.clock.nowMs()));
    const all = await this.repository.names(tx, ids);
    return namings.map((naming, place) => {
      const stranger = strangers[place] ?? -1;
      if (stranger !== -1) return new DomainError('FILE_UNKNOWN', { file: naming.fileIds[stranger] }, ['evidence', String(stranger)]);
      return namedBefore(naming, all);
    });
  }

  /** Which files of these records other records of their kind name too, by record; records without such a file are left out. */
  async sharedWith(tx: Tx, recordKind: string, recordIds: readonly string[]): Promise<ReadonlyMap<string, readonly NamedBefore[]>> {
    const shared = new Map<string, NamedBefore[]>();
    for (const { recordId, other } of await this.repository.sharedNames(tx, recordKind, recordIds)) {
      shared.set(recordId, [...(shared.get(recordId) ?? []), other]);
    }
    return shared;
  }

  /** The file, for somebody who may read a record that names it. Throws NOT_FOUND, where there is none as where it is nobody's business. */
  async readable(by: FileUser, fileId: string): Promise<StoredFile> {
    const [file] = await this.repository.files(this.database.reader, [fileId]);
    const names = file ? await this.repository.names(this.database.reader, [fileId]) : [];
    for (const [kind, recordIds] of byKind(names)) {
      const visible = await this.records.get(kind)?.visible(by, recordIds);
      if (file && visible && visible.size > 0) return file;
    }
    throw new DomainError('NOT_FOUND', { file: fileId });
  }

  /** A file that the organisation has sent, named or not: for the service that is about to name it. Throws FILE_UNKNOWN. */
  async sent(tx: Tx, fileId: string, by: FileUser): Promise<StoredFile> {
    const held = await this.repository.lockHeld(tx, [fileId], by.organisationId);
    const [file] = held.has(fileId) ? await this.repository.files(tx, [fileId]) : [];
    if (!file) throw new DomainError('FILE_UNKNOWN', { file: fileId });
    return file;
  }

  /** The bytes from `from` up to, without, `to`, part by part. Who may read has been decided before. */
  read(file: StoredFile, from = 0n, to: bigint | null = null): AsyncGenerator<Buffer, void, undefined> {
    return this.content.read(file, from, to);
  }

  jumping(file: StoredFile): Promise<JumpingReader> {
    return this.content.jumping(file);
  }
}

function namedBefore({ recordKind, recordId, fileIds }: Naming, names: readonly FileName[]): NamedBefore[] {
  return names
    .filter((name) => fileIds.includes(name.fileId) && name.recordKind === recordKind && name.recordId !== recordId)
    .map((name) => ({ fileId: name.fileId, recordKind: name.recordKind, recordId: name.recordId }));
}

function byKind(names: readonly FileName[]): Map<string, string[]> {
  const kinds = new Map<string, string[]>();
  for (const { recordKind, recordId } of names) kinds.set(recordKind, [...(kinds.get(recordKind) ?? []), recordId]);
  return kinds;
}
