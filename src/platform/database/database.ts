import type { DataSource } from 'typeorm';
import type { Log } from '../logging/log.js';
import { openDataSource } from './data-source.js';
import { Reader } from './reader.js';
import { Tx } from './tx.js';

/** Serialisation failure and deadlock: the same transaction may well succeed when run again. */
const RETRYABLE_SQL_STATES = new Set(['40001', '40P01']);
export const TRANSACTION_ATTEMPTS_MAX = 4;

/** The one way to a transaction. Repositories hold no connection. */
export class Database {
  constructor(
    private readonly source: DataSource,
    private readonly log: Log,
  ) {}

  /** A pool on a migrated database. */
  static async open(url: string, entities: readonly (abstract new () => object)[], log: Log): Promise<Database> {
    return new Database(await openDataSource(url, entities), log);
  }

  /** Resolves when the database answers. */
  async ping(): Promise<void> {
    await this.source.query('SELECT 1');
  }

  async close(): Promise<void> {
    await this.source.destroy();
  }

  /** Runs `body` in one transaction, again after a deadlock; what it left for after the commit runs then, and cannot undo it. */
  async transaction<T>(body: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        let committed: Tx | null = null;
        const result = await this.source.transaction(async (manager) => {
          const tx = new Tx(manager);
          const answer = await body(tx);
          committed = tx;
          return answer;
        });
        await this.announce(committed);
        return result;
      } catch (error) {
        if (attempt >= TRANSACTION_ATTEMPTS_MAX || !RETRYABLE_SQL_STATES.has(sqlState(error) ?? '')) throw error;
      }
    }
  }

  /** For reads that need no transaction: of the same type, each statement on its own. */
  get reader(): Tx {
    return new Reader(this.source.manager, this.source);
  }

  /** A failure here loses only the announcement: the periodic reconcile finds what was left undone. */
  private async announce(tx: Tx | null): Promise<void> {
    try {
      await tx?.runAfterCommits();
    } catch (error) {
      this.log.write('warn', 'Work after the commit failed; reconcile will find it.', { error: String(error) });
    }
  }
}

/** The five-character SQLSTATE of a database error, or null. */
export function sqlState(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

/** The name of the constraint a database error speaks of, or null. */
export function violatedConstraint(error: unknown): string | null {
  const constraint = (error as { constraint?: unknown } | null)?.constraint;
  return typeof constraint === 'string' ? constraint : null;
}
