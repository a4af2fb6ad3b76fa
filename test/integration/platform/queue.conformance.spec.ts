import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DomainError } from '../../../src/core/kernel/errors.js';
import type { LogLevel } from '../../../src/platform/config/environment.js';
import { Log } from '../../../src/platform/logging/log.js';
import type { JobQueue } from '../../../src/platform/queue/job-queue.js';
import { JOB_BACKOFF_MS } from '../../../src/platform/queue/job-queue.js';
import { declaredJobTypes, JobType } from '../../../src/platform/queue/job-type.js';
import { openPostgresQueue } from '../../../src/platform/queue/postgres-queue.js';
import { openRedisQueue } from '../../../src/platform/queue/redis-queue.js';
import { RedisConnections } from '../../../src/platform/redis/redis.js';
import type { TestDatabase } from '../../support/database.js';
import { administer, createTestDatabase } from '../../support/database.js';
import type { TestRedis } from '../../support/redis.js';
import { describeOnRedis, startTestRedis } from '../../support/redis.js';

interface Parcel {
  readonly to: string;
  readonly what: number;
}

let made = 0;
const newType = (): JobType<Parcel> => {
  made += 1;
  return new JobType<Parcel>({ name: `parcel-${made}`, key: ({ to }) => to });
};

class ListeningLog extends Log {
  readonly warnings: string[] = [];

  constructor() {
    super('error');
  }

  override write(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void {
    if (level === 'warn' || level === 'error') this.warnings.push(message + JSON.stringify(fields ?? {}));
  }
}

const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + 15_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('It did not come about.');
    await delay(10);
  }
};

/** A door that the test opens. */
const gate = (): { opened: Promise<void>; open: () => void } => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
};

/** What every implementation of the port does. `open` is a process; several work on one queue. */
function conforms(open: (log: Log) => Promise<JobQueue>): void {
  const started: JobQueue[] = [];
  const process = async (log: Log = new Log('error')): Promise<JobQueue> => {
    const queue = await open(log);
    started.push(queue);
    return queue;
  };
  afterEach(async () => {
    for (const queue of started.splice(0)) await queue.stop();
  });

  it('does what was raised before anybody worked', async () => {
    const type = newType();
    const done: Parcel[] = [];
    const raiser = await process();
    await raiser.add(type, [
      { to: 'a', what: 1 },
      { to: 'b', what: 2 },
    ]);
    await raiser.stop();
    const worker = await process();
    worker.register({ type, concurrency: 1, handle: (parcel: Parcel) => Promise.resolve(void done.push(parcel)) });
    worker.startWorkers();
    await until(() => done.length === 2);
    expect(done.sort((x, y) => x.what - y.what)).toEqual([
      { to: 'a', what: 1 },
      { to: 'b', what: 2 },
    ]);
  });

  it('does once what is raised several times while it waits', async () => {
    const type = newType();
    const done: string[] = [];
    const queue = await process();
    await queue.add(type, [{ to: 'a', what: 1 }]);
    await queue.add(type, [
      { to: 'a', what: 2 },
      { to: 'a', what: 3 },
      { to: 'b', what: 4 },
    ]);
    queue.register({ type, concurrency: 1, handle: ({ to }: Parcel) => Promise.resolve(void done.push(to)) });
    queue.startWorkers();
    await until(() => done.length >= 2);
    await delay(200);
    expect(done.sort()).toEqual(['a', 'b']);
  });

  it('does once more, with the last payload, what is raised while it is at work', async () => {
    const type = newType();
    const { opened, open: letGo } = gate();
    const begun: number[] = [];
    const queue = await process();
    queue.register({
      type,
      concurrency: 2,
      handle: async ({ what }: Parcel) => {
        begun.push(what);
        await opened;
      },
    });
    queue.startWorkers();
    await queue.add(type, [{ to: 'a', what: 1 }]);
    await until(() => begun.length === 1);
    await queue.add(type, [{ to: 'a', what: 2 }]);
    await queue.add(type, [{ to: 'a', what: 3 }]);
    await delay(200);
    expect(begun).toEqual([1]);
    letGo();
    await until(() => begun.length === 2);
    await delay(200);
    expect(begun).toEqual([1, 3]);
  });

  it('does again what was done and is raised anew', async () => {
    const type = newType();
    let done = 0;
    const queue = await process();
    queue.register({ type, concurrency: 1, handle: () => Promise.resolve(void (done += 1)) });
    queue.startWorkers();
    for (const round of [1, 2, 3]) {
      await queue.add(type, [{ to: 'a', what: round }]);
      await until(() => done === round);
      await delay(50);
    }
  });

  it('tries again after a pause what broke, and does not try again what was rejected', async () => {
    const type = newType();
    const attempts: Record<string, number[]> = { breaks: [], rejected: [], later: [] };
    const queue = await process();
    queue.register({
      type,
      concurrency: 3,
      handle: ({ to }: Parcel) => {
        const times = attempts[to] ?? [];
        times.push(performance.now());
        if (to === 'rejected') throw new DomainError('NOT_FOUND');
        if (times.length < 3) throw to === 'later' ? new DomainError('BUSY') : new Error('The line was cut.');
        return Promise.resolve();
      },
    });
    queue.startWorkers();
    await queue.add(type, [
      { to: 'breaks', what: 1 },
      { to: 'rejected', what: 2 },
      { to: 'later', what: 3 },
    ]);
    await until(() => attempts['breaks']?.length === 3 && attempts['later']?.length === 3);
    await delay(2 * JOB_BACKOFF_MS);
    expect(Object.values(attempts).map((times) => times.length)).toEqual([3, 1, 3]);
    const [first = 0, second = 0, third = 0] = attempts['breaks'] ?? [];
    expect(second - first).toBeGreaterThanOrEqual(JOB_BACKOFF_MS * 0.9);
    expect(third - second).toBeGreaterThanOrEqual(2 * JOB_BACKOFF_MS * 0.9);
  });

  it('shares the work among processes, each job to one', async () => {
    const type = newType();
    const done: string[] = [];
    for (const name of ['one', 'two']) {
      const worker = await process();
      worker.register({
        type,
        concurrency: 1,
        handle: async ({ to }: Parcel) => {
          done.push(`${name}:${to}`);
          await delay(20);
        },
      });
      worker.startWorkers();
    }
    await (
      await process()
    ).add(
      type,
      Array.from({ length: 40 }, (_, what) => ({ to: `k${what}`, what })),
    );
    await until(() => done.length >= 40);
    await delay(100);
    expect(new Set(done.map((each) => each.split(':')[1])).size).toBe(40);
    expect(done.length).toBe(40);
    expect(new Set(done.map((each) => each.split(':')[0]))).toEqual(new Set(['one', 'two']));
  });

  it('drains when it stops: what runs ends, what waits is left to others', async () => {
    const type = newType();
    const { opened, open: letGo } = gate();
    const ended: number[] = [];
    let begun = 0;
    const handle = async ({ what }: Parcel): Promise<void> => {
      begun += 1;
      await opened;
      ended.push(what);
    };
    const first = await process();
    first.register({ type, concurrency: 1, handle });
    first.startWorkers();
    await first.add(type, [
      { to: 'a', what: 1 },
      { to: 'b', what: 2 },
    ]);
    await until(() => begun === 1);
    const stopped = first.stop();
    await delay(100);
    expect(ended).toEqual([]);
    letGo();
    await stopped;
    expect([begun, ended.length]).toEqual([1, 1]);
    await first.stop();
    const second = await process();
    second.register({ type, concurrency: 1, handle });
    second.startWorkers();
    await until(() => ended.length === 2);
    expect(ended.sort()).toEqual([1, 2]);
  });

  it('does periodic work again and again, also after it broke, and waits for it when it stops', async () => {
    let rounds = 0;
    let atWork = false;
    const queue = await process();
    queue.registerPeriodic({
      name: 'round',
      everyMs: 20,
      run: async () => {
        atWork = true;
        rounds += 1;
        await delay(30);
        atWork = false;
        if (rounds === 1) throw new Error('The first one breaks.');
      },
    });
    await delay(60);
    expect(rounds).toBe(0);
    queue.startWorkers();
    await until(() => rounds >= 3 && atWork);
    await queue.stop();
    expect(atWork).toBe(false);
    const rest = rounds;
    await delay(100);
    expect(rounds).toBe(rest);
  });

  it('knows the types that nobody handles', async () => {
    const [handled, idle] = [newType(), newType()];
    const queue = await process();
    queue.register({ type: handled, concurrency: 1, handle: () => Promise.resolve() });
    expect(queue.withoutHandler([handled.name, idle.name])).toEqual([idle.name]);
    expect(queue.withoutHandler(declaredJobTypes())).toContain(idle.name);
  });
}

describe('the queue on PostgreSQL', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  conforms((log) => openPostgresQueue(database.url, log, { migrate: false }));

  it('has let go of every connection when stop resolves, without a word', async () => {
    for (let round = 0; round < 3; round += 1) {
      const log = new ListeningLog();
      const queue = await openPostgresQueue(database.url, log, { migrate: false });
      const done: number[] = [];
      for (const type of [newType(), newType(), newType()]) {
        queue.register({ type, concurrency: 2, handle: ({ what }: Parcel) => Promise.resolve(void done.push(what)) });
        await queue.add(type, [{ to: 'a', what: 1 }]);
      }
      queue.startWorkers();
      await until(() => done.length === 3);
      await queue.stop();
      let standing: unknown;
      await administer(async (client) => {
        // What is still there now would be told that it is cut off, and say so in the log.
        standing = (await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [databaseName()]))
          .rowCount;
      });
      await delay(50);
      expect([standing, log.warnings]).toEqual([0, []]);
    }
  });

  it('opens fewer than 16 connections for three kinds of work', async () => {
    const queue = await openPostgresQueue(database.url, new Log('error'), { migrate: false });
    const done: number[] = [];
    const types = [newType(), newType(), newType()];
    for (const type of types) queue.register({ type, concurrency: 8, handle: ({ what }: Parcel) => Promise.resolve(void done.push(what)) });
    queue.startWorkers();
    await Promise.all(
      types.map((type) =>
        queue.add(
          type,
          Array.from({ length: 60 }, (_, what) => ({ to: `k${what}`, what })),
        ),
      ),
    );
    await until(() => done.length === 180);
    let standing = 0;
    await administer(async (client) => {
      standing = (await client.query('SELECT 1 FROM pg_stat_activity WHERE datname = $1', [databaseName()])).rowCount ?? 0;
    });
    await queue.stop();
    expect(standing).toBeGreaterThan(0);
    expect(standing).toBeLessThan(16);
  });

  it('refuses to start without its tables where it may not make them', async () => {
    const bare = await createTestDatabase();
    try {
      await administer(async (client) => {
        await client.query('DROP SCHEMA bullmq CASCADE');
      }, bare.url);
      await expect(openPostgresQueue(bare.url, new Log('error'), { migrate: false })).rejects.toThrow(/tables of the queue/);
      await (await openPostgresQueue(bare.url, new Log('error'), { migrate: true })).stop();
      await (await openPostgresQueue(bare.url, new Log('error'), { migrate: false })).stop();
    } finally {
      await bare.drop();
    }
  });

  const databaseName = (): string => new URL(database.url).pathname.slice(1);
});

describeOnRedis('the queue on Redis', () => {
  let server: TestRedis;
  const opened: RedisConnections[] = [];
  beforeAll(async () => {
    server = await startTestRedis();
  });
  afterAll(async () => {
    for (const redis of opened) await redis.close();
    await server.stop();
  });
  const open = async (log: Log): Promise<{ queue: JobQueue; redis: RedisConnections }> => {
    const redis = await RedisConnections.open(server.urlOf(), log);
    opened.push(redis);
    return { queue: openRedisQueue(redis, log), redis };
  };

  conforms(async (log) => (await open(log)).queue);

  it('has let go of every connection when it and its connections are closed, without a word', async () => {
    for (const redis of opened.splice(0)) await redis.close();
    const log = new ListeningLog();
    const { queue, redis } = await open(log);
    const done: number[] = [];
    for (const type of [newType(), newType()]) {
      queue.register({ type, concurrency: 2, handle: ({ what }: Parcel) => Promise.resolve(void done.push(what)) });
      await queue.add(type, [{ to: 'a', what: 1 }]);
    }
    queue.startWorkers();
    await until(() => done.length === 2);
    await queue.stop();
    await redis.close();
    // The asker itself is the one that is left.
    expect(
      String(await server.command('CLIENT', 'LIST'))
        .trim()
        .split('\n'),
    ).toHaveLength(1);
    expect(log.warnings).toEqual([]);
  });

  it('refuses at once to take a job while Redis is away, and works on when it is back', async () => {
    const type = newType();
    const done: number[] = [];
    const { queue } = await open(new Log('error'));
    queue.register({ type, concurrency: 1, handle: ({ what }: Parcel) => Promise.resolve(void done.push(what)) });
    queue.startWorkers();
    await queue.add(type, [{ to: 'a', what: 1 }]);
    await until(() => done.length === 1);
    await server.kill();
    const before = performance.now();
    await expect(queue.add(type, [{ to: 'a', what: 2 }])).rejects.toThrow();
    expect(performance.now() - before).toBeLessThan(2_000);
    await server.revive();
    await until(async () =>
      queue.add(type, [{ to: 'a', what: 3 }]).then(
        () => true,
        () => false,
      ),
    );
    await until(() => done.includes(3));
    await queue.stop();
  });
});
