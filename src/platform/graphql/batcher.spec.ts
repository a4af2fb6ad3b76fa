import { describe, expect, it } from '@jest/globals';
import { Batcher } from './batcher.js';

describe('a batcher', () => {
  it('asks once for all that was asked for together, and again for what comes later', async () => {
    const asked: string[][] = [];
    const batcher = new Batcher((ids) => {
      asked.push([...ids]);
      return Promise.resolve(new Map(ids.filter((id) => id !== 'c').map((id) => [id, id.toUpperCase()])));
    });
    expect(await Promise.all([batcher.get('a'), batcher.get('b'), batcher.get('a'), batcher.get('c')])).toEqual(['A', 'B', 'A', null]);
    expect(await batcher.get('d')).toBe('D');
    expect(asked).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('passes a failure to all who asked, and goes on', async () => {
    let broken = true;
    const batcher = new Batcher((ids) =>
      broken ? Promise.reject(new Error('no database')) : Promise.resolve(new Map(ids.map((id) => [id, 1]))),
    );
    await expect(Promise.all([batcher.get('a'), batcher.get('b')])).rejects.toThrow('no database');
    broken = false;
    expect(await batcher.get('a')).toBe(1);
  });
});
