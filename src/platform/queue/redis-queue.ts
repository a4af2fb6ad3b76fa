import type { Job } from 'bullmq';
import { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Log } from '../logging/log.js';
import type { RedisConnections } from '../redis/redis.js';
import { REDIS_PREFIX } from '../redis/redis.js';
import type { BullBackend, BullQueue, BullWorker } from './bull-job-queue.js';
import { BullJobQueue } from './bull-job-queue.js';

/** BullMQ on Redis. The connections are the caller's to close, after the queue. */
export function openRedisQueue(redis: RedisConnections, log: Log): BullJobQueue {
  return new BullJobQueue(new RedisBackend(redis), log);
}

class RedisBackend implements BullBackend {
  private working: Redis | null = null;

  constructor(private readonly redis: RedisConnections) {}

  queue(name: string): BullQueue {
    return new Queue(name, { connection: listenersWithoutEnd(this.redis.commands), prefix: REDIS_PREFIX });
  }

  /** Each worker adds a connection of its own, on which it waits. */
  worker(name: string, run: (job: Job) => Promise<void>, { concurrency }: { concurrency: number }): BullWorker {
    this.working ??= this.redis.patient('workers');
    listenersWithoutEnd(this.working);
    return new Worker(name, run, { connection: this.working, prefix: REDIS_PREFIX, concurrency });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** BullMQ counts up from the limit that it finds, from 0 (none) too. */
function listenersWithoutEnd(redis: Redis): Redis {
  return redis.setMaxListeners(Number.POSITIVE_INFINITY);
}
