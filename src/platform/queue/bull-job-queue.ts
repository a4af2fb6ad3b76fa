import type { Job, JobsOptions } from 'bullmq';
import { UnrecoverableError } from 'bullmq';
import { DomainError } from '../../core/kernel/errors.js';
import type { Log } from '../logging/log.js';
import { JOB_ATTEMPTS_MAX, JOB_BACKOFF_MS, JobQueue } from './job-queue.js';
import type { JobHandler, JobType, PeriodicHandler } from './job-type.js';

export const JOBS_KEPT_DONE_MAX = 1_000;
export const JOBS_KEPT_FAILED_MAX = 10_000;
/** An outage says the same of every worker, several times a second: it is told once in this time. */
const SAME_TROUBLE_TOLD_EVERY_MS = 10_000;

/** What this file needs of BullMQ's queues: their own type differs with the database below. */
export interface BullQueue {
  addBulk(jobs: { name: string; data: unknown; opts: JobsOptions }[]): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

export interface BullWorker {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'failed', listener: (job: Job | undefined, error: Error) => void): unknown;
  close(): Promise<void>;
}

/** The database below BullMQ. */
export interface BullBackend {
  queue(name: string): BullQueue;
  /** `workers` is how many this process will have in all. */
  worker(name: string, run: (job: Job) => Promise<void>, options: { concurrency: number; workers: number }): BullWorker;
  /** After all queues and workers are closed; resolves when no connection stands any more. */
  close(): Promise<void>;
}

export class BullJobQueue extends JobQueue {
  private readonly queues = new Map<string, BullQueue>();
  private readonly handlers: JobHandler<never>[] = [];
  private readonly periodics: PeriodicHandler[] = [];
  private readonly workers: BullWorker[] = [];
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly told = new Map<string, number>();
  private running: Promise<void> = Promise.resolve();
  private stopped: Promise<void> | null = null;

  constructor(
    private readonly backend: BullBackend,
    private readonly log: Log,
  ) {
    super();
  }

  override register(handler: JobHandler<never>): void {
    this.handlers.push(handler);
  }

  override registerPeriodic(handler: PeriodicHandler): void {
    this.periodics.push(handler);
  }

  override withoutHandler(typeNames: readonly string[]): readonly string[] {
    return typeNames.filter((name) => !this.handlers.some((handler) => handler.type.name === name));
  }

  override async add<Payload extends object>(type: JobType<Payload>, payloads: readonly Payload[]): Promise<void> {
    if (payloads.length === 0 || this.stopped) return;
    await this.queue(type.name).addBulk(
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

  override startWorkers(): void {
    for (const handler of this.handlers) {
      const { name } = handler.type;
      const options = { concurrency: handler.concurrency, workers: this.handlers.length };
      const worker = this.backend.worker(name, (job) => this.run(handler, job), options);
      worker.on('error', (error) => this.tell('A queue worker lost its connection.', name, error));
      worker.on('failed', (job, error) =>
        this.log.write('warn', 'A job failed.', { queue: name, jobId: job?.id, attempt: job?.attemptsMade, error: error.message }),
      );
      this.workers.push(worker);
    }
    for (const periodic of this.periodics) this.schedule(periodic);
  }

  override stop(): Promise<void> {
    this.stopped ??= this.drain();
    return this.stopped;
  }

  private async drain(): Promise<void> {
    for (const timer of this.timers.values()) clearTimeout(timer);
    await this.running;
    await Promise.all(this.workers.map((worker) => worker.close()));
    await Promise.all([...this.queues.values()].map((queue) => queue.close()));
    await this.backend.close();
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
    if (this.stopped) return;
    const timer = setTimeout(() => {
      this.running = this.running
        .then(() => periodic.run())
        .catch((error: unknown) => this.log.write('warn', 'Periodic work failed.', { name: periodic.name, error: String(error) }))
        .then(() => this.schedule(periodic));
    }, periodic.everyMs);
    timer.unref();
    this.timers.set(periodic.name, timer);
  }

  private queue(name: string): BullQueue {
    let queue = this.queues.get(name);
    if (!queue) {
      queue = this.backend.queue(name);
      queue.on('error', (error) => this.tell('The queue lost its connection.', name, error));
      this.queues.set(name, queue);
    }
    return queue;
  }

  private tell(message: string, queue: string, error: Error): void {
    const key = `${message}${queue}${error.message}`;
    const nowMs = performance.now();
    if (nowMs - (this.told.get(key) ?? -Infinity) < SAME_TROUBLE_TOLD_EVERY_MS) return;
    this.told.set(key, nowMs);
    this.log.write('warn', message, { queue, error: error.message });
  }
}
