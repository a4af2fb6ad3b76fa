import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fraction, sum } from '../../core/kernel/fraction.js';
import type { HarvestPart } from './harvests.js';
import { coverageOf, HOUSEHOLDS_MIN, harvestViews } from './harvests.js';
import type { HarvestView } from './view.js';

function deliveries(count: number, part: Partial<HarvestPart> = {}): HarvestPart[] {
  return Array.from({ length: count }, (_, i) => ({
    cooperative: 'Guiding rice',
    areaCode: '522723101201',
    grower: `${part.areaCode ?? ''}${String(i)}`,
    household: true,
    month: '2026-09',
    mass: fraction(10n),
    ...part,
  }));
}
function viewsOf(parts: readonly HarvestPart[]): HarvestView[] {
  return harvestViews(parts, sum(parts.map((part) => part.mass)));
}

describe('harvests', () => {
  it('are told by cooperative and village, with months, households and share', () => {
    const views = viewsOf([...deliveries(10), ...deliveries(30, { areaCode: '522723101202', month: '2026-10' })]);
    expect(views).toEqual([
      { cooperative: 'Guiding rice', areaCode: '522723101201', from: '2026-09', to: '2026-09', share: '0.25', households: 10 },
      { cooperative: 'Guiding rice', areaCode: '522723101202', from: '2026-10', to: '2026-10', share: '0.75', households: 30 },
    ]);
  });

  it('count a household that delivered often once', () => {
    expect(viewsOf([...deliveries(10), ...deliveries(10, { month: '2026-10' })])).toMatchObject([
      { households: 10, from: '2026-09', to: '2026-10' },
    ]);
  });

  it('of fewer than ten households show no count, and no share beside others', () => {
    const views = viewsOf([...deliveries(9), ...deliveries(30, { areaCode: '522723101202' })]);
    expect(views.map((view) => view.households)).toEqual([null, 30]);
    // Neither does the large one: the small one's would be the rest.
    expect(views.map((view) => view.share)).toEqual([null, null]);
  });

  it('keep back all shares where one household has half of a cooperative', () => {
    const views = viewsOf([
      ...deliveries(12, { cooperative: 'A' }),
      ...deliveries(1, { cooperative: 'A', grower: 'big', mass: fraction(120n) }),
      ...deliveries(40),
    ]);
    expect(views.map((view) => view.share)).toEqual([null, null]);
  });

  it('of a sound cooperative keep their shares where another village of the other is too small', () => {
    const other = { cooperative: 'Xiuwen kiwi' };
    const views = viewsOf([
      ...deliveries(20),
      ...deliveries(20, { ...other, areaCode: 'a' }),
      ...deliveries(5, { ...other, areaCode: 'b' }),
    ]);
    expect(views.map((view) => view.share)).toEqual(['0.4444', null, null]);
  });

  it('of one single village have the share that coverage tells anyway', () => {
    expect(harvestViews(deliveries(1), fraction(20n))).toMatchObject([{ share: '0.5', households: null }]);
  });

  it('never count fewer than ten households, nor let a share of fewer be had as a difference', () => {
    const part = fc.record({
      cooperative: fc.constantFrom('A', 'B'),
      areaCode: fc.constantFrom('1', '2', null),
      grower: fc.nat(25).map(String),
      household: fc.boolean(),
      month: fc.constantFrom('2026-09', '2026-10'),
      mass: fc.bigInt(1n, 1_000n).map((mass) => fraction(mass)),
    });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 120 }), (parts) => {
        const views = viewsOf(parts);
        for (const view of views) {
          const own = parts.filter((one) => one.cooperative === view.cooperative && one.areaCode === view.areaCode);
          const households = new Set(own.filter((one) => one.household).map((one) => one.grower)).size;
          expect(view.households).toBe(households >= HOUSEHOLDS_MIN ? households : null);
          if (views.length > 1 && households < HOUSEHOLDS_MIN) expect(view.share).toBeNull();
        }
        // Whatever is held back is held back in twos at least, or its cooperative as a whole is no secret.
        const hidden = views.filter((view) => view.share === null);
        if (hidden.length === 1) {
          const behind = parts.filter((one) => one.cooperative === hidden[0]?.cooperative);
          expect(new Set(behind.filter((one) => one.household).map((one) => one.grower)).size).toBeGreaterThanOrEqual(HOUSEHOLDS_MIN);
        }
      }),
    );
  });
});

describe('coverage', () => {
  it('is the part of known origin', () => {
    expect(coverageOf(fraction(3n), fraction(4n))).toBe('0.75');
  });

  it('never reads 1 while a trace is of unknown origin', () => {
    expect(coverageOf(fraction(999_999n), fraction(1_000_000n))).toBe('0.9999');
  });

  it('is 0 where nothing is known of any source', () => {
    expect(coverageOf(fraction(0n), fraction(0n))).toBe('0');
  });
});
