import type { DataMove } from '../database/data-move.js';
import { ContentHash, HASH_VERSION } from './content-hash.js';

const BATCH = 10_000;

/** Hashes of the time when they were under no key. */
export const KEYED_HASHES: DataMove = {
  name: 'hashes of client requests under a key',
  tables: ['client_requests'],
  async batch(tx, { pepper }) {
    const rows = await tx.query<{ id: string; content_hash: string; hash_version: number }>(
      'SELECT id, content_hash, hash_version FROM client_requests WHERE hash_version < $1 LIMIT $2',
      [HASH_VERSION, BATCH],
    );
    if (rows.length === 0) return 0;
    const hash = new ContentHash(pepper);
    const now = rows.map((row) => hash.now({ contentHash: row.content_hash, hashVersion: row.hash_version }));
    // The rule that forbids it holds for everybody again when the transaction ends.
    await tx.query('ALTER TABLE client_requests DISABLE TRIGGER append_only');
    await tx.query(
      `UPDATE client_requests SET content_hash = given.hash, hash_version = $3
       FROM unnest($1::uuid[], $2::text[]) AS given(id, hash) WHERE client_requests.id = given.id`,
      [rows.map(({ id }) => id), now, HASH_VERSION],
    );
    await tx.query('ALTER TABLE client_requests ENABLE TRIGGER append_only');
    return rows.length;
  },
};
