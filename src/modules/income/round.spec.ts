import { describe, expect, it } from '@jest/globals';
import { Round } from './round.js';

const list = [1, 2, 3, 4, 5];
const read = (after: number | null, limit: number): Promise<number[]> =>
  Promise.resolve(list.filter((item) => item > (after ?? 0)).slice(0, limit));

describe('a round', () => {
  it('comes to everything, a page at a time, and begins again at the end', async () => {
    const round = new Round<number>(2);
    const pages = [];
    for (let turn = 0; turn < 4; turn += 1) pages.push(await round.next(read));
    expect(pages).toEqual([[1, 2], [3, 4], [5], [1, 2]]);
  });

  it('gives a list that fits on a page whole at every turn', async () => {
    const round = new Round<number>(6);
    expect([await round.next(read), await round.next(read)]).toEqual([list, list]);
  });

  it('stays where it is when reading fails', async () => {
    const round = new Round<number>(2);
    await round.next(read);
    await expect(round.next(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await round.next(read)).toEqual([3, 4]);
  });
});
