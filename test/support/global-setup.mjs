// Before the first file of the projects that need a database: one PostgreSQL server for all of them, with a migrated template to clone.
// Jest loads this file outside its module system, hence plain JavaScript and the loader; the server itself is the one that `npm start` runs.
import 'reflect-metadata';
import './typescript.mjs';
import { rmSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The test files look here for the address of the maintenance database. */
const ADMIN_URL_VARIABLE = 'SHEAF_TEST_POSTGRES_URL';
export const TEMPLATE_DATABASE = 'template_sheaf';

/** Nothing here outlives the run, so nothing needs to reach the disk. */
const SETTINGS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'autovacuum=off', 'max_wal_size=4GB'];

export default async function setUp() {
  const [{ EmbeddedPostgresServer }, { Log }, { migrate }, { openPostgresQueue }, { MIGRATIONS }] = await Promise.all([
    import('../../src/platform/embedded/embedded-postgres.ts'),
    import('../../src/platform/logging/log.ts'),
    import('../../src/platform/database/data-source.ts'),
    import('../../src/platform/queue/postgres-queue.ts'),
    import('../../migrations/index.ts'),
  ]);
  const log = new Log('error');
  const directory = await mkdtemp(join(tmpdir(), 'sheaf-test-'));
  // Run by root, the server works as user postgres, who must get in.
  await chmod(directory, 0o755);
  const remove = () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  process.once('exit', remove);
  const server = await EmbeddedPostgresServer.start({
    directory: join(directory, 'postgres'),
    log,
    settings: SETTINGS,
    database: TEMPLATE_DATABASE,
  });
  try {
    await migrate(server.url, MIGRATIONS);
    // BullMQ's tables as well: every application that starts on a clone finds them there.
    const queue = await openPostgresQueue(server.url, log, { migrate: true });
    await queue.stop();
    // A template can be cloned only while nobody is connected to it.
    await server.administer(`ALTER DATABASE ${TEMPLATE_DATABASE} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true`);
  } catch (error) {
    await server.stop();
    throw error;
  }
  process.env[ADMIN_URL_VARIABLE] = server.urlOf('postgres');
  // Jest does not tear down when it is interrupted.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void server.stop().finally(() => process.exit(130)));
  globalThis.sheafTestPostgres = { stop: () => server.stop().then(remove) };
}
