import { Injectable } from '@nestjs/common';
import { RowsInsert } from '../database/rows.js';
import type { Tx } from '../database/tx.js';
import type { WrappedKey } from './master-keys.js';

/** Held shared by who wraps a key, alone by who retires a master: no key is wrapped by one that has just been retired. */
const MASTERS_LOCK = 5_237_021;

interface KeyRow {
  subject_id: string;
  master_id: string;
  wrapped: Buffer;
}

const KEYS = new RowsInsert<WrappedKey>('vault_keys', {
  subject_id: ['uuid', (key) => key.subjectId],
  master_id: ['text', (key) => key.masterId],
  wrapped: ['bytea', (key) => key.wrapped],
});

/** Tables vault_masters (which master keys there are) and vault_keys (one wrapped data key a subject). */
@Injectable()
export class DataKeyRepository {
  /** The ids of the masters not retired, the newest last. */
  async masters(tx: Tx): Promise<string[]> {
    const rows = await tx.query<{ id: string }>('SELECT id FROM vault_masters WHERE retired_at IS NULL ORDER BY seq');
    return rows.map(({ id }) => id);
  }

  /** By which data keys are wrapped now; it stays so until the transaction ends. */
  async heldMaster(tx: Tx): Promise<string | undefined> {
    await tx.query('SELECT pg_advisory_xact_lock_shared($1)', [MASTERS_LOCK]);
    return (await this.masters(tx)).at(-1);
  }

  /** Waits until nobody wraps, and lets nobody wrap until the transaction ends. */
  async holdMasters(tx: Tx): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [MASTERS_LOCK]);
  }

  /** False where it was retired before: it does not come back. */
  async insertMaster(tx: Tx, id: string): Promise<boolean> {
    await tx.query('INSERT INTO vault_masters (id) VALUES ($1) ON CONFLICT (id) DO NOTHING', [id]);
    return (await this.masters(tx)).includes(id);
  }

  async retireMastersBut(tx: Tx, id: string): Promise<void> {
    await tx.query('UPDATE vault_masters SET retired_at = now() WHERE id <> $1 AND retired_at IS NULL', [id]);
  }

  async insert(tx: Tx, keys: readonly WrappedKey[]): Promise<void> {
    await KEYS.insert(tx, keys);
  }

  /** Those that are there. `hold`: they stay until the transaction ends, so that nothing is sealed by a key that is just destroyed. */
  async keys(tx: Tx, subjectIds: readonly string[], hold: boolean): Promise<WrappedKey[]> {
    if (subjectIds.length === 0) return [];
    const rows = await tx.query<KeyRow>(
      `SELECT subject_id, master_id, wrapped FROM vault_keys WHERE subject_id = ANY($1::uuid[])${hold ? ' ORDER BY subject_id FOR KEY SHARE' : ''}`,
      [subjectIds],
    );
    return rows.map(wrappedKey);
  }

  /** The next keys after this subject that another master wraps, in the order of subjects; held for the change. */
  async keysNotBy(tx: Tx, masterId: string, afterSubjectId: string | null, limit: number): Promise<WrappedKey[]> {
    const rows = await tx.query<KeyRow>(
      `SELECT subject_id, master_id, wrapped FROM vault_keys WHERE master_id <> $1 AND ($2::uuid IS NULL OR subject_id > $2)
       ORDER BY subject_id LIMIT $3 FOR UPDATE`,
      [masterId, afterSubjectId, limit],
    );
    return rows.map(wrappedKey);
  }

  async countNotBy(tx: Tx, masterId: string): Promise<bigint> {
    const row = await tx.first<{ count: string }>('SELECT count(*)::text AS count FROM vault_keys WHERE master_id <> $1', [masterId]);
    return BigInt(row?.count ?? '0');
  }

  async rewrap(tx: Tx, keys: readonly WrappedKey[]): Promise<void> {
    await tx.query(
      `UPDATE vault_keys SET master_id = given.master_id, wrapped = given.wrapped
       FROM unnest($1::uuid[], $2::text[], $3::bytea[]) AS given(subject_id, master_id, wrapped) WHERE vault_keys.subject_id = given.subject_id`,
      [keys.map((key) => key.subjectId), keys.map((key) => key.masterId), keys.map((key) => key.wrapped)],
    );
  }

  /** Answers the subjects that had one. */
  async delete(tx: Tx, subjectIds: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ subject_id: string }>('DELETE FROM vault_keys WHERE subject_id = ANY($1::uuid[]) RETURNING subject_id', [
      subjectIds,
    ]);
    return rows.map((row) => row.subject_id);
  }

  /** Notes by which secret this database was filled; answers what was noted first. */
  async notedSecret(tx: Tx, secret: string, fingerprint: string): Promise<string> {
    await tx.query('INSERT INTO secret_fingerprints (secret, fingerprint) VALUES ($1, $2) ON CONFLICT (secret) DO NOTHING', [
      secret,
      fingerprint,
    ]);
    const row = await tx.first<{ fingerprint: string }>('SELECT fingerprint FROM secret_fingerprints WHERE secret = $1', [secret]);
    return row?.fingerprint ?? '';
  }

  /** Whether anything was recorded before there were data keys. */
  async wasInUse(tx: Tx): Promise<boolean> {
    return (await tx.first('SELECT 1 FROM client_requests LIMIT 1')) !== null;
  }
}

function wrappedKey(row: KeyRow): WrappedKey {
  return { subjectId: row.subject_id, masterId: row.master_id, wrapped: row.wrapped };
}
