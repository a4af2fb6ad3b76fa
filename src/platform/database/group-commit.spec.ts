import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GroupCommit } from './group-commit.js';

/** A store whose commits end when the test says so. */
class Store {
  readonly groups: number[][] = [];
  private readonly ends: (() => void)[] = [];

  readonly write = async (items: number[]): Promise<string[]> => {
    this.groups.push(items);
    await new Promise<void>((resolve) => this.ends.push(resolve));
    return items.map(String);
  };

  async end(): Promise<void> {
    this.ends.shift()?.();
    await turn();
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
const refusing = (isBad: (item: number) => boolean, calls: number[][] = []) => {
  return (items: number[]): Promise<string[]> => {
    calls.push(items);
    const bad = items.find(isBad);
    return bad === undefined ? Promise.resolve(items.map(String)) : Promise.reject(new Error(`bad ${bad}`));
  };
};

describe('GroupCommit', () => {
  it('writes one group at a time; what arrives meanwhile is the next', async () => {
    const store = new Store();
    const commit = new GroupCommit(store.write, { itemsMax: 100 });
    const first = [commit.submit(1), commit.submit(2)];
    await turn();
    const second = [commit.submit(3), commit.submit(4), commit.submit(5)];
    await turn();
    expect(store.groups).toEqual([[1, 2]]);
    await store.end();
    expect(await Promise.all(first)).toEqual(['1', '2']);
    expect(store.groups).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
    expect(commit.pending).toBe(3);
    await store.end();
    expect(await Promise.all(second)).toEqual(['3', '4', '5']);
    expect(commit.pending).toBe(0);
  });

  it('tells nobody before the commit ended', async () => {
    const store = new Store();
    const commit = new GroupCommit(store.write, { itemsMax: 100 });
    let told = false;
    const submitted = commit.submit(1).then(() => (told = true));
    await turn();
    expect(told).toBe(false);
    await store.end();
    await submitted;
    expect(told).toBe(true);
  });

  it('caps the group', async () => {
    const calls: number[][] = [];
    const commit = new GroupCommit(
      refusing(() => false, calls),
      { itemsMax: 2 },
    );
    await Promise.all([1, 2, 3, 4, 5].map((item) => commit.submit(item)));
    expect(calls).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('caps the group by what it weighs, and lets what is heavier go alone', async () => {
    const calls: number[][] = [];
    const commit = new GroupCommit(
      refusing(() => false, calls),
      { itemsMax: 9, bytesMax: 10, bytesOf: (item) => item },
    );
    await Promise.all([4, 6, 1, 12, 3].map((item) => commit.submit(item)));
    expect(calls).toEqual([[4, 6], [1], [12], [3]]);
  });

  it('refuses with BUSY what the queue has no room for, and takes again afterwards', async () => {
    const store = new Store();
    const commit = new GroupCommit(store.write, { itemsMax: 2, queueItemsMax: 2 });
    const taken = [commit.submit(1), commit.submit(2)];
    await expect(commit.submit(3)).rejects.toMatchObject({ code: 'BUSY', retryable: true });
    await turn();
    taken.push(commit.submit(4));
    await store.end();
    await store.end();
    expect(await Promise.all(taken)).toEqual(['1', '2', '4']);
  });

  it('refuses with BUSY what the memory has no room for', async () => {
    const store = new Store();
    const commit = new GroupCommit(store.write, { itemsMax: 9, queueBytesMax: 10, bytesOf: (item) => item });
    const taken = [commit.submit(6)];
    await expect(commit.submit(5)).rejects.toMatchObject({ code: 'BUSY' });
    await turn();
    taken.push(commit.submit(11));
    await store.end();
    await store.end();
    expect(await Promise.all(taken)).toEqual(['6', '11']);
  });

  it('rejects the culprits alone, whoever and how many they are, and keeps the order of the others', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 9 }), async (bad, itemsMax) => {
        const stored: number[] = [];
        const write = async (items: number[]): Promise<string[]> => {
          await Promise.resolve();
          const culprit = items.find((item) => bad[item]);
          if (culprit !== undefined) throw new Error(`bad ${culprit}`);
          stored.push(...items);
          return items.map(String);
        };
        const commit = new GroupCommit(write, { itemsMax });
        const settled = await Promise.allSettled(bad.map((_, item) => commit.submit(item)));
        expect(settled.map((each) => (each.status === 'fulfilled' ? each.value : String(each.reason)))).toEqual(
          bad.map((isBad, item) => (isBad ? `Error: bad ${item}` : String(item))),
        );
        expect(stored).toEqual(bad.flatMap((isBad, item) => (isBad ? [] : [item])));
        expect(commit.pending).toBe(0);
      }),
    );
  });

  it('does not halve a group when no item is to blame', async () => {
    const calls: number[][] = [];
    const commit = new GroupCommit(
      refusing(() => true, calls),
      { itemsMax: 9, isItemsFault: () => false },
    );
    const settled = await Promise.allSettled([commit.submit(1), commit.submit(2), commit.submit(3)]);
    expect(settled.map((each) => each.status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(calls).toEqual([[1, 2, 3]]);
  });

  it('does not write a group again that was committed with the wrong number of results', async () => {
    let writes = 0;
    const commit = new GroupCommit(
      () => {
        writes += 1;
        return Promise.resolve(['one']);
      },
      { itemsMax: 9 },
    );
    const settled = await Promise.allSettled([commit.submit(1), commit.submit(2)]);
    expect(settled.map((each) => each.status)).toEqual(['rejected', 'rejected']);
    expect(writes).toBe(1);
  });

  it('goes on after a write that threw before it promised anything', async () => {
    let broken = true;
    const commit = new GroupCommit(
      (items: number[]) => {
        if (broken) throw new Error('broken');
        return Promise.resolve(items);
      },
      { itemsMax: 9 },
    );
    await expect(commit.submit(1)).rejects.toThrow('broken');
    broken = false;
    expect(await commit.submit(2)).toBe(2);
  });

  it('writes as many groups at once as it may, and no more', async () => {
    const store = new Store();
    const commit = new GroupCommit(store.write, { itemsMax: 100, writesMax: 2 });
    const submitted = [commit.submit(1)];
    await turn();
    submitted.push(commit.submit(2));
    await turn();
    submitted.push(commit.submit(3), commit.submit(4));
    await turn();
    expect(store.groups).toEqual([[1], [2]]);
    await store.end();
    expect(store.groups).toEqual([[1], [2], [3, 4]]);
    await store.end();
    await store.end();
    expect(await Promise.all(submitted)).toEqual(['1', '2', '3', '4']);
    await commit.drain();
  });

  it('never parts what was handed over together, nor changes its order, and writes everything once', async () => {
    const handfuls = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(handfuls, fc.integer({ min: 5, max: 9 }), fc.integer({ min: 1, max: 3 }), async (sizes, itemsMax, writesMax) => {
        const calls: number[][] = [];
        const commit = new GroupCommit(
          refusing(() => false, calls),
          { itemsMax, writesMax },
        );
        let next = 0;
        const all = sizes.map((size) => Array.from({ length: size }, () => next++));
        const outcomes = await Promise.all(all.map((items) => commit.submitTogether(items)));
        expect(outcomes).toEqual(all.map((items) => items.map((item) => ({ status: 'fulfilled', value: String(item) }))));
        const groupOf = new Map(calls.flatMap((items, group) => items.map((item) => [item, group])));
        for (const items of all) expect(new Set(items.map((item) => groupOf.get(item))).size).toBe(1);
        for (const items of calls) expect(items).toEqual([...items].sort((a, b) => a - b));
        expect(calls.flat().sort((a, b) => a - b)).toEqual(all.flat());
      }),
    );
  });

  it('gives each of those handed over together its own outcome, parting them only where no group holds them', async () => {
    const calls: number[][] = [];
    const commit = new GroupCommit(
      refusing((item) => item === 2, calls),
      { itemsMax: 2 },
    );
    const outcomes = await commit.submitTogether([1, 2, 3]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(calls).toEqual([[1, 2], [1], [2], [3]]);
  });

  it('is drained when everything waiting is settled', async () => {
    const commit = new GroupCommit(
      refusing((item) => item === 2),
      { itemsMax: 1 },
    );
    const settled = Promise.allSettled([commit.submit(1), commit.submit(2), commit.submit(3)]);
    await commit.drain();
    expect(commit.pending).toBe(0);
    await settled;
    await commit.drain();
  });
});
