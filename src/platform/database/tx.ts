import type pg from 'pg';
import type { EntityManager } from 'typeorm';
import { assert } from '../../core/kernel/assert.js';
import type { ArrayElement } from './array-literal.js';
import { arrayLiteral } from './array-literal.js';

/** What may be sent as a parameter of a statement. Bigints travel as text. */
export type SqlValue =
  string | number | bigint | boolean | Date | Uint8Array | null | readonly ArrayElement[] | { readonly [key: string]: unknown };

/**
 * The transaction as a value: the first argument of every repository method, and the only way to the database. Work for after the commit
 * (raising jobs, answering a publish) is handed to `afterCommit`, so that nothing is announced that may yet be rolled back.
 */
export class Tx {
  private readonly afterCommits: (() => Promise<void> | void)[] = [];

  constructor(readonly manager: EntityManager) {}

  /** Runs one statement and gives its rows. PostgreSQL parses it at its first use on a connection, and not at every one. */
  async query<Row = Record<string, unknown>>(sql: string, parameters: readonly SqlValue[] = []): Promise<Row[]> {
    // TypeORM has no way to name a statement; its runner in a transaction holds one connection of the driver.
    const client = (await this.manager.queryRunner?.connect()) as pg.PoolClient | undefined;
    assert(client, 'A transaction has a connection.');
    return (await client.query(prepared(sql, parameters))).rows as Row[];
  }

  /** The first row, or null. */
  async first<Row = Record<string, unknown>>(sql: string, parameters: readonly SqlValue[] = []): Promise<Row | null> {
    return (await this.query<Row>(sql, parameters))[0] ?? null;
  }

  afterCommit(work: () => Promise<void> | void): void {
    this.afterCommits.push(work);
  }

  async runAfterCommits(): Promise<void> {
    for (const work of this.afterCommits) await work();
  }
}

/** Statements prepared by one connection. The texts of repositories are few and fixed; what comes beyond goes unprepared. */
export const PREPARED_STATEMENTS_MAX = 500;
const names = new Map<string, string>();

/** The statement as `pg` takes it, under a name of its own. */
export function prepared(sql: string, parameters: readonly SqlValue[]): pg.QueryConfig {
  let name = names.get(sql);
  if (name === undefined && names.size < PREPARED_STATEMENTS_MAX) {
    name = `statement_${String(names.size)}`;
    names.set(sql, name);
  }
  return { ...(name !== undefined && { name }), text: sql, values: parameters.map(wire) };
}

/** As `pg` is given it. */
function wire(value: SqlValue): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return arrayLiteral(value as ArrayElement[]);
  return value;
}
