import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { journal } from '../ledger/journal.js';
import type { RunningTotal } from './accrual.js';
import { accrue, EMPTY_TOTAL, postPass } from './accrual.js';
import { SCALE } from './coefficient.js';

const POOL = 'pool';
const ROUNDING = 'rounding';
type Sale = ReadonlyMap<string, bigint>;

/** Each sale divides a whole number of minor units between payees, by parts that are not whole. */
const sales: fc.Arbitrary<Sale[]> = fc.array(
  fc.tuple(fc.bigInt(-500n, 500n), fc.bigInt(0n, SCALE), fc.bigInt(0n, SCALE)).map(([amount, a, b]) => {
    const first = amount * a;
    const second = ((amount * SCALE - first) / SCALE) * b;
    return new Map([
      ['a', first],
      ['b', second],
      ['c', amount * SCALE - first - second],
    ]);
  }),
  { maxLength: 30 },
);
const poolOf = (sale: Sale): bigint => [...sale.values()].reduce((sum, part) => sum + part, 0n) / SCALE;

function run(list: readonly Sale[]): { totals: Map<string, RunningTotal>; rounding: bigint; pool: bigint } {
  const totals = new Map<string, RunningTotal>();
  let rounding = 0n;
  let pool = 0n;
  for (const sale of list) {
    const pass = postPass({ totals, deltas: sale, poolMinor: poolOf(sale), poolAccount: POOL, roundingAccount: ROUNDING });
    for (const [account, total] of pass.totals) totals.set(account, total);
    if (pass.entries.length > 0) journal({ currency: 'CNY', entries: pass.entries });
    rounding += pass.entries.find((entry) => entry.account === ROUNDING)?.amountMinor ?? 0n;
    pool += poolOf(sale);
  }
  return { totals, rounding, pool };
}

describe('cumulative rounding', () => {
  it('posts the change of the rounded running total, ties to even', () => {
    const first = accrue(EMPTY_TOTAL, (5n * SCALE) / 2n);
    expect(first).toEqual({ total: { exactScaled: (5n * SCALE) / 2n, postedMinor: 2n }, postMinor: 2n });
    expect(accrue(first.total, SCALE / 4n).postMinor).toBe(1n);
    expect(accrue(first.total, 0n).postMinor).toBe(0n);
  });

  it('gives 22,500 and 7,500 for 10,000 sales of 3 fen at 75 to 25', () => {
    const sale: Sale = new Map([
      ['first', (9n * SCALE) / 4n],
      ['second', (3n * SCALE) / 4n],
    ]);
    const { totals, rounding } = run(Array.from({ length: 10_000 }, () => sale));
    expect([totals.get('first')?.postedMinor, totals.get('second')?.postedMinor, rounding]).toEqual([22_500n, 7_500n, 0n]);
  });

  it('stays within half a minor unit of the exact total after every pass, refunds included', () => {
    fc.assert(
      fc.property(sales, (list) => {
        for (let n = 1; n <= list.length; n += 1) {
          for (const { exactScaled, postedMinor } of run(list.slice(0, n)).totals.values()) {
            const error = exactScaled - postedMinor * SCALE;
            expect(2n * (error < 0n ? -error : error)).toBeLessThanOrEqual(SCALE);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('gives the same totals whatever the order of the sales, and whether they post one by one or in one pass', () => {
    const shuffled = sales.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
    fc.assert(
      fc.property(shuffled, ([list, other]) => {
        const before = run(list);
        expect(run(other)).toEqual(before);
        const merged = new Map(['a', 'b', 'c'].map((key) => [key, list.reduce((sum, sale) => sum + (sale.get(key) ?? 0n), 0n)]));
        const once = run([merged]);
        for (const key of before.totals.keys()) expect(once.totals.get(key)).toEqual(before.totals.get(key));
        expect(once.rounding).toBe(before.rounding);
      }),
    );
  });

  it('adds up: what is posted and the rounding account are the pool, and the rounding account is at most half a unit a payee', () => {
    fc.assert(
      fc.property(sales, (list) => {
        const { totals, rounding, pool } = run(list);
        const posted = [...totals.values()].reduce((sum, total) => sum + total.postedMinor, 0n);
        expect(posted + rounding).toBe(pool);
        expect(2n * (rounding < 0n ? -rounding : rounding)).toBeLessThanOrEqual(BigInt(totals.size));
      }),
    );
  });

  it('takes everything back when the same is accrued with the other sign', () => {
    fc.assert(
      fc.property(sales, (list) => {
        const back = list.map((sale) => new Map([...sale].map(([key, part]) => [key, -part])));
        const { totals, rounding } = run([...list, ...back]);
        for (const total of totals.values()) expect(total).toEqual(EMPTY_TOTAL);
        expect(rounding).toBe(0n);
      }),
    );
  });
});

describe('a pass', () => {
  it('posts nothing when there is nothing new', () => {
    const totals = new Map([['a', { exactScaled: SCALE / 3n, postedMinor: 0n }]]);
    const pass = postPass({ totals, deltas: new Map([['a', 0n]]), poolMinor: 0n, poolAccount: POOL, roundingAccount: ROUNDING });
    expect(pass.entries).toEqual([]);
  });

  it('names the payees, the pool with the other sign, and the rest as rounding', () => {
    const deltas = new Map([['b', SCALE / 3n], ['a', SCALE - SCALE / 3n - SCALE / 3n], ['c', SCALE / 3n]]); // prettier-ignore
    expect(postPass({ totals: new Map(), deltas, poolMinor: 1n, poolAccount: POOL, roundingAccount: ROUNDING }).entries).toEqual([
      { account: POOL, amountMinor: -1n },
      { account: ROUNDING, amountMinor: 1n },
    ]);
  });

  it('keeps the accounts of payees, pool and rounding apart', () => {
    const pass = (deltas: Sale, roundingAccount: string): unknown =>
      postPass({ totals: new Map(), deltas, poolMinor: 0n, poolAccount: POOL, roundingAccount });
    expect(() => pass(new Map([[POOL, 1n]]), ROUNDING)).toThrow('shares an account');
    expect(() => pass(new Map(), POOL)).toThrow('two accounts');
  });
});
