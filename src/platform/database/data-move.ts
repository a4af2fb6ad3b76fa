import type { Secrets } from '../crypto/secrets.js';
import type { Tx } from './tx.js';

/**
 * What a migration cannot do because it needs the keys: rows that an earlier version has written are brought into the form of this one. It runs
 * after the migrations and before the doors open, a batch a transaction, until there is nothing left; interrupted, it goes on at the next start.
 */
export interface DataMove {
  readonly name: string;
  /** Tables in which the earlier form would stay readable on the disk until they are written anew. */
  readonly tables: readonly string[];
  /** Moves some rows, as the owner of the tables, and answers how many; 0 where none is left. */
  batch(tx: Tx, secrets: Secrets): Promise<number>;
}
