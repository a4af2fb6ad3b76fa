import type pg from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import type { SqlValue } from './tx.js';
import { prepared, Tx } from './tx.js';

/** Reads outside a transaction: each statement straight from the pool. */
export class Reader extends Tx {
  private readonly pool: pg.Pool;

  constructor(manager: EntityManager, source: DataSource) {
    super(manager);
    // TypeORM's driver for PostgreSQL calls its pool `master` and types it as anything.
    this.pool = (source.driver as unknown as { readonly master: pg.Pool }).master;
  }

  override async query<Row = Record<string, unknown>>(sql: string, parameters: readonly SqlValue[] = []): Promise<Row[]> {
    return (await this.pool.query(prepared(sql, parameters))).rows as Row[];
  }
}
