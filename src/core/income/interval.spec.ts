import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compare, fraction, ONE, subtract, ZERO } from '../kernel/fraction.js';
import type { Party } from '../ledger/party.js';
import type { Payment } from '../ledger/payment.js';
import type { ReachInput, SourceStep, TargetVerdict } from './interval.js';
import { reachOf } from './interval.js';
import { SCALE } from './coefficient.js';

const coop: Party = { kind: 'ORGANISATION', id: 'coop' };
const home = (id: string): Party => ({ kind: 'HOUSEHOLD', id });
let made = 0;

function paid(stepId: string | null, payee: Party, amountMinor: bigint, more: Partial<Payment> = {}): Payment {
  made += 1;
  return {
    id: String(made),
    stepId,
    kind: 'PURCHASE',
    payer: coop,
    payee,
    amountMinor,
    currency: 'CNY',
    status: 'PAID',
    admittedMinor: null,
    paidOn: '2026-10-03',
    causeOn: '2026-10-01',
    ...more,
  };
}

const delivery = (stepId: string, massMg: bigint, unpriced = false): SourceStep => ({ stepId, kind: 'DELIVERY', massMg, unpriced });
const unknown = (stepId: string, massMg: bigint): SourceStep => ({ stepId, kind: 'UNKNOWN_ORIGIN', massMg, unpriced: false });

/** Ids starting with P are of the target group, with N not, others have no register entry. */
const byLetter = (householdId: string): TargetVerdict =>
  householdId.startsWith('P') ? 'IN' : householdId.startsWith('N') ? 'OUT' : 'UNKNOWN';

const line = (more: Partial<ReachInput>): ReachInput => ({
  coefficients: ['a', 'b', 'c'].map((stepId) => ({ stepId, coefficient: SCALE / 2n })),
  payments: [paid('a', home('P1'), 200n), paid('b', home('N1'), 100n)],
  sources: [delivery('a', 60n), delivery('b', 40n)],
  netMinor: 1_000n,
  currency: 'CNY',
  sellerMarginScaled: 850n * SCALE,
  verdictOn: byLetter,
  ...more,
});

describe('what reached households', () => {
  it('is one number, not an interval, where all is known', () => {
    const reach = reachOf(line({}));
    expect(reach.toHouseholds).toEqual({
      lowMinor: fraction(150n),
      highMinor: fraction(150n),
      share: { low: fraction(3n, 20n), high: fraction(3n, 20n) },
    });
    expect(reach.toTargetGroup).toMatchObject({ lowMinor: fraction(100n), share: { low: fraction(1n, 10n), high: fraction(1n, 10n) } });
    expect(reach.coverage).toEqual(ONE);
  });

  it('counts a household without a register entry in the high end of the target group only', () => {
    const reach = reachOf(line({ payments: [paid('a', home('P1'), 200n), paid('b', home('X1'), 100n)] }));
    expect(reach.toTargetGroup).toMatchObject({ lowMinor: fraction(100n), highMinor: fraction(150n) });
    expect(reach.toHouseholds).toMatchObject({ lowMinor: fraction(150n), highMinor: fraction(150n) });
  });

  it('shows apart what is payable or with a collector, and leaves out what only an organisation got', () => {
    const payments = [
      paid('a', home('P1'), 200n, { status: 'PAYABLE' }),
      paid('a', home('N1'), 60n, { status: 'HANDED_OVER' }),
      paid('b', home('P1'), 90n, { status: 'DISPUTED', admittedMinor: 40n }),
      paid('b', { kind: 'OUTSIDER', id: 'carrier' }, 500n, { kind: 'FREIGHT' }),
    ];
    const reach = reachOf(line({ payments }));
    expect(reach.toHouseholds).toMatchObject({ lowMinor: fraction(20n), highMinor: fraction(20n) });
    expect(reach.payableToHouseholds).toEqual({ lowMinor: fraction(130n), highMinor: fraction(130n) });
    expect(reach.payableToTargetGroup).toEqual({ lowMinor: fraction(100n), highMinor: fraction(100n) });
  });

  it('asks who was poor on the day of the payment, and on the day of the cause while it is payable', () => {
    const days: string[] = [];
    const verdictOn = (_id: string, day: string): TargetVerdict => {
      days.push(day);
      return 'IN';
    };
    reachOf(line({ payments: [paid('a', home('P1'), 1n)], verdictOn }));
    reachOf(line({ payments: [paid('a', home('P1'), 1n, { status: 'PAYABLE' })], verdictOn }));
    expect(new Set(days.slice(0, 2))).toEqual(new Set(['2026-10-03']));
    expect(new Set(days.slice(2))).toEqual(new Set(['2026-10-01']));
  });

  it('has no share where R is zero or below, and does not clip one above one', () => {
    expect(reachOf(line({ netMinor: 0n })).toHouseholds.share).toBeNull();
    expect(reachOf(line({ netMinor: -5n })).toTargetGroup.share).toBeNull();
    expect(reachOf(line({ netMinor: 100n })).toHouseholds.share).toEqual({ low: fraction(3n, 2n), high: fraction(3n, 2n) });
  });
});

describe('goods of unknown origin', () => {
  const sources = [delivery('a', 60n), unknown('b', 20n), unknown('c', 20n)];

  it('widen the interval by what was paid for them, whoever stood at the other end', () => {
    const payments = [
      paid('a', home('P1'), 200n),
      paid('b', { kind: 'UNKNOWN', id: '' }, 80n),
      paid('c', { kind: 'OUTSIDER', id: 'dealer' }, 40n),
    ];
    const reach = reachOf(line({ payments, sources }));
    expect(reach.toTargetGroup).toMatchObject({ lowMinor: fraction(100n), highMinor: fraction(160n) });
    expect(reach.toHouseholds).toMatchObject({ lowMinor: fraction(100n), highMinor: fraction(160n) });
    expect(reach.coverage).toEqual(fraction(3n, 5n));
  });

  it('widen it by their part by mass of the margin where no payment is recorded', () => {
    const payments = [paid('a', home('P1'), 200n), paid('b', { kind: 'UNKNOWN', id: '' }, 80n)];
    const reach = reachOf(line({ payments, sources }));
    expect(reach.toTargetGroup).toMatchObject({ lowMinor: fraction(100n), highMinor: fraction(100n + 40n + 170n) });
    expect(reach.coverage).toEqual(fraction(3n, 5n));
  });

  it('take no part of a margin below zero', () => {
    const reach = reachOf(line({ payments: [], sources, sellerMarginScaled: -1n * SCALE }));
    expect(reach.toHouseholds).toMatchObject({ lowMinor: ZERO, highMinor: ZERO });
  });

  it('weigh by the mass that the line carries of them, not by all that came in', () => {
    const coefficients = [
      { stepId: 'a', coefficient: SCALE },
      { stepId: 'b', coefficient: SCALE / 4n },
    ];
    expect(reachOf(line({ coefficients, sources })).coverage).toEqual(fraction(12n, 13n));
  });

  it('can be paid to a household that is known after all', () => {
    const reach = reachOf(line({ payments: [paid('b', home('N1'), 80n)], sources: [unknown('b', 20n)] }));
    expect(reach.toTargetGroup).toMatchObject({ lowMinor: ZERO, highMinor: ZERO });
    expect(reach.toHouseholds).toMatchObject({ lowMinor: fraction(40n) });
  });
});

describe('a delivery without a price', () => {
  it('widens the interval by its part by mass of the margin, and lowers no coverage', () => {
    const reach = reachOf(line({ payments: [paid('a', home('P1'), 200n)], sources: [delivery('a', 60n), delivery('b', 40n, true)] }));
    expect(reach.toTargetGroup).toMatchObject({ lowMinor: fraction(100n), highMinor: fraction(440n) });
    expect(reach.coverage).toEqual(ONE);
  });
});

describe('every interval', () => {
  it('has low ≤ high, the target group within all households, and a coverage from nothing to one', () => {
    const payments = fc.array(
      fc.tuple(
        fc.constantFrom('a', 'b', 'c', null),
        fc.constantFrom<Party[]>(home('P1'), home('N1'), home('X1'), coop, { kind: 'UNKNOWN', id: '' }),
        fc.bigInt(0n, 10_000n),
      ),
    );
    const masses = fc.tuple(fc.bigInt(0n, 100n), fc.bigInt(0n, 100n), fc.bigInt(0n, 100n));
    fc.assert(
      fc.property(payments, masses, fc.boolean(), fc.bigInt(-1_000n, 1_000n), (list, [a, b, c], unpriced, margin) => {
        const reach = reachOf(
          line({
            payments: list.map(([stepId, payee, amount]) => paid(stepId, payee, amount)),
            sources: [delivery('a', a, unpriced), unknown('b', b), unknown('c', c)],
            sellerMarginScaled: margin * SCALE,
          }),
        );
        for (const each of [reach.toHouseholds, reach.toTargetGroup, reach.payableToHouseholds, reach.payableToTargetGroup]) {
          expect(compare(each.lowMinor, each.highMinor)).toBeLessThanOrEqual(0);
        }
        expect(compare(reach.toTargetGroup.lowMinor, reach.toHouseholds.lowMinor)).toBeLessThanOrEqual(0);
        expect(compare(reach.toTargetGroup.highMinor, reach.toHouseholds.highMinor)).toBeLessThanOrEqual(0);
        expect(compare(ZERO, reach.coverage)).toBeLessThanOrEqual(0);
        expect(subtract(ONE, reach.coverage).num).toBeGreaterThanOrEqual(0n);
      }),
    );
  });
});
