import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compare, fraction, ONE, roundHalfEven, subtract, sum, ZERO } from '../kernel/fraction.js';
import type { Party } from '../ledger/party.js';
import { SCALE } from './coefficient.js';
import type { GrownPart, PromiseTotal } from './promise.js';
import {
  afterRefunds,
  chargedToMargins,
  floorTopUpMinor,
  NOTHING_PROMISED,
  owedMinor,
  promiseCoefficients,
  promisedMinor,
  shownOfPromise,
} from './promise.js';

const home = (id: string): Party => ({ kind: 'HOUSEHOLD', id });
const part = (grower: Party | null, mass: bigint, purchases = 0n): GrownPart => ({
  grower,
  mass: fraction(mass),
  purchases: fraction(purchases),
});
const TENTH = fraction(1n, 10n);
const total = (more: { target?: bigint; purchases?: bigint; paid?: bigint; loss?: bigint }): PromiseTotal => ({
  targetScaled: (more.target ?? 0n) * SCALE,
  purchasesScaled: (more.purchases ?? 0n) * SCALE,
  paidMinor: more.paid ?? 0n,
  lossMinor: more.loss ?? 0n,
});

describe('the part of a line that is promised to a household', () => {
  const parts = [part(home('a'), 60n, 100n), part(home('b'), 30n, 300n), part(home('a'), 10n), part(null, 100n, 600n)];

  it('goes by its goods in the line, those of unknown origin counted as somebody else’s', () => {
    expect(promiseCoefficients(TENTH, 'QUANTITY', parts)).toEqual(new Map([['a', (35n * SCALE) / 1_000n], ['b', (15n * SCALE) / 1_000n]])); // prettier-ignore
  });

  it('goes by what was paid for them, or alike to each grower, where the agreement says so', () => {
    expect(promiseCoefficients(TENTH, 'PURCHASE_VALUE', parts)).toEqual(new Map([['a', SCALE / 100n], ['b', (3n * SCALE) / 100n]])); // prettier-ignore
    const third = roundHalfEven(fraction(SCALE, 30n));
    expect(promiseCoefficients(TENTH, 'EQUAL', parts)).toEqual(new Map([['a', third], ['b', third]])); // prettier-ignore
  });

  it('is nobody’s where a farm of an organisation grew the goods, and nothing where they weigh nothing', () => {
    expect(promiseCoefficients(ONE, 'QUANTITY', [part({ kind: 'ORGANISATION', id: 'orchard' }, 3n), part(home('a'), 1n)])).toEqual(
      new Map([['a', SCALE / 4n]]),
    );
    expect(promiseCoefficients(ONE, 'PURCHASE_VALUE', [part(home('a'), 1n)])).toEqual(new Map());
    expect(promiseCoefficients(ONE, 'EQUAL', [part(home('a'), 0n)])).toEqual(new Map());
  });

  it('comes for all together to no more than the rate', () => {
    const growers = fc.constantFrom(home('a'), home('b'), home('c'), null);
    const any = fc.array(fc.tuple(growers, fc.bigInt(0n, 10n ** 12n), fc.bigInt(0n, 10n ** 6n)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(any, fc.constantFrom('QUANTITY', 'PURCHASE_VALUE', 'EQUAL'), (list, weights) => {
        const found = promiseCoefficients(TENTH, weights, list.map(([grower, mass, paid]) => part(grower, mass, paid))); // prettier-ignore
        const all = [...found.values()].reduce((acc, each) => acc + each, 0n);
        expect(2n * (all - SCALE / 10n)).toBeLessThanOrEqual(BigInt(found.size));
        expect([...found.values()].every((each) => each >= 0n)).toBe(true);
      }),
    );
  });
});

describe('a running total', () => {
  it('counts purchases as an advance on an UP_TO promise, and not on one ON_TOP', () => {
    const both = total({ target: 500n, purchases: 420n });
    expect([promisedMinor(both, 'UP_TO'), promisedMinor(both, 'ON_TOP')]).toEqual([80n, 500n]);
    expect(promisedMinor(total({ target: 400n, purchases: 420n }), 'UP_TO')).toBe(0n);
  });

  it('owes what is promised and not paid, and never less than nothing', () => {
    expect(owedMinor(total({ target: 100n, paid: 30n }), 'ON_TOP')).toBe(70n);
    expect(owedMinor(total({ target: 100n, paid: 130n }), 'ON_TOP')).toBe(0n);
    expect(owedMinor(NOTHING_PROMISED, 'UP_TO')).toBe(0n);
  });

  it('shows each line its part, which over all lines is the promise', () => {
    const lines = fc.array(fc.bigInt(0n, 10n ** 24n), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(lines, fc.bigInt(0n, 10n ** 6n), fc.constantFrom('UP_TO', 'ON_TOP'), (targets, purchases, counts) => {
        const targetScaled = targets.reduce((acc, each) => acc + each, 0n);
        const all: PromiseTotal = { ...NOTHING_PROMISED, targetScaled, purchasesScaled: purchases * SCALE };
        const shown = sum(targets.map((target) => shownOfPromise(target, all, counts)));
        const error = subtract(shown, fraction(promisedMinor(all, counts)));
        expect(compare(error, fraction(1n, 2n)) <= 0 && compare(error, fraction(-1n, 2n)) >= 0).toBe(true);
      }),
    );
    expect(shownOfPromise(5n, NOTHING_PROMISED, 'ON_TOP')).toEqual(ZERO);
  });
});

describe('a refund of goods under a promise', () => {
  it('lessens what is owed, and leaves what was paid with the household as the seller’s loss', () => {
    const before = total({ target: 100n, paid: 70n });
    const { total: after, lossMinor } = afterRefunds(before, { targetScaled: -60n * SCALE, purchasesScaled: 0n }, 'ON_TOP');
    expect([lossMinor, promisedMinor(after, 'ON_TOP'), owedMinor(after, 'ON_TOP')]).toEqual([30n, 70n, 0n]);
    // A later promise is owed in full: nothing is taken off it.
    const later = { ...after, targetScaled: after.targetScaled + 20n * SCALE };
    expect(owedMinor(later, 'ON_TOP')).toBe(20n);
  });

  it('loses nothing where nothing had been paid, or where it had been overpaid before', () => {
    const unpaid = afterRefunds(total({ target: 100n }), { targetScaled: -100n * SCALE, purchasesScaled: 0n }, 'ON_TOP');
    expect([unpaid.lossMinor, owedMinor(unpaid.total, 'ON_TOP')]).toEqual([0n, 0n]);
    const overpaid = afterRefunds(total({ target: 100n, paid: 150n }), { targetScaled: 0n, purchasesScaled: 0n }, 'ON_TOP');
    expect(overpaid.lossMinor).toBe(0n);
  });

  it('never makes anybody owe money back, whatever is promised, bought, paid and refunded, and counts a loss once', () => {
    const step = fc.record({
      op: fc.constantFrom('sell', 'refund', 'pay'),
      target: fc.bigInt(0n, 500n),
      purchases: fc.bigInt(0n, 500n),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), fc.constantFrom('UP_TO', 'ON_TOP'), (steps, counts) => {
        let now = NOTHING_PROMISED;
        for (const { op, target, purchases } of steps) {
          const owed = owedMinor(now, counts);
          if (op === 'pay') {
            now = { ...now, paidMinor: now.paidMinor + (target < owed ? target : owed) };
          } else if (op === 'sell') {
            now = {
              ...now,
              targetScaled: now.targetScaled + target * SCALE,
              purchasesScaled: now.purchasesScaled + purchases * SCALE,
            };
          } else {
            const back = target * SCALE < now.targetScaled ? target * SCALE : now.targetScaled;
            const bought = purchases * SCALE < now.purchasesScaled ? purchases * SCALE : now.purchasesScaled;
            now = afterRefunds(now, { targetScaled: -back, purchasesScaled: -bought }, counts).total;
          }
          expect(owedMinor(now, counts)).toBeGreaterThanOrEqual(0n);
          expect(now.lossMinor).toBeLessThanOrEqual(now.paidMinor);
        }
      }),
    );
  });
});

describe('a floor', () => {
  const net = { dimension: 'MASS', amount: 100_000_000n } as const;
  it('tops a delivery up to it, per the unit that was said', () => {
    const perJin = { amountMinor: 300n, currency: 'CNY', per: 'jin' };
    expect(floorTopUpMinor(perJin, net, 50_000n)).toBe(10_000n);
    expect(floorTopUpMinor(perJin, net, 60_000n)).toBe(0n);
    expect(floorTopUpMinor(perJin, net, 70_000n)).toBe(0n);
  });
});

describe('what a period costs', () => {
  it('stands against the margins of its sales in proportion, and what exceeds them on no pack', () => {
    const margins = [
      { key: 'a', marginScaled: 60n * SCALE },
      { key: 'b', marginScaled: 40n * SCALE },
      { key: 'c', marginScaled: -10n * SCALE },
    ];
    const within = chargedToMargins(50n, margins);
    expect([Object.fromEntries(within.charges), within.excessScaled]).toEqual([{ a: 30n * SCALE, b: 20n * SCALE }, 0n]);
    const beyond = chargedToMargins(130n, margins);
    expect([Object.fromEntries(beyond.charges), beyond.excessScaled]).toEqual([{ a: 60n * SCALE, b: 40n * SCALE }, 30n * SCALE]);
    expect(chargedToMargins(5n, []).excessScaled).toBe(5n * SCALE);
  });

  it('adds up, charged and excess', () => {
    const margins = fc.array(fc.bigInt(-(10n ** 20n), 10n ** 20n), { maxLength: 8 });
    fc.assert(
      fc.property(margins, fc.bigInt(0n, 10n ** 4n), (list, amount) => {
        const { charges, excessScaled } = chargedToMargins(amount, list.map((marginScaled, i) => ({ key: String(i), marginScaled }))); // prettier-ignore
        expect([...charges.values()].reduce((acc, each) => acc + each, excessScaled)).toBe(amount * SCALE);
        for (const [key, charge] of charges) expect(charge).toBeLessThanOrEqual(list[Number(key)]!);
      }),
    );
  });
});
