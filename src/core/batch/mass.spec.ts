import { describe, expect, it } from '@jest/globals';
import { fraction } from '../kernel/fraction.js';
import { parseQuantity } from '../kernel/quantity.js';
import { balanceOf, massBalance } from './mass-balance.js';
import { massOf, packagesMass, packageWeight } from './mass.js';

const said = (value: string, unit: string) => parseQuantity({ value, unit });
const NO_RULE = { netContent: null, density: null };
const SACKS = [
  { type: 'sack', validFrom: '2026-01-01', netWeightMg: 50_000_000n },
  { type: 'sack', validFrom: '2026-06-01', netWeightMg: 45_000_000n },
  { type: 'basket', validFrom: '2026-01-01', netWeightMg: 12_500_000n },
];

describe('a mass', () => {
  it('is weighed where it was on a scale, whatever unit was said', () => {
    expect(massOf(said('2', 'jin'), NO_RULE)).toEqual({ weighedMg: 1_000_000n, nominalMg: null });
    expect(massOf(said('0.001', 'TNE'), NO_RULE)).toEqual(massOf(said('1', 'KGM'), NO_RULE));
  });

  it('of pieces, litres and bottles is nominal, by net content and density', () => {
    const oil = { netContent: said('500', 'MLT'), density: fraction(91n, 100n) };
    expect(massOf(said('40', 'H87'), { netContent: said('5', 'KGM'), density: null })).toEqual({
      weighedMg: null,
      nominalMg: 200_000_000n,
    });
    expect(massOf(said('1', 'LTR'), oil)).toEqual({ weighedMg: null, nominalMg: 910_000n });
    expect(massOf(said('2', 'H87'), oil)).toEqual({ weighedMg: null, nominalMg: 910_000n });
  });

  it('is unknown without a rule, and an area has none', () => {
    const unknown = { weighedMg: null, nominalMg: null };
    for (const quantity of [said('1', 'LTR'), said('1', 'H87'), said('1', 'mu')]) expect(massOf(quantity, NO_RULE)).toEqual(unknown);
    expect(massOf(said('1', 'H87'), { netContent: said('1', 'LTR'), density: null })).toEqual(unknown);
  });
});

describe('packages', () => {
  it('hold what they held on that day', () => {
    expect(['2025-12-31', '2026-01-01', '2026-05-31', '2026-06-01'].map((day) => packageWeight(SACKS, 'sack', day))).toEqual([
      null,
      50_000_000n,
      50_000_000n,
      45_000_000n,
    ]);
    const load = [
      { type: 'sack', count: 40 },
      { type: 'basket', count: 2 },
    ];
    expect([packagesMass(load, SACKS, '2026-05-26'), packagesMass(load, SACKS, '2026-06-02')]).toEqual([2_025_000_000n, 1_825_000_000n]);
  });

  it('that nobody knows, or of which there are none, are refused at their place', () => {
    const failing = (code: string, ...path: string[]): unknown => expect.objectContaining({ code, path });
    expect(() => packagesMass([{ type: 'crate', count: 1 }], SACKS, '2026-06-02')).toThrow(failing('NOT_FOUND', '0', 'type'));
    for (const count of [0, -1, 1.5]) {
      expect(() => packagesMass([{ type: 'sack', count }], SACKS, '2026-06-02')).toThrow(failing('QUANTITY_NOT_POSITIVE', '0', 'count'));
    }
  });
});

describe('the balance of lines', () => {
  const line = (part: 'INPUT' | 'OUTPUT' | 'WASTE' | 'DECLARED_LOSS', weighedMg: bigint | null, nominalMg: bigint | null = null) => ({
    part,
    mass: { weighedMg, nominalMg },
  });

  it('counts the scale before the label, and says whether every line was weighed', () => {
    const lines = [line('INPUT', 1_000n), line('OUTPUT', 700n, 720n), line('WASTE', 250n), line('DECLARED_LOSS', 50n)];
    const found = balanceOf(lines);
    expect(found).toEqual({ balance: { inputs: 1_000n, outputs: 700n, waste: 250n, declaredLoss: 50n }, weighed: true });
    expect(() => massBalance(found?.balance ?? { inputs: 0n, outputs: 1n, waste: 0n, declaredLoss: 0n })).not.toThrow();
    expect(balanceOf([...lines, line('OUTPUT', null, 20n)])).toMatchObject({ balance: { outputs: 720n }, weighed: false });
  });

  it('is not struck where a line has no mass', () => {
    expect(balanceOf([line('INPUT', 1n), line('OUTPUT', null)])).toBeNull();
  });

  it('holds within the tolerance of a recipe, and by default within half a per cent', () => {
    const lost = (outputs: bigint, tolerancePartsPerMillion?: bigint) => () =>
      massBalance({
        inputs: 1_000_000n,
        outputs,
        waste: 0n,
        declaredLoss: 0n,
        ...(tolerancePartsPerMillion !== undefined && { tolerancePartsPerMillion }),
      });
    expect(lost(995_000n)).not.toThrow();
    expect(lost(994_999n)).toThrow(expect.objectContaining({ code: 'MASS_BALANCE' }));
    expect(lost(1_005_001n)).toThrow(expect.objectContaining({ code: 'MASS_BALANCE' }));
    expect(lost(700_000n, 300_000n)).not.toThrow();
  });
});
