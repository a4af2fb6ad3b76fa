import pg from 'pg';
import { DataSource } from 'typeorm';
import type { Secrets } from '../crypto/secrets.js';
import type { DataMove } from './data-move.js';
import { Tx } from './tx.js';

/** The role every connection works as: it owns no table, so the append-only rules hold for the program too. */
export const APPLICATION_ROLE = 'sheaf_app';
/** Two cores commit fastest with 8 to 16 connections in all; the queue has its own few. */
export const POOL_CONNECTIONS_MAX = 10;
export const CONNECT_TIMEOUT_MS = 10_000;
export const STATEMENT_TIMEOUT_MS = 60_000;

export const POSTGRES_MAJOR_MIN = 15;

const MIGRATION_LOCK = 5_237_011;

export type Migrations = readonly (new () => {
  readonly name: string;
  up(...args: never[]): Promise<void>;
  down(...args: never[]): Promise<void>;
})[];

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

/** Why this server cannot be used, as a sentence for the operator; null where it can. `versionNum` is its server_version_num. */
export function problemOfPostgres(versionNum: number): string | null {
  const major = Math.floor(versionNum / 10_000);
  return major >= POSTGRES_MAJOR_MIN ? null : `PostgreSQL ${major} is too old: ${POSTGRES_MAJOR_MIN} or newer is needed.`;
}

/** Throws with a sentence for the operator where the database cannot be reached, or is too old. */
export async function requirePostgres(url: string): Promise<void> {
  const { rows } = await asOwner(url, (client) =>
    client.query<{ num: string }>(`SELECT current_setting('server_version_num') AS num`),
  ).catch((error: unknown) => {
    const { hostname, port } = new URL(url);
    const { message, code } = error as { message?: string; code?: string };
    throw new Error(`PostgreSQL at ${hostname}:${port || '5432'} cannot be used: ${message || code || String(error)}.`);
  });
  const problem = problemOfPostgres(Number(rows[0]?.num));
  if (problem !== null) throw new Error(problem);
}

/** The names of the migrations that the database has not seen. Changes nothing. */
export async function pendingMigrations(url: string, migrations: Migrations): Promise<string[]> {
  return asOwner(url, async (client) => {
    const { rows: tables } = await client.query<{ name: string | null }>(`SELECT to_regclass('migrations')::text AS name`);
    const { rows: ran } = tables[0]?.name ? await client.query<{ name: string }>('SELECT name FROM migrations') : { rows: [] };
    return migrations.map((Migration) => new Migration().name).filter((name) => !ran.some((row) => row.name === name));
  });
}

async function asOwner<T>(url: string, body: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // A connection that is cut off while it rests would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await body(client);
  } finally {
    await client.end();
  }
}

/**
 * Brings the schema up to date as the owner of the tables. Twice is harmless, and so are ten at once: they wait for one another on an
 * advisory lock. Answers the names of the migrations that ran.
 */
export async function migrate(url: string, migrations: Migrations): Promise<string[]> {
  return locked(url, async (source) => (await source.runMigrations()).map((migration) => migration.name), migrations);
}

/** Runs what is left of these moves, as the owner of the tables; processes that start at once wait for one another. Answers how many rows each moved. */
export async function moveData(url: string, moves: readonly DataMove[], secrets: Secrets): Promise<Map<string, number>> {
  return locked(url, async (source) => {
    const moved = new Map<string, number>();
    for (const move of moves) {
      const batch = (): Promise<number> => source.transaction((manager) => move.batch(new Tx(manager), secrets));
      let rows = 0;
      for (let count = await batch(); count > 0; count = await batch()) rows += count;
      if (rows === 0) continue;
      moved.set(move.name, rows);
      // What an UPDATE leaves behind is still on the disk: only writing the table anew takes it away.
      for (const table of move.tables) await source.query(`VACUUM (FULL, ANALYZE) "${table}"`);
    }
    return moved;
  });
}

/** One after the other, as the owner, on one connection. */
async function locked<T>(url: string, body: (source: DataSource) => Promise<T>, migrations: Migrations = []): Promise<T> {
  return asOwner(url, async (lock) => {
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
      return await body(source);
    } finally {
      await source.destroy();
    }
  });
}
