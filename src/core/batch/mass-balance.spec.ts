import { describe, expect, it } from '@jest/globals';
import { massBalance } from './mass-balance.js';

const KG = 1_000_000n;

describe('the mass balance', () => {
  it('accepts what adds up, and what lies within half a per cent on either side', () => {
    expect(() => massBalance({ inputs: 400n * KG, outputs: 320n * KG, waste: 30n * KG, declaredLoss: 50n * KG })).not.toThrow();
    expect(() => massBalance({ inputs: 400n * KG, outputs: 398n * KG, waste: 0n, declaredLoss: 0n })).not.toThrow();
    expect(() => massBalance({ inputs: 400n * KG, outputs: 402n * KG, waste: 0n, declaredLoss: 0n })).not.toThrow();
  });

  it('rejects one milligram beyond the tolerance and tells every value', () => {
    expect(() => massBalance({ inputs: 400n * KG, outputs: 398n * KG - 1n, waste: 0n, declaredLoss: 0n })).toThrow(
      expect.objectContaining({
        code: 'MASS_BALANCE',
        detail: {
          inputsMg: '400000000',
          outputsMg: '397999999',
          wasteMg: '0',
          declaredLossMg: '0',
          differenceMg: '2000001',
          tolerancePartsPerMillion: '5000',
        },
      }),
    );
    expect(() => massBalance({ inputs: 400n * KG, outputs: 402n * KG + 1n, waste: 0n, declaredLoss: 0n })).toThrow('do not agree');
  });

  it('lets nothing come out of nothing', () => {
    expect(() => massBalance({ inputs: 0n, outputs: 1n, waste: 0n, declaredLoss: 0n })).toThrow('do not agree');
  });

  it('takes a tolerance of its own', () => {
    const input = { inputs: 100n * KG, outputs: 90n * KG, waste: 0n, declaredLoss: 0n };
    expect(() => massBalance({ ...input, tolerancePartsPerMillion: 100_000n })).not.toThrow();
    expect(() => massBalance({ ...input, tolerancePartsPerMillion: 99_999n })).toThrow('do not agree');
  });
});
