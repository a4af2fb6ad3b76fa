import type { Job, JobProgress, PostgresQueueBackend } from 'bullmq';
import { assertSchemaCompatibility, createPostgresBackend, Queue, runMigrations, SchemaMigrationRequiredError, Worker } from 'bullmq';
import { ClosingPool } from '../database/closing-pool.js';
import { CONNECT_TIMEOUT_MS } from '../database/data-source.js';
import type { Log } from '../logging/log.js';
import type { BullBackend, BullQueue, BullWorker } from './bull-job-queue.js';
import { BullJobQueue } from './bull-job-queue.js';

const SCHEMA = 'bullmq';
/** Raising comes after a commit, so never from more at once than the platform's own pool has connections; each is short. */
const RAISING_CONNECTIONS_MAX = 2;
/** Beside the one connection a worker that only listens. */
const WORKING_CONNECTIONS_MAX = 4;

type Pool = ClosingPool['pool'];

/**
 * BullMQ on its PostgreSQL backend. With `migrate`, makes or renews BullMQ's own tables first; else throws with a sentence for the operator
 * where they are missing.
 */
export async function openPostgresQueue(databaseUrl: string, log: Log, { migrate }: { migrate: boolean }): Promise<BullJobQueue> {
  const backend = new PostgresBackend(databaseUrl);
  try {
    await backend.prepare(migrate);
  } catch (error) {
    await backend.close();
    throw error;
  }
  return new BullJobQueue(backend, log);
}

class PostgresBackend implements BullBackend {
  private readonly raising: ClosingPool;
  private working: ClosingPool | null = null;

  constructor(private readonly databaseUrl: string) {
    this.raising = this.pool(RAISING_CONNECTIONS_MAX);
  }

  async prepare(migrate: boolean): Promise<void> {
    const client = await this.raising.pool.connect();
    try {
      if (migrate) await runMigrations(client, SCHEMA);
      else await assertSchemaCompatibility(client, SCHEMA);
    } catch (error) {
      if (!(error instanceof SchemaMigrationRequiredError)) throw error;
      throw new Error('The tables of the queue are not there, and this process does not make them: start one that may (see MIGRATE).');
    } finally {
      client.release();
    }
  }

  queue(name: string): BullQueue {
    return new Queue<unknown, unknown, string, unknown, unknown, string, PostgresQueueBackend, Pool>(
      name,
      { connection: this.raising.pool },
      createPostgresBackend,
    );
  }

  worker(name: string, run: (job: Job) => Promise<void>, options: { concurrency: number; workers: number }): BullWorker {
    this.working ??= this.pool(options.workers + WORKING_CONNECTIONS_MAX);
    return new Worker<unknown, void, string, PostgresQueueBackend, JobProgress, Pool>(
      name,
      run,
      { connection: this.working.pool, concurrency: options.concurrency },
      createPostgresBackend,
    );
  }

  async close(): Promise<void> {
    await this.working?.close();
    await this.raising.close();
  }

  private pool(connectionsMax: number): ClosingPool {
    const closing = new ClosingPool({
      connectionString: this.databaseUrl,
      max: connectionsMax,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      // BullMQ's statements name their tables without a schema.
      options: `-c search_path=${SCHEMA}`,
    });
    // Every queue and worker listens for its errors.
    closing.pool.setMaxListeners(0);
    return closing;
  }
}
