import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Log } from '../logging/log.js';
import { follow } from './follow.js';
import { LocalPubSub } from './local-pubsub.js';

const CHANNEL = 'news';

/** A growing list, and one who reads it on. */
function aList(options: { pollMs?: number; pauseMs?: number } = {}) {
  const pubSub = new LocalPubSub(new Log('error'));
  const list: number[] = [];
  const looks: number[] = [];
  let place = 0;
  const items = follow(
    pubSub,
    CHANNEL,
    () => {
      const found = list.slice(place);
      place = list.length;
      looks.push(found.length);
      return Promise.resolve(found);
    },
    { pollMs: 60_000, pauseMs: 1, ...options },
  );
  const tell = async (...numbers: number[]): Promise<void> => {
    list.push(...numbers);
    await pubSub.publish(CHANNEL, '');
  };
  const next = async (): Promise<number | null> => {
    const result = await items.next();
    return result.done === true ? null : result.value;
  };
  return { items, list, looks, tell, next };
}

describe('following', () => {
  it('tells what is there, and then what comes, each thing once and in order', async () => {
    const { tell, next, list } = aList();
    list.push(1, 2);
    expect([await next(), await next()]).toEqual([1, 2]);
    const third = next();
    await tell(3, 4);
    expect([await third, await next()]).toEqual([3, 4]);
  });

  it('finds without news what a lost message told of', async () => {
    const { next, list } = aList({ pollMs: 30 });
    const first = next();
    await delay(5);
    list.push(1);
    expect(await first).toBe(1);
  });

  it('does not miss what is told while it looks', async () => {
    const pubSub = new LocalPubSub(new Log('error'));
    let told = 0;
    const items = follow(
      pubSub,
      CHANNEL,
      async () => {
        const found = told > 0 ? [told] : [];
        // After the look, before the answer.
        if (told === 0) {
          told = 7;
          await pubSub.publish(CHANNEL, '');
          await delay(5);
        }
        return found;
      },
      { pollMs: 60_000, pauseMs: 1 },
    );
    expect(await items.next()).toEqual({ value: 7, done: false });
    await items.return?.();
  });

  it('looks once for a storm of news', async () => {
    const { tell, next, looks, items } = aList({ pauseMs: 50 });
    const first = next();
    await delay(5);
    await tell(1);
    expect(await first).toBe(1);
    const before = looks.length;
    const waiting = next();
    for (let i = 0; i < 20; i += 1) await tell();
    await delay(80);
    expect(looks.length - before).toBeLessThanOrEqual(2);
    await items.return?.();
    expect(await waiting).toBeNull();
  });

  it('ends at once in the middle of a wait, and before it has begun', async () => {
    const { next, items } = aList({ pauseMs: 30_000 });
    const waiting = next();
    await delay(5);
    await items.return?.();
    expect(await waiting).toBeNull();
    const other = aList();
    await other.items.return?.();
    expect(await other.next()).toBeNull();
    expect(other.looks).toEqual([]);
  });

  it('lets go of the channel when it ends, also by an error', async () => {
    let listeners = 0;
    const pubSub = new LocalPubSub(new Log('error'));
    const subscribe = pubSub.subscribe.bind(pubSub);
    pubSub.subscribe = async (channel, listener) => {
      listeners += 1;
      const letGo = await subscribe(channel, listener);
      return async () => {
        listeners -= 1;
        await letGo();
      };
    };
    const items = follow(pubSub, CHANNEL, () => Promise.reject(new Error('gone')));
    await expect(items.next()).rejects.toThrow('gone');
    await delay(5);
    expect(listeners).toBe(0);
  });
});
