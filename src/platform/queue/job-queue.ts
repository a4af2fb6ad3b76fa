import type { Job, PostgresConnectionOptions, PostgresQueueBackend } from 'bullmq';
import { createPostgresBackend, Queue, UnrecoverableError, Worker } from 'bullmq';
import { DomainError } from '../../core/kernel/errors.js';
import type { Log } from '../logging/log.js';
import type { JobHandler, JobType, PeriodicHandler } from './job-type.js';

export const JOB_ATTEMPTS_MAX = 8;
export const JOB_BACKOFF_MS = 500;
export const JOBS_KEPT_DONE_MAX = 1_000;
export const JOBS_KEPT_FAILED_MAX = 10_000;
const QUEUE_POOL_CONNECTIONS_MAX = 2;

type PostgresQueue = Queue<unknown, unknown, string, unknown, unknown, string, PostgresQueueBackend, PostgresConnectionOptions>;

/**
 * BullMQ on its PostgreSQL backend (the embedded default). Every job must bear to run twice. A rejection is the job's own fault and is not
 * tried again; anything else is, with growing pauses.
 */
export class JobQueue {
  private readonly queues = new Map<string, PostgresQueue>();
  private readonly handlers: JobHandler<never>[] = [];
  private readonly periodics: PeriodicHandler[] = [];
  private workers: { close(): Promise<void> }[] = [];
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private running: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(
    private readonly databaseUrl: string,
    private readonly log: Log,
  ) {}

  /** A processor announces itself while the application is put together; work begins with `startWorkers`. */
  register(handler: JobHandler<never>): void {
    this.handlers.push(handler);
  }

  registerPeriodic(handler: PeriodicHandler): void {
    this.periodics.push(handler);
  }

  /** Raises jobs; a key that already waits is not added again. Called after the commit, from `tx.afterCommit`. */
  async add<Payload extends object>(type: JobType<Payload>, payloads: readonly Payload[]): Promise<void> {
    if (payloads.length === 0 || this.stopping) return;
    const queue = this.queue(type.name);
    await queue.addBulk(
      payloads.map((payload) => ({
        name: type.name,
        data: payload,
        opts: {
          // While one works, another of the same key may wait: it will see what came meanwhile.
          deduplication: { id: type.key(payload), keepLastIfActive: true },
          attempts: JOB_ATTEMPTS_MAX,
          backoff: { type: 'exponential', delay: JOB_BACKOFF_MS },
          removeOnComplete: JOBS_KEPT_DONE_MAX,
          removeOnFail: JOBS_KEPT_FAILED_MAX,
        },
      })),
    );
  }

  /** Creates BullMQ's own tables; once, before anything else of the queue. */
  async prepare(): Promise<void> {
    const queue = this.queue('prepare');
    await queue.waitUntilReady();
  }

  startWorkers(): void {
    for (const handler of this.handlers) {
      const worker = new Worker(
        handler.type.name,
        (job) => this.run(handler, job),
        { connection: this.connection(), concurrency: handler.concurrency },
        createPostgresBackend,
      );
      worker.on('error', (error) =>
        this.log.write('warn', 'A queue worker lost its connection.', { queue: handler.type.name, error: error.message }),
      );
      worker.on('failed', (job, error) =>
        this.log.write('warn', 'A job failed.', {
          queue: handler.type.name,
          jobId: job?.id,
          attempt: job?.attemptsMade,
          error: error.message,
        }),
      );
      this.workers.push(worker);
    }
    for (const periodic of this.periodics) this.schedule(periodic);
  }

  /** Lets running jobs end, then lets go of the database. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    await this.running;
    await Promise.all(this.workers.map((worker) => worker.close()));
    await Promise.all([...this.queues.values()].map((queue) => queue.close()));
    this.workers = [];
    this.queues.clear();
  }

  private async run(handler: JobHandler<never>, job: Job): Promise<void> {
    try {
      await handler.handle(job.data as never);
    } catch (error) {
      if (error instanceof DomainError && !error.retryable) throw new UnrecoverableError(`${error.code}: ${error.message}`);
      throw error;
    }
  }

  private schedule(periodic: PeriodicHandler): void {
    if (this.stopping) return;
    const timer = setTimeout(() => {
      this.running = this.running
        .then(() => periodic.run())
        .catch((error: unknown) => this.log.write('warn', 'Periodic work failed.', { name: periodic.name, error: String(error) }))
        .then(() => this.schedule(periodic));
    }, periodic.everyMs);
    timer.unref();
    this.timers.set(periodic.name, timer);
  }

  private queue(name: string): PostgresQueue {
    let queue = this.queues.get(name);
    if (!queue) {
      queue = new Queue(name, { connection: this.connection() }, createPostgresBackend);
      queue.on('error', (error) => this.log.write('warn', 'The queue lost its connection.', { queue: name, error: error.message }));
      this.queues.set(name, queue);
    }
    return queue;
  }

  private connection(): PostgresConnectionOptions {
    return { connectionString: this.databaseUrl, max: QUEUE_POOL_CONNECTIONS_MAX, migrate: true };
  }
}
