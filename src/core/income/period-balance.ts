/**
 * reconcile(period) (income.md, 3): paid in the period = carried by final sales + change in store + lost + period money outside sales, exactly.
 * Money that was paid for a step lies in the goods that came of it: sold, spoilt, or still in store. Store is taken as 1 − Σ rounded coefficients
 * − LOST, so that nothing is left over; what it says is held against the goods that the graph knows.
 */
import { assert } from '../kernel/assert.js';
import { SCALE } from './coefficient.js';

/** One step as it stood at one moment. */
export interface StepStanding {
  /** Counted payments of the step, in minor units. */
  readonly paidMinor: bigint;
  /** Σ c of all final sales until then, × SCALE. */
  readonly soldScaled: bigint;
  /** LOST until then, × SCALE, rounded half-even. */
  readonly lostScaled: bigint;
}

export interface BalancedStep {
  readonly before: StepStanding;
  readonly after: StepStanding;
}

/** Minor units × SCALE. paid = carried + storeChange + lost + outside. */
export interface PeriodBalance {
  readonly paidScaled: bigint;
  readonly carriedScaled: bigint;
  readonly lostScaled: bigint;
  readonly storeBeforeScaled: bigint;
  readonly storeAfterScaled: bigint;
  readonly outsideScaled: bigint;
  /** Steps of which more was sold and lost than there was, beyond what rounding explains. Nothing is wrong where it is empty. */
  readonly oversold: readonly number[];
}

/** `roundings`: how many roundings may stand behind the Σ c of one step: one a line. */
export function periodBalance(
  steps: readonly BalancedStep[],
  more: { readonly saleOwnMinor: bigint; readonly outsideMinor: bigint; readonly roundings: bigint },
): PeriodBalance {
  let [paid, carried, lost, storeBefore, storeAfter] = [more.saleOwnMinor * SCALE, more.saleOwnMinor * SCALE, 0n, 0n, 0n];
  const oversold: number[] = [];
  for (const [place, { before, after }] of steps.entries()) {
    paid += (after.paidMinor - before.paidMinor) * SCALE;
    carried += after.paidMinor * after.soldScaled - before.paidMinor * before.soldScaled;
    lost += after.paidMinor * after.lostScaled - before.paidMinor * before.lostScaled;
    storeBefore += storeOf(before);
    storeAfter += storeOf(after);
    if (2n * (after.soldScaled + after.lostScaled - SCALE) > more.roundings + 1n) oversold.push(place);
  }
  const outside = more.outsideMinor * SCALE;
  assert(paid === carried + lost + storeAfter - storeBefore, 'What was paid for goods is sold, lost, or in store.');
  return {
    paidScaled: paid + outside,
    carriedScaled: carried,
    lostScaled: lost,
    storeBeforeScaled: storeBefore,
    storeAfterScaled: storeAfter,
    outsideScaled: outside,
    oversold,
  };
}

function storeOf({ paidMinor, soldScaled, lostScaled }: StepStanding): bigint {
  return paidMinor * (SCALE - soldScaled - lostScaled);
}
