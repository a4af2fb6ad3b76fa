import type { JobHandler, JobType, PeriodicHandler } from './job-type.js';

export const JOB_ATTEMPTS_MAX = 8;
export const JOB_BACKOFF_MS = 500;

/**
 * Work that is done later, by any process that works. Every job must bear to run twice. A rejection (DomainError) is the job's own fault and
 * is not tried again, unless it says that it may be; anything else is, with growing pauses. Two implementations: on PostgreSQL and on Redis.
 */
export abstract class JobQueue {
  /** A processor announces itself while the application is put together; work begins with `startWorkers`. */
  abstract register(handler: JobHandler<never>): void;

  abstract registerPeriodic(handler: PeriodicHandler): void;

  /** Which of these types has nobody to do it. */
  abstract withoutHandler(typeNames: readonly string[]): readonly string[];

  /**
   * Raises jobs; a key that already waits is not added again, and one that is at work is done once more afterwards, with the payload that was
   * raised last. Called after the commit, from `tx.afterCommit`. Rejects where the queue cannot be reached: reconcile finds what was left.
   */
  abstract add<Payload extends object>(type: JobType<Payload>, payloads: readonly Payload[]): Promise<void>;

  abstract startWorkers(): void;

  /** Takes no new work, lets what runs end, then lets go of every connection. Twice is harmless. */
  abstract stop(): Promise<void>;
}
