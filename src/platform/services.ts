import { join } from 'node:path';
import type { Cache } from './cache/cache.js';
import { LocalCache } from './cache/local-cache.js';
import { RedisCache } from './cache/redis-cache.js';
import type { Environment } from './config/environment.js';
import type { BlobStore } from './files/blob-store.js';
import { LocalBlobStore } from './files/local-blob-store.js';
import { S3BlobStore } from './files/s3-blob-store.js';
import type { Sealing } from './crypto/sealing.js';
import type { Secrets } from './crypto/secrets.js';
import { openSealing } from './crypto/open-sealing.js';
import type { DataMove } from './database/data-move.js';
import type { Migrations } from './database/data-source.js';
import { migrate, moveData, pendingMigrations, requirePostgres } from './database/data-source.js';
import { Database } from './database/database.js';
import { EmbeddedPostgresServer } from './embedded/embedded-postgres.js';
import type { Indicator } from './health/health.js';
import type { Log } from './logging/log.js';
import { LocalPubSub } from './pubsub/local-pubsub.js';
import type { PubSub } from './pubsub/pubsub.js';
import { RedisPubSub } from './pubsub/redis-pubsub.js';
import type { JobQueue } from './queue/job-queue.js';
import { openPostgresQueue } from './queue/postgres-queue.js';
import { openRedisQueue } from './queue/redis-queue.js';
import { RedisConnections } from './redis/redis.js';

/** What the application stands on: in the box, or services of the operator's. */
export interface Services {
  readonly database: Database;
  readonly queue: JobQueue;
  readonly cache: Cache;
  readonly pubSub: PubSub;
  readonly blobs: BlobStore;
  readonly sealing: Sealing;
  readonly indicators: readonly Indicator[];
}

/** What lets go of what was opened; the last opened is the first closed. */
export type Closers = (() => Promise<void>)[];

/** What the database is to look like. */
export interface Schema {
  readonly entities: readonly (abstract new () => object)[];
  readonly migrations: Migrations;
  readonly moves: readonly DataMove[];
}

/** Opens what the environment names. Throws with a sentence for the operator; what was opened by then is in `closers`. */
export async function openServices(
  environment: Environment,
  log: Log,
  schema: Schema,
  secrets: Secrets,
  closers: Closers,
): Promise<Services> {
  const databaseUrl = environment.databaseUrl ?? (await startEmbedded(environment, log, closers));
  await requirePostgres(databaseUrl);
  // Before anything is changed in the database: what is wrong with the other service is said first.
  const redis = environment.redisUrl === null ? null : await RedisConnections.open(environment.redisUrl, log);
  if (redis) closers.push(() => redis.close());
  await bringUpToDate(databaseUrl, environment, schema.migrations, log);
  const database = await Database.open(databaseUrl, schema.entities, log);
  closers.push(() => database.close());
  const sealing = await openSealing(database, secrets);
  if (environment.mayMigrate) {
    for (const [move, rows] of await moveData(databaseUrl, schema.moves, secrets))
      log.write('info', 'Rows were brought into their new form.', { move, rows });
  }
  const queue = redis ? openRedisQueue(redis, log) : await openPostgresQueue(databaseUrl, log, { migrate: environment.mayMigrate });
  closers.push(() => queue.stop());
  const blobs = await openBlobs(environment);
  const indicators: Indicator[] = [{ name: 'database', check: () => database.ping() }];
  if (redis) indicators.push({ name: 'redis', check: () => redis.ping() });
  return {
    database,
    queue,
    cache: redis ? new RedisCache(redis, log) : new LocalCache(),
    sealing,
    pubSub: redis ? new RedisPubSub(redis, log) : new LocalPubSub(log),
    blobs,
    indicators,
  };
}

async function openBlobs({ s3, dataDir }: Environment): Promise<BlobStore> {
  if (s3 === null) return new LocalBlobStore(join(dataDir, 'files'));
  const store = new S3BlobStore(s3);
  await store.requireBucket().catch((error: unknown) => {
    throw new Error(`The bucket of S3_URL cannot be used: ${error instanceof Error ? error.message : String(error)}.`);
  });
  return store;
}

async function startEmbedded(environment: Environment, log: Log, closers: Closers): Promise<string> {
  const server = await EmbeddedPostgresServer.start({
    directory: join(environment.dataDir, 'postgres'),
    log,
    onLost: () => process.kill(process.pid, 'SIGTERM'),
  });
  closers.push(() => server.stop());
  return server.url;
}

async function bringUpToDate(url: string, { mayMigrate }: Environment, migrations: Migrations, log: Log): Promise<void> {
  if (mayMigrate) {
    const ran = await migrate(url, migrations);
    if (ran.length > 0) log.write('info', 'The database was migrated.', { migrations: ran.length });
    return;
  }
  const pending = await pendingMigrations(url, migrations);
  if (pending.length > 0) {
    throw new Error(
      `The database is ${String(pending.length)} migration${pending.length === 1 ? '' : 's'} behind and this process does not migrate: first start one that may (see MIGRATE). The next one is ${pending[0] ?? ''}.`,
    );
  }
}
