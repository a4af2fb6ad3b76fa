import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomTrades } from '../../../test/support/builders/random-trade.js';
import { fraction, multiply, sum, toScaled, ZERO } from '../kernel/fraction.js';
import { countedMinor } from '../ledger/payment.js';
import { coefficientsOf, COEFFICIENT_DECIMALS, SCALE } from './coefficient.js';
import { compose, lostShares } from './composition.js';
import type { BalancedStep, StepStanding } from './period-balance.js';
import { periodBalance } from './period-balance.js';

const NOTHING: StepStanding = { paidMinor: 0n, soldScaled: 0n, lostScaled: 0n };
const none = { saleOwnMinor: 0n, outsideMinor: 0n, roundings: 0n };

describe('the balance of a period', () => {
  it('finds what was paid in what was sold, lost, and still in store', () => {
    const before = { paidMinor: 100n, soldScaled: SCALE / 4n, lostScaled: 0n };
    const after = { paidMinor: 120n, soldScaled: SCALE / 2n, lostScaled: SCALE / 10n };
    expect(periodBalance([{ before, after }], { saleOwnMinor: 7n, outsideMinor: 5n, roundings: 9n })).toEqual({
      paidScaled: 32n * SCALE,
      carriedScaled: 42n * SCALE,
      lostScaled: 12n * SCALE,
      storeBeforeScaled: 75n * SCALE,
      storeAfterScaled: 48n * SCALE,
      outsideScaled: 5n * SCALE,
      oversold: [],
    });
  });

  it('names a step of which more was sold than there was, beyond what rounding explains', () => {
    const oversold = (soldScaled: bigint, roundings: bigint): readonly number[] =>
      periodBalance([{ before: NOTHING, after: { paidMinor: 1n, soldScaled, lostScaled: 0n } }], { ...none, roundings }).oversold;
    expect(oversold(SCALE + 5n, 10n)).toEqual([]);
    expect(oversold(SCALE + 6n, 10n)).toEqual([0]);
  });

  it('holds for every chain, and its store is what the graph has left, to the rounding of the coefficients', () => {
    fc.assert(
      fc.property(randomTrades(), ({ chain, lives, lines }) => {
        const composition = compose(chain.steps, chain.rest.keys());
        const lost = lostShares(chain.steps);
        const sold = lines.map((line) => new Map(coefficientsOf(line.allocations, composition).map((c) => [c.stepId, c.coefficient])));
        const rest = new Map(chain.rest);
        for (const { holdingId, quantity } of lines.flatMap((line) => line.allocations))
          rest.set(holdingId, (rest.get(holdingId) ?? 0n) - quantity);
        const steps = chain.steps.map(({ id }): BalancedStep => {
          const paidMinor = lives.filter(({ last }) => last.stepId === id).reduce((acc, { last }) => acc + countedMinor(last), 0n);
          const soldScaled = sold.reduce((acc, line) => acc + (line.get(id) ?? 0n), 0n);
          return { before: NOTHING, after: { paidMinor, soldScaled, lostScaled: toScaled(lost.get(id) ?? ZERO, COEFFICIENT_DECIMALS) } };
        });
        const balance = periodBalance(steps, { ...none, roundings: BigInt(lines.length) });
        expect(balance.oversold).toEqual([]);
        expect(balance.paidScaled).toBe(balance.carriedScaled + balance.lostScaled + balance.storeAfterScaled - balance.storeBeforeScaled);
        chain.steps.forEach(({ id }, i) => {
          const held = sum([...rest].map(([holdingId, left]) => multiply(fraction(left), composition.get(holdingId)?.get(id) ?? ZERO)));
          const { soldScaled, lostScaled } = steps[i]!.after;
          const difference = SCALE - soldScaled - lostScaled - toScaled(held, COEFFICIENT_DECIMALS);
          expect(2n * (difference < 0n ? -difference : difference)).toBeLessThanOrEqual(BigInt(lines.length) + 2n);
        });
      }),
    );
  });
});
