import type pg from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import type { SqlValue } from './tx.js';
import { Tx, wire } from './tx.js';

/** Statements prepared by one connection. The texts of repositories are few and fixed; what comes beyond goes unprepared. */
export const PREPARED_STATEMENTS_MAX = 500;
const names = new Map<string, string>();

/**
 * Reads outside a transaction: each statement straight from the pool, prepared at its first use on a connection, so that PostgreSQL parses
 * and plans it once and not at every request.
 */
export class Reader extends Tx {
  private readonly pool: pg.Pool;

  constructor(manager: EntityManager, source: DataSource) {
    super(manager);
    // TypeORM's driver for PostgreSQL calls its pool `master` and types it as anything.
    this.pool = (source.driver as unknown as { readonly master: pg.Pool }).master;
  }

  override async query<Row = Record<string, unknown>>(sql: string, parameters: readonly SqlValue[] = []): Promise<Row[]> {
    const name = nameOf(sql);
    const result = await this.pool.query({ ...(name !== undefined && { name }), text: sql, values: parameters.map(wire) });
    return result.rows as Row[];
  }
}

function nameOf(sql: string): string | undefined {
  const known = names.get(sql);
  if (known !== undefined || names.size >= PREPARED_STATEMENTS_MAX) return known;
  const name = `read_${String(names.size)}`;
  names.set(sql, name);
  return name;
}
