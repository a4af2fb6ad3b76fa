import { describe, expect, it } from '@jest/globals';
import { entryOn, holdsOn } from './as-of.js';

const entry = (validFrom: string, seq: bigint, kind = '') => ({ validFrom, seq, kind });

describe('as of', () => {
  it('knows nothing before the first entry', () => {
    expect(entryOn([entry('2026-03-01', 1n)], '2026-02-28')).toBeNull();
  });

  it('takes the latest that had begun by the day', () => {
    const entries = [entry('2026-06-01', 1n, 'later'), entry('2026-01-01', 2n, 'earlier')];
    expect(entryOn(entries, '2026-05-31')?.kind).toBe('earlier');
    expect(entryOn(entries, '2026-06-01')?.kind).toBe('later');
  });

  it('takes the correction of two that begin on one day', () => {
    expect(entryOn([entry('2026-01-01', 2n, 'correction'), entry('2026-01-01', 1n, 'first')], '2026-01-01')?.kind).toBe('correction');
  });

  it('holds from its first day to the day before its end', () => {
    const period = { validFrom: '2026-01-01', validTo: '2026-07-01' };
    expect([
      holdsOn(period, '2025-12-31'),
      holdsOn(period, '2026-01-01'),
      holdsOn(period, '2026-06-30'),
      holdsOn(period, '2026-07-01'),
    ]).toEqual([false, true, true, false]);
  });
});
