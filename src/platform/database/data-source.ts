import pg from 'pg';
import { DataSource } from 'typeorm';

/** The role every connection works as: it owns no table, so the append-only rules hold for the program too. */
export const APPLICATION_ROLE = 'sheaf_app';
/** Two cores commit fastest with 8 to 16 connections in all; the queue has its own few. */
export const POOL_CONNECTIONS_MAX = 10;
export const CONNECT_TIMEOUT_MS = 10_000;
export const STATEMENT_TIMEOUT_MS = 60_000;

const MIGRATION_LOCK = 5_237_011;

export type Migrations = readonly (new () => { up(...args: never[]): Promise<void>; down(...args: never[]): Promise<void> })[];

/** A pool on the migrated database, working as APPLICATION_ROLE. */
export async function openDataSource(url: string, entities: readonly (abstract new () => object)[]): Promise<DataSource> {
  const source = new DataSource({
    type: 'postgres',
    url,
    entities: [...entities] as never[],
    synchronize: false,
    logging: false,
    installExtensions: false,
    extra: {
      max: POOL_CONNECTIONS_MAX,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      options: `-c role=${APPLICATION_ROLE} -c statement_timeout=${String(STATEMENT_TIMEOUT_MS)} -c timezone=UTC`,
    },
  });
  return source.initialize();
}

/**
 * Brings the schema up to date as the owner of the tables. Twice is harmless, and so are ten at once: they wait for one another on an
 * advisory lock. Answers the names of the migrations that ran.
 */
export async function migrate(url: string, migrations: Migrations): Promise<string[]> {
  const lock = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const source = await new DataSource({
      type: 'postgres',
      url,
      migrations: [...migrations] as never[],
      migrationsTableName: 'migrations',
      migrationsTransactionMode: 'each',
      synchronize: false,
      logging: false,
      installExtensions: false,
      extra: { max: 1 },
    }).initialize();
    try {
      const ran = await source.runMigrations();
      return ran.map((migration) => migration.name);
    } finally {
      await source.destroy();
    }
  } finally {
    await lock.end();
  }
}
