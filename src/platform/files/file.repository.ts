import { Injectable } from '@nestjs/common';
import type { Tx } from '../database/tx.js';
import { RowsInsert } from '../database/rows.js';

export interface Upload {
  readonly id: string;
  readonly organisationId: string;
  /** Null: not told yet. */
  readonly bytes: bigint | null;
  readonly received: bigint;
  readonly sha256: string | null;
  readonly mediaType: string | null;
  readonly sealedKey: Buffer;
  /** Null: under way. */
  readonly fileId: string | null;
}

export interface StoredFile {
  /** sha-256 of what is in it. */
  readonly id: string;
  readonly uploadId: string;
  readonly bytes: bigint;
  readonly mediaType: string;
  readonly sealedKey: Buffer;
}

export interface Part {
  readonly blobId: string;
  readonly startByte: bigint;
  readonly bytes: number;
}

export interface FileName {
  readonly fileId: string;
  readonly recordKind: string;
  readonly recordId: string;
  readonly organisationId: string;
}

const NAMES = new RowsInsert<FileName & { readonly namedAt: Date }>(
  'file_names',
  {
    file_id: ['text', (row) => row.fileId],
    record_kind: ['text', (row) => row.recordKind],
    record_id: ['uuid', (row) => row.recordId],
    organisation_id: ['uuid', (row) => row.organisationId],
    named_at: ['timestamptz', (row) => row.namedAt],
  },
  'ON CONFLICT DO NOTHING',
);

const UPLOAD = `id, organisation_id AS "organisationId", bytes, received, sha256, media_type AS "mediaType", sealed_key AS "sealedKey", file_id AS "fileId"`;
type UploadRow = Omit<Upload, 'bytes' | 'received'> & { readonly bytes: string | null; readonly received: string };

/** Tables file_uploads, file_parts, files, file_holders, file_names. */
@Injectable()
export class FileRepository {
  async insertUpload(tx: Tx, upload: Upload, at: Date): Promise<void> {
    await tx.query(
      `INSERT INTO file_uploads (id, organisation_id, bytes, received, sha256, sealed_key, begun_at, touched_at)
       VALUES ($1, $2, $3, 0, $4, $5, $6, $6)`,
      [upload.id, upload.organisationId, upload.bytes, upload.sha256, upload.sealedKey, at],
    );
  }

  async upload(tx: Tx, id: string): Promise<Upload | null> {
    const row = await tx.first<UploadRow>(`SELECT ${UPLOAD} FROM file_uploads WHERE id = $1`, [id]);
    return row && { ...row, bytes: row.bytes === null ? null : BigInt(row.bytes), received: BigInt(row.received) };
  }

  async openUploads(tx: Tx, organisationId: string): Promise<number> {
    const row = await tx.first<{ count: number }>(
      'SELECT count(*)::int AS count FROM file_uploads WHERE organisation_id = $1 AND file_id IS NULL',
      [organisationId],
    );
    return row?.count ?? 0;
  }

  async setBytes(tx: Tx, id: string, bytes: bigint): Promise<void> {
    await tx.query('UPDATE file_uploads SET bytes = $2 WHERE id = $1 AND bytes IS NULL', [id, bytes]);
  }

  async setMediaType(tx: Tx, id: string, mediaType: string): Promise<void> {
    await tx.query('UPDATE file_uploads SET media_type = $2 WHERE id = $1', [id, mediaType]);
  }

  /** A blob that is about to be written: should nobody come back to confirm it, it is swept. */
  async announcePart(tx: Tx, uploadId: string, part: Part, at: Date): Promise<void> {
    await tx.query('INSERT INTO file_parts (blob_id, upload_id, start_byte, bytes, announced_at) VALUES ($1, $2, $3, $4, $5)', [
      part.blobId,
      uploadId,
      part.startByte,
      part.bytes,
      at,
    ]);
  }

  /** Counts the part in, if the upload still stands where the part begins: of two writers at one place the first counts. */
  async confirmPart(tx: Tx, uploadId: string, part: Part, at: Date): Promise<boolean> {
    const moved = await tx.query(
      `UPDATE file_uploads SET received = received + $3, touched_at = $4
       WHERE id = $1 AND received = $2 AND file_id IS NULL RETURNING id`,
      [uploadId, part.startByte, part.bytes, at],
    );
    if (moved.length === 0) return false;
    await tx.query('UPDATE file_parts SET stored = true WHERE blob_id = $1', [part.blobId]);
    return true;
  }

  async forgetParts(tx: Tx, blobIds: readonly string[]): Promise<void> {
    await tx.query('DELETE FROM file_parts WHERE blob_id = ANY($1::uuid[])', [blobIds]);
  }

  /** In their order. */
  async parts(tx: Tx, uploadId: string): Promise<Part[]> {
    const rows = await tx.query<{ blobId: string; startByte: string; bytes: number }>(
      `SELECT blob_id AS "blobId", start_byte AS "startByte", bytes FROM file_parts WHERE upload_id = $1 AND stored ORDER BY start_byte`,
      [uploadId],
    );
    return rows.map((row) => ({ ...row, startByte: BigInt(row.startByte) }));
  }

  /** Answers false where a file of this content is there already. */
  async insertFile(tx: Tx, file: StoredFile, at: Date): Promise<boolean> {
    const made = await tx.query(
      `INSERT INTO files (id, upload_id, bytes, media_type, sealed_key, stored_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (id) DO NOTHING RETURNING id`,
      [file.id, file.uploadId, file.bytes, file.mediaType, file.sealedKey, at],
    );
    return made.length > 0;
  }

  async insertHolder(tx: Tx, fileId: string, organisationId: string, at: Date): Promise<void> {
    await tx.query(
      'INSERT INTO file_holders (file_id, organisation_id, uploaded_at) VALUES ($1, $2, $3) ON CONFLICT (file_id, organisation_id) DO UPDATE SET uploaded_at = $3',
      [fileId, organisationId, at],
    );
  }

  async finishUpload(tx: Tx, id: string, fileId: string, at: Date): Promise<void> {
    await tx.query('UPDATE file_uploads SET file_id = $2, touched_at = $3 WHERE id = $1', [id, fileId, at]);
  }

  async files(tx: Tx, ids: readonly string[]): Promise<StoredFile[]> {
    const rows = await tx.query<Omit<StoredFile, 'bytes'> & { bytes: string }>(
      `SELECT id, upload_id AS "uploadId", bytes, media_type AS "mediaType", sealed_key AS "sealedKey" FROM files WHERE id = ANY($1::text[])`,
      [ids],
    );
    return rows.map((row) => ({ ...row, bytes: BigInt(row.bytes) }));
  }

  /**
   * Which of these files the organisation has sent itself. Holds them until the transaction ends, in one order: against the sweep, and so that
   * of two records that name one file at the same moment the second hears of the first.
   */
  async lockHeld(tx: Tx, ids: readonly string[], organisationId: string): Promise<Set<string>> {
    await tx.query('SELECT id FROM files WHERE id = ANY($1::text[]) ORDER BY id FOR NO KEY UPDATE', [ids]);
    const rows = await tx.query<{ id: string }>(
      'SELECT file_id AS id FROM file_holders WHERE organisation_id = $2 AND file_id = ANY($1::text[])',
      [ids, organisationId],
    );
    return new Set(rows.map(({ id }) => id));
  }

  async insertNames(tx: Tx, names: readonly FileName[], at: Date): Promise<void> {
    await NAMES.insert(
      tx,
      names.map((name) => ({ ...name, namedAt: at })),
    );
  }

  async names(tx: Tx, fileIds: readonly string[]): Promise<FileName[]> {
    return tx.query<FileName>(
      `SELECT file_id AS "fileId", record_kind AS "recordKind", record_id AS "recordId", organisation_id AS "organisationId"
       FROM file_names WHERE file_id = ANY($1::text[]) ORDER BY named_at, record_id`,
      [fileIds],
    );
  }

  async sharedNames(
    tx: Tx,
    recordKind: string,
    recordIds: readonly string[],
  ): Promise<{ recordId: string; other: { fileId: string; recordKind: string; recordId: string } }[]> {
    const rows = await tx.query<{ recordId: string; fileId: string; otherId: string }>(
      `SELECT own.record_id AS "recordId", own.file_id AS "fileId", other.record_id AS "otherId"
       FROM file_names own JOIN file_names other USING (file_id, record_kind)
       WHERE own.record_kind = $1 AND own.record_id = ANY($2::uuid[]) AND other.record_id <> own.record_id
       ORDER BY other.named_at, other.record_id`,
      [recordKind, recordIds],
    );
    return rows.map(({ recordId, fileId, otherId }) => ({ recordId, other: { fileId, recordKind, recordId: otherId } }));
  }

  /** Uploads that nobody has touched since: what is finished stays as its file, what is not is given up. */
  async sweepUploads(tx: Tx, untouchedSince: Date, max: number): Promise<void> {
    const uploads = await tx.query<{ id: string; fileId: string | null }>(
      `SELECT id, file_id AS "fileId" FROM file_uploads WHERE touched_at < $1 ORDER BY touched_at LIMIT $2 FOR UPDATE SKIP LOCKED`,
      [untouchedSince, max],
    );
    await this.discardParts(
      tx,
      uploads.flatMap(({ id, fileId }) => (fileId === null ? [id] : [])),
    );
    await tx.query('DELETE FROM file_uploads WHERE id = ANY($1::uuid[])', [uploads.map(({ id }) => id)]);
  }

  /** Files that no record names, and that nobody has sent again since. */
  async sweepFiles(tx: Tx, sentBefore: Date, max: number): Promise<void> {
    const files = await tx.query<{ id: string }>(
      `SELECT id FROM files
       WHERE stored_at < $1 AND NOT EXISTS (SELECT 1 FROM file_names WHERE file_id = files.id)
         AND NOT EXISTS (SELECT 1 FROM file_holders WHERE file_id = files.id AND uploaded_at >= $1)
       LIMIT $2 FOR UPDATE SKIP LOCKED`,
      [sentBefore, max],
    );
    // Once more: what was named between the two statements stays.
    const gone = await tx.query<{ id: string; uploadId: string }>(
      `DELETE FROM files WHERE id = ANY($1::text[]) AND NOT EXISTS (SELECT 1 FROM file_names WHERE file_id = files.id)
       RETURNING id, upload_id AS "uploadId"`,
      [files.map(({ id }) => id)],
    );
    await tx.query('DELETE FROM file_uploads WHERE file_id = ANY($1::text[])', [gone.map(({ id }) => id)]);
    await this.discardParts(
      tx,
      gone.map(({ uploadId }) => uploadId),
    );
  }

  async deleteUpload(tx: Tx, id: string): Promise<void> {
    await tx.query('DELETE FROM file_uploads WHERE id = $1', [id]);
  }

  /** Makes refuse of them: as if nobody had ever come back to confirm them. */
  async discardParts(tx: Tx, uploadIds: readonly string[]): Promise<void> {
    if (uploadIds.length === 0) return;
    await tx.query(`UPDATE file_parts SET stored = false, announced_at = '-infinity' WHERE upload_id = ANY($1::uuid[])`, [uploadIds]);
  }

  /** Blobs that may be there and belong to nothing. */
  async refuse(tx: Tx, announcedBefore: Date, max: number): Promise<string[]> {
    const rows = await tx.query<{ id: string }>('SELECT blob_id AS id FROM file_parts WHERE NOT stored AND announced_at < $1 LIMIT $2', [
      announcedBefore,
      max,
    ]);
    return rows.map(({ id }) => id);
  }
}
