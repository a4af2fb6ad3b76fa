import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomChains } from '../../../test/support/builders/random-chain.js';
import type { CompositionStep } from '../batch/graph.js';
import type { Fraction } from '../kernel/fraction.js';
import { add, divideHalfEven, fraction, multiply, ONE, sum, ZERO } from '../kernel/fraction.js';
import type { Party } from '../ledger/party.js';
import { partyKey } from '../ledger/party.js';
import type { Payment, PaymentKind, PaymentStatus } from '../ledger/payment.js';
import { countedMinor } from '../ledger/payment.js';
import { compose } from './composition.js';
import type { LineInput } from './position.js';
import { coefficientsOf, SCALE } from './coefficient.js';
import { attributeLine } from './position.js';

const household: Party = { kind: 'HOUSEHOLD', id: 'h' };
const coop: Party = { kind: 'ORGANISATION', id: 'coop' };
const mill: Party = { kind: 'ORGANISATION', id: 'mill' };

function payment(stepId: string | null, payer: Party, payee: Party, amountMinor: bigint, more: Partial<Payment> = {}): Payment {
  return {
    id: `${stepId ?? 'sale'} ${partyKey(payer)} ${partyKey(payee)}`,
    stepId,
    kind: 'PURCHASE',
    payer,
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

const STEPS: readonly CompositionStep[] = [
  { id: 'delivery', kind: 'DELIVERY', inputs: [], outputs: [{ holdingId: 'lot', quantity: 1_000n, weight: ONE }] },
  {
    id: 'receipt',
    kind: 'RECEIPT_LINE',
    inputs: [{ holdingId: 'lot', quantity: 1_000n }],
    outputs: [{ holdingId: 'at the mill', quantity: 1_000n, weight: ONE }],
  },
];
const PURCHASE = payment('delivery', coop, household, 400n);
const TRADE = payment('receipt', mill, coop, 500n, { kind: 'TRADE' });

const line = (more: Partial<LineInput> = {}): LineInput => ({
  allocations: [{ holdingId: 'at the mill', quantity: 1_000n }],
  composition: compose(STEPS, ['at the mill']),
  payments: [PURCHASE, TRADE],
  seller: mill,
  netMinor: 1_000n,
  currency: 'CNY',
  ...more,
});

const positionsOf = (input: LineInput): Record<string, string> =>
  Object.fromEntries([...attributeLine(input).positions].map(([key, { positionScaled }]) => [key, String(Number(positionScaled) / 1e18)]));

describe('the positions of a line', () => {
  it('are household 4, cooperative 1, mill 5 where the mill paid 5 and sells at 10', () => {
    expect(positionsOf(line())).toEqual({ 'HOUSEHOLD:h': '400', 'ORGANISATION:coop': '100', 'ORGANISATION:mill': '500' });
  });

  it('carry of every payment the part that the goods sold carry', () => {
    const quarter = line({ allocations: [{ holdingId: 'at the mill', quantity: 250n }], netMinor: 300n });
    expect(positionsOf(quarter)).toEqual({ 'HOUSEHOLD:h': '100', 'ORGANISATION:coop': '25', 'ORGANISATION:mill': '175' });
  });

  it("carry the sale's own payments whole", () => {
    const fee = payment(null, mill, { kind: 'OUTSIDER', id: 'platform' }, 60n, { kind: 'FEE' });
    expect(positionsOf(line({ payments: [PURCHASE, TRADE, fee] }))).toMatchObject({
      'OUTSIDER:platform': '60',
      'ORGANISATION:mill': '440',
    });
  });

  it('show what is payable on both sides, taken off the margin already', () => {
    const payable: Payment = { ...PURCHASE, status: 'PAYABLE' };
    const { positions } = attributeLine(line({ payments: [payable, TRADE] }));
    expect(positions.get('HOUSEHOLD:h')).toMatchObject({ receivedScaled: 400n * SCALE, owedScaled: 400n * SCALE, owingScaled: 0n });
    expect(positions.get('ORGANISATION:coop')).toMatchObject({ owedScaled: 0n, owingScaled: 400n * SCALE, positionScaled: 100n * SCALE });
  });

  it('ask for a missing trade where an organisation upstream is below zero, and never clip it', () => {
    const { positions } = attributeLine(line({ payments: [PURCHASE] }));
    expect(positions.get('ORGANISATION:coop')).toMatchObject({ positionScaled: -400n * SCALE, missingTrade: true });
    expect(positions.get('ORGANISATION:mill')?.missingTrade).toBe(false);
  });

  it('do not ask it of a seller below zero, nor of a household', () => {
    const wage = payment('delivery', household, { kind: 'UNREGISTERED', id: 'weeders' }, 900n, { kind: 'WAGE' });
    const { positions } = attributeLine(line({ payments: [PURCHASE, TRADE, wage], netMinor: 100n }));
    expect(positions.get('ORGANISATION:mill')).toMatchObject({ positionScaled: -400n * SCALE, missingTrade: false });
    expect(positions.get('HOUSEHOLD:h')).toMatchObject({ positionScaled: -500n * SCALE, missingTrade: false });
  });

  it('leave out loans, grants, what was reversed, and steps that the goods do not carry', () => {
    const more = [
      payment('delivery', coop, household, 99n, { kind: 'ADVANCE' }),
      payment('delivery', coop, household, 99n, { kind: 'SUBSIDY' }),
      payment('delivery', coop, household, 99n, { status: 'REVERSED' }),
      payment('elsewhere', coop, household, 99n, { currency: 'EUR' }),
    ];
    expect(positionsOf(line({ payments: [PURCHASE, TRADE, ...more] }))).toEqual(positionsOf(line()));
  });

  it('wait for a rate where a payment carried is of another currency', () => {
    const foreign: Payment = { ...TRADE, currency: 'EUR' };
    expect(() => attributeLine(line({ payments: [PURCHASE, foreign] }))).toThrow(
      expect.objectContaining({ code: 'RATE_MISSING', retryable: true }),
    );
  });

  it('round the coefficient once for the line, after its allocations are added', () => {
    const third = { holdingId: 'lot', quantity: 1n, weight: ONE };
    const steps: CompositionStep[] = [
      { id: 'd', kind: 'DELIVERY', inputs: [], outputs: [{ ...third, holdingId: 'a' }, { ...third, holdingId: 'b' }, third] },
    ];
    const allocations = ['a', 'b', 'lot'].map((holdingId) => ({ holdingId, quantity: 1n }));
    expect(coefficientsOf(allocations, compose(steps, ['a', 'b', 'lot']))).toEqual([{ stepId: 'd', coefficient: SCALE }]);
    expect(coefficientsOf(allocations.slice(0, 2), compose(steps, ['a', 'b']))).toEqual([
      { stepId: 'd', coefficient: 666_666_666_666_666_667n },
    ]);
  });
});

const PARTIES: readonly Party[] = [household, { kind: 'HOUSEHOLD', id: 'i' }, coop, mill, { kind: 'UNREGISTERED', id: 'u' }];
const randomPayments = fc.array(
  fc.record({
    step: fc.nat(),
    payer: fc.constantFrom(...PARTIES),
    payee: fc.constantFrom(...PARTIES),
    amountMinor: fc.bigInt({ min: 0n, max: 10n ** 12n }),
    status: fc.constantFrom<PaymentStatus[]>('PAYABLE', 'HANDED_OVER', 'PAID', 'CONFIRMED', 'DISPUTED', 'REVERSED'),
    kind: fc.constantFrom<PaymentKind[]>('PURCHASE', 'WAGE', 'TRADE', 'ADVANCE', 'SUBSIDY'),
  }),
  { maxLength: 20 },
);
const randomLines = fc
  .tuple(
    randomChains(),
    randomPayments,
    fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
    fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }),
  )
  .filter(([chain]) => chain.left.size > 0)
  .map(([chain, payments, picks, netMinor]): LineInput => {
    const left = [...chain.left];
    const allocations = picks.map((pick) => {
      const [holdingId, quantity] = left[pick % left.length]!;
      return { holdingId, quantity: (BigInt(pick) % quantity) + 1n };
    });
    return {
      allocations,
      composition: compose(chain.steps, chain.left.keys()),
      payments: payments.map(({ step, payer, payee, amountMinor, status, kind }, i) => {
        const stepId = step % 7 === 0 ? null : chain.steps[step % chain.steps.length]!.id;
        return payment(stepId, payer, payee, amountMinor, { id: String(i), status, kind, admittedMinor: amountMinor / 3n });
      }),
      seller: mill,
      netMinor,
      currency: 'CNY',
    };
  });

/** The same by plain fractions, nothing rounded. */
function exactPosition(input: LineInput, key: string): Fraction {
  const flows = input.payments.map((each) => {
    const sign = (partyKey(each.payee) === key ? 1n : 0n) - (partyKey(each.payer) === key ? 1n : 0n);
    const carried =
      each.stepId === null
        ? ONE
        : sum(input.allocations.map((a) => multiply(fraction(a.quantity), input.composition.get(a.holdingId)?.get(each.stepId!) ?? ZERO)));
    return multiply(fraction(sign * countedMinor(each)), carried);
  });
  return add(sum(flows), fraction(key === partyKey(input.seller) ? input.netMinor : 0n));
}

describe('the positions of any line of any chain', () => {
  it('add up to R exactly, and lie within the rounding of the coefficients of the unrounded ones', () => {
    fc.assert(
      fc.property(randomLines, (input) => {
        const { positions } = attributeLine(input);
        const total = [...positions.values()].reduce((acc, each) => acc + each.positionScaled, 0n);
        expect(total).toBe(input.netMinor * SCALE);
        const bound = input.payments.reduce((acc, each) => acc + countedMinor(each), 1n);
        for (const [key, { positionScaled }] of positions) {
          const exact = multiply(exactPosition(input, key), fraction(SCALE));
          const error = positionScaled - divideHalfEven(exact.num, exact.den);
          expect(error <= bound && -error <= bound).toBe(true);
        }
      }),
    );
  });

  it('do not depend on the order of payments and allocations', () => {
    fc.assert(
      fc.property(randomLines, (input) => {
        const other = { ...input, payments: [...input.payments].reverse(), allocations: [...input.allocations].reverse() };
        expect(Object.fromEntries(attributeLine(other).positions)).toEqual(Object.fromEntries(attributeLine(input).positions));
        expect(attributeLine(other).coefficients).toEqual(attributeLine(input).coefficients);
      }),
    );
  });
});
