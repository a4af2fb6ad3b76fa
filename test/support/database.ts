import { randomUUID } from 'node:crypto';
import pg from 'pg';

const TEMPLATE_DATABASE = 'template_sheaf';
/** Two clones of one template at the same moment would refuse each other. */
const CLONE_LOCK = 5_237_012;

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** A migrated, empty database of the caller's own, cloned from the template within some tens of milliseconds. Drop it in afterAll. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [CLONE_LOCK]);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE_DATABASE}`);
  });
  const url = new URL(adminUrl());
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () =>
      administer(async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}

/** The server's owner, for what a test must do behind the application's back (say, rewriting a row that refuses it). */
export async function administer(body: (client: pg.Client) => Promise<void>, databaseUrl: string = adminUrl()): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await body(client);
  } finally {
    await client.end();
  }
}

function adminUrl(): string {
  const url = process.env['SHEAF_TEST_POSTGRES_URL'];
  if (url === undefined)
    throw new Error('No test database: this file belongs to the project integration, e2e or browser of jest.config.js.');
  return url;
}
