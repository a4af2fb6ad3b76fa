import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SeriesReading } from './series.js';
import { judgeSeries } from './series.js';

const MINUTE = 60_000;
const at = (minute: number, value: string | null, more: Partial<SeriesReading> = {}): SeriesReading => ({
  messageId: String(minute),
  measuredAt: minute * MINUTE,
  timeAsSent: String(minute),
  sequence: null,
  value,
  ...more,
});
const flagged = (readings: SeriesReading[], flag: 'stuck' | 'duplicate' | 'conflict', stuckAfterMs: number | null = null) =>
  [...judgeSeries(readings, stuckAfterMs)].filter(([, flags]) => flags[flag]).map(([id]) => id);

describe('readings in a series', () => {
  it('are stuck from the time on that the model never says the same for, until another value', () => {
    const same = [0, 10, 20, 30, 40].map((minute) => at(minute, '5.0'));
    expect(flagged([...same, at(50, '5.1'), at(60, '5.0')], 'stuck', 30 * MINUTE)).toEqual(['30', '40']);
    expect(flagged(same, 'stuck')).toEqual([]);
    expect(flagged([at(0, null), at(60, null)], 'stuck', 30 * MINUTE)).toEqual([]);
  });

  it('are duplicates where count and value were said minutes before under another time', () => {
    const frame = { sequence: '7' };
    expect(flagged([at(0, '1', frame), at(1, '1', frame), at(2, '1', { sequence: '8' })], 'duplicate')).toEqual(['1']);
    expect(flagged([at(0, '1', frame), at(6, '1', frame)], 'duplicate')).toEqual([]);
    expect(flagged([at(0, '1', frame), at(1, '2', frame)], 'duplicate')).toEqual([]);
  });

  it('are in conflict where one time and count has two values, and then both are', () => {
    const said = { timeAsSent: 't', sequence: '7' };
    expect(flagged([at(0, '1', said), at(1, '2', said), at(2, '2', { sequence: '8' })], 'conflict')).toEqual(['0', '1']);
    expect(flagged([at(0, '1', { timeAsSent: null }), at(1, '2', { timeAsSent: null })], 'conflict')).toEqual([]);
  });

  it('are judged alike in whatever order they came', () => {
    const reading = fc.record({
      messageId: fc.nat(1_000).map(String),
      measuredAt: fc.nat(20).map((minute) => minute * MINUTE),
      timeAsSent: fc.option(fc.nat(5).map(String)),
      sequence: fc.option(fc.nat(3).map(String)),
      value: fc.option(fc.nat(2).map(String)),
    });
    const shuffled = fc
      .uniqueArray(reading, { selector: ({ messageId }) => messageId, maxLength: 20 })
      .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
    fc.assert(fc.property(shuffled, ([list, late]) => expect(judgeSeries(late, 5 * MINUTE)).toEqual(judgeSeries(list, 5 * MINUTE))));
  });
});
