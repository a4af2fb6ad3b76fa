import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fraction } from '../kernel/fraction.js';
import type { AlarmCondition, AlarmEpisode, AlarmReading, AlarmRule } from './alarm-rule.js';
import { alarmEpisodes, checkRule, contextMs, lookBackMs } from './alarm-rule.js';

const MINUTE = 60_000;
const NOW = 1_000 * MINUTE;
const at = (minute: number, value: number): AlarmReading => ({ measuredAt: minute * MINUTE, value: fraction(BigInt(value)) });
const series = (...values: number[]) => values.map((value, i) => at(i * 10, value));
const rule = (condition: AlarmCondition, minutes = 0): AlarmRule => ({ condition, durationS: minutes * 60 });
const warm = (minutes = 0, hysteresis = '0') => rule({ kind: 'THRESHOLD', side: 'ABOVE', limit: '30', hysteresis }, minutes);
const told = (episodes: AlarmEpisode[]) =>
  episodes.map(({ brokenFrom, raisedAt, clearedAt }) => [brokenFrom, raisedAt, clearedAt].map((t) => (t === null ? null : t / MINUTE)));

describe('a threshold', () => {
  it('is broken beyond its limit and made good at it', () => {
    expect(told(alarmEpisodes(warm(), series(29, 30, 31, 35, 30, 31), NOW))).toEqual([
      [20, 20, 40],
      [50, 50, null],
    ]);
  });

  it('with hysteresis makes one alarm of noise at the limit', () => {
    expect(told(alarmEpisodes(warm(0, '3'), series(31, 29, 31, 28, 31, 27), NOW))).toEqual([[0, 0, 50]]);
  });

  it('must be broken for its duration, reading after reading', () => {
    expect(told(alarmEpisodes(warm(20), series(31, 31, 29, 31, 31, 31, 29), NOW))).toEqual([[30, 50, 60]]);
    expect(told(alarmEpisodes(warm(20), series(31, 31), NOW))).toEqual([]);
  });

  it('keeps the worst value', () => {
    expect(alarmEpisodes(warm(10), series(31, 38, 33, 29), NOW)[0]?.worst).toEqual(fraction(38n));
    const cold = rule({ kind: 'THRESHOLD', side: 'BELOW', limit: '0', hysteresis: '0' });
    expect(alarmEpisodes(cold, series(1, -3, -1), NOW)[0]?.worst).toEqual(fraction(-3n));
  });
});

describe('the other conditions', () => {
  it('an excursion is broken on either side of its range', () => {
    const chain = rule({ kind: 'EXCURSION', min: '0', max: '4', hysteresis: '1' }, 10);
    expect(told(alarmEpisodes(chain, series(3, 5, 6, 3, -1, -2, 1), NOW))).toEqual([
      [10, 20, 30],
      [40, 50, 60],
    ]);
  });

  it('a rate is a change per hour over a window', () => {
    const rise = rule({ kind: 'RATE', side: 'ABOVE', limitPerHour: '6', windowS: 1_800 });
    expect(told(alarmEpisodes(rise, series(10, 11, 12, 16, 16, 16, 16), NOW))).toEqual([[30, 30, 60]]);
    const fall = rule({ kind: 'RATE', side: 'BELOW', limitPerHour: '-6', windowS: 1_800 });
    expect(told(alarmEpisodes(fall, series(16, 14, 14, 14, 14), NOW))).toEqual([[10, 10, 20]]);
  });

  it('no data is raised after its time and cleared by the next reading', () => {
    const silent = rule({ kind: 'NO_DATA' }, 30);
    expect(told(alarmEpisodes(silent, [at(0, 1), at(20, 1), at(60, 1)], 80 * MINUTE))).toEqual([[20, 50, 60]]);
    expect(told(alarmEpisodes(silent, [at(0, 1)], 30 * MINUTE))).toEqual([[0, 30, null]]);
    expect(alarmEpisodes(silent, [], NOW)).toEqual([]);
  });

  it.each([
    [{ kind: 'THRESHOLD', side: 'ABOVE', limit: 'x', hysteresis: '0' }, 0],
    [{ kind: 'THRESHOLD', side: 'ABOVE', limit: '1', hysteresis: '-1' }, 0],
    [{ kind: 'EXCURSION', min: null, max: null, hysteresis: '0' }, 0],
    [{ kind: 'EXCURSION', min: '4', max: '0', hysteresis: '0' }, 0],
    [{ kind: 'RATE', side: 'ABOVE', limitPerHour: '1', windowS: 1 }, 0],
    [{ kind: 'NO_DATA' }, 0],
    [{ kind: 'THRESHOLD', side: 'ABOVE', limit: '1', hysteresis: '0' }, -1],
  ] as [AlarmCondition, number][])('%j of %i minutes is refused', (condition, minutes) => {
    expect(() => checkRule(rule(condition, minutes))).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });
});

describe('late data', () => {
  const condition: fc.Arbitrary<AlarmCondition> = fc.oneof(
    fc.record({
      kind: fc.constant('THRESHOLD' as const),
      side: fc.constantFrom('ABOVE' as const, 'BELOW' as const),
      limit: fc.constantFrom('4', '5'),
      hysteresis: fc.constantFrom('0', '2'),
    }),
    fc.record({
      kind: fc.constant('EXCURSION' as const),
      min: fc.constant('2'),
      max: fc.constant('6'),
      hysteresis: fc.constantFrom('0', '1'),
    }),
    fc.record({
      kind: fc.constant('RATE' as const),
      side: fc.constant('ABOVE' as const),
      limitPerHour: fc.constant('3'),
      windowS: fc.constant(1_800),
    }),
    fc.constant({ kind: 'NO_DATA' as const }),
  );
  const rules = fc.record({ condition, durationS: fc.constantFrom(600, 1_200, 3_600) });
  const readings = fc.uniqueArray(
    fc.tuple(fc.nat(60), fc.nat(9)).map(([tens, value]) => at(tens * 10, value)),
    { selector: ({ measuredAt }) => measuredAt, maxLength: 40 },
  );

  it('gives the alarms that there would have been had it come in time', () => {
    const shuffled = readings.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
    fc.assert(
      fc.property(rules, shuffled, (one, [list, late]) => expect(alarmEpisodes(one, late, NOW)).toEqual(alarmEpisodes(one, list, NOW))),
    );
  });

  it('needs no more of the past than the rule looks back, and the episode that was under way', () => {
    fc.assert(
      fc.property(rules, readings, fc.nat(60), (one, list, tens) => {
        const changed = tens * 10 * MINUTE;
        const sorted = [...list].sort((a, b) => a.measuredAt - b.measuredAt);
        const before = alarmEpisodes(
          one,
          sorted.filter(({ measuredAt }) => measuredAt < changed),
          NOW,
        );
        const whole = alarmEpisodes(one, sorted, NOW);
        const lastBefore = sorted.filter(({ measuredAt }) => measuredAt < changed).at(-1)?.measuredAt ?? changed;
        const from = lastBefore - lookBackMs(one);
        // What was known of the time before `from`: nothing that came later changed it.
        const under = before.find(({ brokenFrom, clearedAt }) => brokenFrom < from && (clearedAt === null || clearedAt >= from)) ?? null;
        const lastAt = sorted.filter(({ measuredAt }) => measuredAt < from).at(-1)?.measuredAt ?? null;
        const again = alarmEpisodes(
          one,
          sorted.filter(({ measuredAt }) => measuredAt >= from - contextMs(one)),
          NOW,
          { from, episode: under, lastAt },
        );
        expect(told(again)).toEqual(told(whole.filter(({ clearedAt }) => clearedAt === null || clearedAt >= from)));
      }),
      { numRuns: 500 },
    );
  });
});
