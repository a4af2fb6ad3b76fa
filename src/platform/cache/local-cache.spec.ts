import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CacheSpace } from './cache.js';
import { LocalCache } from './local-cache.js';

const SPACE: CacheSpace = { name: 's', ttlMs: 1_000, valueBytesMax: 10_000 };

describe('the cache in process', () => {
  it('throws out what was asked for longest ago, and no more than it must', async () => {
    const cache = new LocalCache(1_000, () => 0);
    for (const key of ['a', 'b', 'c']) await cache.set(SPACE, key, 'x'.repeat(100));
    await cache.get(SPACE, 'a');
    await cache.set(SPACE, 'd', 'x'.repeat(100));
    const kept = await Promise.all(['a', 'b', 'c', 'd'].map(async (key) => ((await cache.get(SPACE, key)) ? key : null)));
    expect(kept).toEqual(['a', null, 'c', 'd']);
  });

  it('keeps a value for its time by the given clock, and not a moment longer', async () => {
    let nowMs = 0;
    const cache = new LocalCache(10_000, () => nowMs);
    await cache.set(SPACE, 'k', 'x');
    nowMs = 999;
    expect(await cache.get(SPACE, 'k')).not.toBeNull();
    nowMs = 1_000;
    expect(await cache.get(SPACE, 'k')).toBeNull();
    expect(cache.bytesKept).toBe(0);
  });

  it('keeps nothing that is larger than the whole', async () => {
    const cache = new LocalCache(500, () => 0);
    await cache.set(SPACE, 'small', 'x');
    await cache.set(SPACE, 'large', 'x'.repeat(600));
    expect([await cache.get(SPACE, 'large'), (await cache.get(SPACE, 'small'))?.toString()]).toEqual([null, 'x']);
  });

  it('never holds more than its limit, whatever is set, asked for and deleted, and is empty when all is deleted', async () => {
    const step = fc.record({ what: fc.constantFrom('set', 'get', 'delete'), key: fc.integer({ min: 0, max: 9 }), size: fc.nat(900) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const cache = new LocalCache(2_000, () => 0);
        for (const { what, key, size } of steps) {
          if (what === 'set') await cache.set(SPACE, String(key), 'x'.repeat(size));
          else if (what === 'get') await cache.get(SPACE, String(key));
          else await cache.delete(SPACE, String(key));
          expect(cache.bytesKept).toBeLessThanOrEqual(2_000);
        }
        for (let key = 0; key <= 9; key += 1) await cache.delete(SPACE, String(key));
        expect(cache.bytesKept).toBe(0);
      }),
    );
  });
});
