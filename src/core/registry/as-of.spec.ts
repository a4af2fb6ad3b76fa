import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DatedFact } from './as-of.js';
import { holding, holdsOn, inForce, overlaps, standing } from './as-of.js';

const DAY_MS = 86_400_000;
const dayOf = (number: number): string => new Date(Date.UTC(2026, 0, 1) + number * DAY_MS).toISOString().slice(0, 10);

interface Said {
  readonly from: number;
  readonly days: number | null;
  /** Which of the facts so far is corrected; null: none. */
  readonly corrects: number | null;
  readonly retracts: boolean;
}

const said: fc.Arbitrary<Said> = fc.record({
  from: fc.integer({ min: 0, max: 30 }),
  days: fc.option(fc.integer({ min: 1, max: 20 })),
  corrects: fc.option(fc.nat(50)),
  retracts: fc.boolean(),
});
/** What was said, one after the other, as facts of the log. Only what still stands can be corrected. */
const history = fc.array(said, { maxLength: 20 }).map((all) => {
  const facts: DatedFact[] = [];
  for (const [place, { from, days, corrects, retracts }] of all.entries()) {
    const heads = facts.filter(({ id }) => !facts.some(({ supersedes }) => supersedes === id));
    const corrected = corrects === null || heads.length === 0 ? undefined : heads[corrects % heads.length];
    facts.push({
      id: `fact-${String(place).padStart(2, '0')}`,
      seq: BigInt(place + 1),
      validFrom: dayOf(from),
      validTo: days === null ? null : dayOf(from + days),
      supersedes: corrected?.id ?? null,
      retraction: corrected !== undefined && retracts,
    });
  }
  return facts;
});
const day = fc.integer({ min: -2, max: 55 }).map(dayOf);
const ids = (facts: readonly DatedFact[]): string[] => facts.map(({ id }) => id).sort();

const fact = (id: string, seq: bigint, validFrom: string, more: Partial<DatedFact> = {}): DatedFact => ({
  id,
  seq,
  validFrom,
  validTo: null,
  supersedes: null,
  retraction: false,
  ...more,
});

describe('a period', () => {
  it('holds from its first day to the day before its end', () => {
    const period = { validFrom: '2026-01-01', validTo: '2026-07-01' };
    const days = ['2025-12-31', '2026-01-01', '2026-06-30', '2026-07-01'];
    expect(days.map((one) => holdsOn(period, one))).toEqual([false, true, true, false]);
  });

  it('and the one that begins on its end tile: every day from the first start lies in exactly one', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 8 }).map((all) => all.sort((a, b) => a - b));
    fc.assert(
      fc.property(cuts, fc.integer({ min: -5, max: 60 }), (starts, number) => {
        const tiles = starts.map((start, i) => {
          const end = starts[i + 1];
          return { validFrom: dayOf(start), validTo: end === undefined ? null : dayOf(end) };
        });
        const held = tiles.filter((tile) => holdsOn(tile, dayOf(number)));
        expect(held).toHaveLength(number >= (starts[0] ?? 0) ? 1 : 0);
        expect(tiles.some((a, i) => tiles.some((b, j) => i !== j && overlaps(a, b)))).toBe(false);
      }),
    );
  });

  it('overlaps another where they have a day in common', () => {
    const period = fc
      .record({ from: fc.nat(20), days: fc.option(fc.integer({ min: 1, max: 15 })) })
      .map(({ from, days }) => ({ validFrom: dayOf(from), validTo: days === null ? null : dayOf(from + days) }));
    const days = Array.from({ length: 60 }, (_, i) => dayOf(i));
    fc.assert(
      fc.property(period, period, (a, b) => {
        expect(overlaps(a, b)).toBe(days.some((one) => holdsOn(a, one) && holdsOn(b, one)));
      }),
    );
  });
});

describe('what stands', () => {
  it('is what was recorded by then and neither corrected nor taken back', () => {
    const facts = [
      fact('a', 1n, '2026-01-01'),
      fact('b', 2n, '2026-02-01', { supersedes: 'a' }),
      fact('c', 3n, '2026-02-01', { supersedes: 'b', retraction: true }),
    ];
    expect([0n, 1n, 2n, 3n].map((seq) => ids(standing(facts, seq)))).toEqual([[], ['a'], ['b'], []]);
  });

  it('under an earlier seq is not changed by anything said later', () => {
    fc.assert(
      fc.property(history, day, fc.nat(20), (facts, on, known) => {
        const seq = BigInt(known);
        const then = facts.filter((one) => one.seq <= seq);
        expect(holding(facts, { on, seq })).toEqual(holding(then, { on, seq }));
        expect(inForce(facts, { on, seq })).toEqual(inForce(then, { on, seq }));
      }),
    );
  });

  it('does not depend on the order in which the facts are read', () => {
    const shuffled = history.chain((facts) => fc.tuple(fc.constant(facts), fc.shuffledSubarray(facts, { minLength: facts.length })));
    fc.assert(
      fc.property(shuffled, day, ([facts, other], on) => {
        const asOf = { on, seq: BigInt(facts.length) };
        expect(ids(holding(other, asOf))).toEqual(ids(holding(facts, asOf)));
        expect(inForce(other, asOf)).toEqual(inForce(facts, asOf));
      }),
    );
  });

  it('of one subject does not depend on what is said of another', () => {
    fc.assert(
      fc.property(history, history, day, (mine, others, on) => {
        const renamed = others.map((one) => ({ ...one, id: `x${one.id}`, supersedes: one.supersedes && `x${one.supersedes}` }));
        const asOf = { on, seq: 100n };
        const together = holding([...mine, ...renamed], asOf).filter(({ id }) => !id.startsWith('x'));
        expect(together).toEqual(holding(mine, asOf));
      }),
    );
  });

  it('has each fact at most once of a chain of corrections', () => {
    fc.assert(
      fc.property(history, fc.nat(20), (facts, known) => {
        const stand = standing(facts, BigInt(known));
        const rootOf = (one: DatedFact): string => {
          const corrected = facts.find(({ id }) => id === one.supersedes);
          return corrected ? rootOf(corrected) : one.id;
        };
        expect(new Set(stand.map(rootOf)).size).toBe(stand.length);
      }),
    );
  });
});

describe('what is in force', () => {
  it('is nothing before the first fact', () => {
    expect(inForce([fact('a', 1n, '2026-03-01')], { on: '2026-02-28', seq: 9n })).toBeNull();
  });

  it('is the fact that began last, and of two of one day the one recorded later', () => {
    const facts = [fact('later', 1n, '2026-06-01'), fact('earlier', 2n, '2026-01-01'), fact('corrected', 3n, '2026-06-01')];
    const on = (day: string, seq: bigint): string | undefined => inForce(facts, { on: day, seq })?.id;
    expect([on('2026-05-31', 3n), on('2026-06-01', 2n), on('2026-06-01', 3n)]).toEqual(['earlier', 'later', 'corrected']);
  });

  it('is the earlier one again, where the later was taken back or has ended', () => {
    const facts = [fact('a', 1n, '2026-01-01'), fact('b', 2n, '2026-03-01', { validTo: '2026-04-01' })];
    const retracted = [...facts, fact('c', 3n, '2026-03-01', { supersedes: 'b', retraction: true })];
    expect(inForce(facts, { on: '2026-03-15', seq: 3n })?.id).toBe('b');
    expect(inForce(facts, { on: '2026-04-01', seq: 3n })?.id).toBe('a');
    expect(inForce(retracted, { on: '2026-03-15', seq: 3n })?.id).toBe('a');
  });

  it('is one of those that hold, and there is one wherever any holds', () => {
    fc.assert(
      fc.property(history, day, (facts, on) => {
        const asOf = { on, seq: 100n };
        const held = holding(facts, asOf);
        const one = inForce(facts, asOf);
        expect(one === null ? [] : [one]).toEqual(held.filter(({ id }) => id === one?.id));
        expect(one === null).toBe(held.length === 0);
      }),
    );
  });
});
