import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Cache, CacheSpace } from '../../../src/platform/cache/cache.js';
import { LocalCache } from '../../../src/platform/cache/local-cache.js';
import { RedisCache } from '../../../src/platform/cache/redis-cache.js';
import { Log } from '../../../src/platform/logging/log.js';
import { LocalPubSub } from '../../../src/platform/pubsub/local-pubsub.js';
import type { PubSub } from '../../../src/platform/pubsub/pubsub.js';
import { RedisPubSub } from '../../../src/platform/pubsub/redis-pubsub.js';
import { RedisConnections } from '../../../src/platform/redis/redis.js';
import type { TestRedis } from '../../support/redis.js';
import { describeOnRedis, startTestRedis } from '../../support/redis.js';

const LOG = new Log('error');
const ANSWERS: CacheSpace = { name: 'answers', ttlMs: 60_000, valueBytesMax: 1_000 };
const FLEETING: CacheSpace = { name: 'fleeting', ttlMs: 60, valueBytesMax: 1_000 };

const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + 10_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('It did not come about.');
    await delay(5);
  }
};

function conformsAsCache(open: () => Cache): void {
  const text = async (cache: Cache, space: CacheSpace, key: string): Promise<string | null> =>
    (await cache.get(space, key))?.toString() ?? null;

  it('answers what was set last, and null for what never was', async () => {
    const cache = open();
    expect(await cache.get(ANSWERS, 'nobody')).toBeNull();
    await cache.set(ANSWERS, 'k', 'one');
    await cache.set(ANSWERS, 'k', 'two');
    expect(await text(cache, ANSWERS, 'k')).toBe('two');
  });

  it('keeps bytes as they are, and text as UTF-8', async () => {
    const cache = open();
    const bytes = Buffer.from([0, 255, 13, 10, 0x80]);
    await cache.set(ANSWERS, 'bytes', bytes);
    await cache.set(ANSWERS, 'text', '修文猕猴桃');
    await cache.set(ANSWERS, 'empty', '');
    expect(await cache.get(ANSWERS, 'bytes')).toEqual(bytes);
    expect(await text(cache, ANSWERS, 'text')).toBe('修文猕猴桃');
    expect((await cache.get(ANSWERS, 'empty'))?.length).toBe(0);
  });

  it('does not mix the spaces up', async () => {
    const cache = open();
    await cache.set(ANSWERS, 'same', 'here');
    expect(await cache.get({ ...ANSWERS, name: 'other' }, 'same')).toBeNull();
    await cache.set({ ...ANSWERS, name: 'other' }, 'same', 'there');
    expect([await text(cache, ANSWERS, 'same'), await text(cache, { ...ANSWERS, name: 'other' }, 'same')]).toEqual(['here', 'there']);
  });

  it('forgets what is deleted, and what its space keeps no longer', async () => {
    const cache = open();
    await cache.set(ANSWERS, 'gone', 'x');
    await cache.delete(ANSWERS, 'gone');
    await cache.delete(ANSWERS, 'never-was');
    expect(await cache.get(ANSWERS, 'gone')).toBeNull();
    await cache.set(FLEETING, 'k', 'x');
    expect(await text(cache, FLEETING, 'k')).toBe('x');
    await delay(FLEETING.ttlMs + 20);
    expect(await cache.get(FLEETING, 'k')).toBeNull();
  });

  it('counts the time of a value anew when it is set again', async () => {
    const cache = open();
    const slow = { ...FLEETING, name: 'slow', ttlMs: 300 };
    await cache.set(slow, 'k', 'one');
    await delay(200);
    await cache.set(slow, 'k', 'two');
    await delay(200);
    expect(await text(cache, slow, 'k')).toBe('two');
  });

  it('lets a value that is too large pass by, and forgets the older one with it', async () => {
    const cache = open();
    await cache.set(ANSWERS, 'k', 'x'.repeat(1_000));
    expect((await cache.get(ANSWERS, 'k'))?.length).toBe(1_000);
    await cache.set(ANSWERS, 'k', '修'.repeat(334));
    expect(await cache.get(ANSWERS, 'k')).toBeNull();
  });

  it('holds a copy of what it was given', async () => {
    const cache = open();
    const value = Buffer.from('as it was');
    await cache.set(ANSWERS, 'mine', value);
    value.fill(0);
    expect(await text(cache, ANSWERS, 'mine')).toBe('as it was');
  });
}

/** `open` is a process: two of them on Redis, one and the same in process. */
function conformsAsPubSub(open: () => readonly [PubSub, PubSub]): void {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });
  const listen = async (pubSub: PubSub, channel: string): Promise<{ heard: string[]; stop: () => Promise<void> }> => {
    const heard: string[] = [];
    const stop = await pubSub.subscribe(channel, (payload) => heard.push(payload));
    stops.push(stop);
    return { heard, stop };
  };

  it('tells all who listen to the channel, in order, the publisher’s own process too', async () => {
    const [here, there] = open();
    const [own, other, stranger] = [await listen(here, 'news'), await listen(there, 'news'), await listen(there, 'newspaper')];
    for (const payload of ['one', '修文', '']) await here.publish('news', payload);
    await until(() => own.heard.length === 3 && other.heard.length === 3);
    expect([own.heard, other.heard, stranger.heard]).toEqual([['one', '修文', ''], ['one', '修文', ''], []]);
  });

  it('tells nobody within the publisher’s call', async () => {
    const [here] = open();
    const { heard } = await listen(here, 'later');
    const published = here.publish('later', 'x');
    expect(heard).toEqual([]);
    await published;
    await until(() => heard.length === 1);
  });

  it('leaves in peace who has unsubscribed, and no other; twice is harmless', async () => {
    const [here, there] = open();
    const [first, second] = [await listen(there, 'door'), await listen(there, 'door')];
    await first.stop();
    await first.stop();
    await here.publish('door', 'x');
    await until(() => second.heard.length === 1);
    expect(first.heard).toEqual([]);
    await second.stop();
    const third = await listen(there, 'door');
    await here.publish('door', 'y');
    await until(() => third.heard.length === 1);
    expect(second.heard).toEqual(['x']);
  });

  it('hears one who subscribes at the moment when the last other leaves', async () => {
    const [here, there] = open();
    const first = await listen(there, 'change');
    const [, second] = await Promise.all([first.stop(), listen(there, 'change')]);
    await here.publish('change', 'x');
    await until(() => second.heard.length === 1);
  });

  it('tells the others although one listener breaks', async () => {
    const [here] = open();
    stops.push(
      await here.subscribe('break', () => {
        throw new Error('I cannot hear this.');
      }),
    );
    const { heard } = await listen(here, 'break');
    await here.publish('break', 'x');
    await until(() => heard.length === 1);
  });
}

describe('the cache in process', () => {
  conformsAsCache(() => new LocalCache());
});

describe('pub/sub in process', () => {
  conformsAsPubSub(() => {
    const pubSub = new LocalPubSub(LOG);
    return [pubSub, pubSub];
  });
});

describeOnRedis('cache and pub/sub on Redis', () => {
  let server: TestRedis;
  let processes: RedisConnections[] = [];
  beforeAll(async () => {
    server = await startTestRedis();
    processes = [await RedisConnections.open(server.urlOf(), LOG), await RedisConnections.open(server.urlOf(), LOG)];
  });
  afterAll(async () => {
    for (const redis of processes) await redis.close();
    await server.stop();
  });
  const first = (): RedisConnections => {
    const [redis] = processes;
    if (!redis) throw new Error('No Redis.');
    return redis;
  };

  describe('the cache', () => {
    conformsAsCache(() => new RedisCache(first(), LOG));

    it('is one for all processes', async () => {
      const [here, there] = processes.map((redis) => new RedisCache(redis, LOG));
      await here?.set(ANSWERS, 'shared', 'x');
      expect((await there?.get(ANSWERS, 'shared'))?.toString()).toBe('x');
    });
  });

  describe('pub/sub', () => {
    let pubSubs: PubSub[] = [];
    beforeAll(() => {
      pubSubs = processes.map((redis) => new RedisPubSub(redis, LOG));
    });
    conformsAsPubSub(() => pubSubs as [PubSub, PubSub]);

    it('does not reach the other databases of the same Redis', async () => {
      const elsewhere = await RedisConnections.open(server.urlOf(5), LOG);
      const heard: string[] = [];
      await new RedisPubSub(elsewhere, LOG).subscribe('news', (payload) => heard.push(`elsewhere ${payload}`));
      const [here] = pubSubs;
      const stop = await here?.subscribe('news', (payload) => heard.push(payload));
      await here?.publish('news', 'x');
      await until(() => heard.length > 0);
      await delay(50);
      expect(heard).toEqual(['x']);
      await stop?.();
      await elsewhere.close();
    });
  });

  it('answers as empty, fails nobody and loses news while Redis is away, and comes back with it', async () => {
    const [cache, pubSub] = [new RedisCache(first(), LOG), new RedisPubSub(first(), LOG)];
    const heard: string[] = [];
    const stop = await pubSub.subscribe('outage', (payload) => heard.push(payload));
    await cache.set(ANSWERS, 'k', 'x');
    await server.kill();
    const before = performance.now();
    expect(await cache.get(ANSWERS, 'k')).toBeNull();
    await cache.set(ANSWERS, 'k', 'y');
    await cache.delete(ANSWERS, 'k');
    await pubSub.publish('outage', 'lost');
    expect(performance.now() - before).toBeLessThan(2_000);
    await server.revive();
    await until(async () => {
      await cache.set(ANSWERS, 'back', 'z');
      return (await cache.get(ANSWERS, 'back')) !== null;
    });
    await until(async () => {
      await pubSub.publish('outage', 'again');
      return heard.length > 0;
    });
    expect(new Set(heard)).toEqual(new Set(['again']));
    await stop();
  });
});
