import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { BookedPayment } from './account.js';
import { AccountSums, attributionAccount, poolAccount, roundingAccount } from './account.js';
import { journal } from './journal.js';
import type { Party } from './party.js';
import type { PaymentKind, PaymentStatus } from './payment.js';

const coop: Party = { kind: 'ORGANISATION', id: 'coop' };
const mill: Party = { kind: 'ORGANISATION', id: 'mill' };
const household: Party = { kind: 'HOUSEHOLD', id: 'h' };
const payment = (kind: PaymentKind, status: PaymentStatus, more: Partial<BookedPayment> = {}): BookedPayment => ({
  payer: coop,
  payee: household,
  kind,
  status,
  amountMinor: 400n,
  ...more,
});
const booked = (...payments: (readonly [BookedPayment, (1n | -1n)?])[]): Record<string, bigint> => {
  const sums = new AccountSums();
  for (const [each, times = 1n] of payments) sums.addPayment(each, times);
  return Object.fromEntries(sums.entries().map((entry) => [entry.account, entry.amountMinor]));
};

describe('the accounts of a payment', () => {
  it.each<[PaymentStatus, string]>([
    ['PAYABLE', 'PAYABLE'],
    ['HANDED_OVER', 'HANDED_OVER'],
    ['PAID', 'REACHED'],
    ['CONFIRMED', 'REACHED'],
  ])('tell what is owed, what a collector has, and what has reached the payee: %s', (status, state) => {
    expect(booked([payment('PURCHASE', status)])).toEqual({
      [`HOUSEHOLD:h/INCOME/${state}`]: 400n,
      [`ORGANISATION:coop/INCOME/${state}`]: -400n,
    });
  });

  it('hold of a dispute what is admitted, and of what was reversed nothing', () => {
    expect(booked([payment('PURCHASE', 'DISPUTED', { admittedMinor: 150n })])).toMatchObject({ 'HOUSEHOLD:h/INCOME/REACHED': 150n });
    expect(booked([payment('PURCHASE', 'REVERSED', { offsetMinor: 100n })])).toEqual({});
  });

  it('keep loans and grants apart from income', () => {
    expect(booked([payment('ADVANCE', 'PAID')])).toMatchObject({ 'HOUSEHOLD:h/LOAN/REACHED': 400n });
    expect(booked([payment('ADVANCE', 'PAYABLE')])).toMatchObject({ 'HOUSEHOLD:h/LOAN/PAYABLE': 400n });
    expect(booked([payment('SUBSIDY', 'PAID')])).toMatchObject({ 'HOUSEHOLD:h/GRANT/REACHED': 400n });
  });

  it('move an advance from loan to income when a purchase takes it off, and leave the rest owed', () => {
    const entries = booked([payment('ADVANCE', 'PAID', { amountMinor: 100n })], [payment('PURCHASE', 'PAYABLE', { offsetMinor: 100n })]);
    expect(entries).toEqual({
      'HOUSEHOLD:h/INCOME/REACHED': 100n,
      'ORGANISATION:coop/INCOME/REACHED': -100n,
      'HOUSEHOLD:h/INCOME/PAYABLE': 300n,
      'ORGANISATION:coop/INCOME/PAYABLE': -300n,
    });
  });

  it('move from owed to reached when a payable is settled, by whoever settles it', () => {
    const settled = payment('PURCHASE', 'PAYABLE', { amountMinor: 150n });
    expect(booked([payment('PURCHASE', 'PAID', { amountMinor: 150n, payer: mill })], [settled, -1n])).toEqual({
      'HOUSEHOLD:h/INCOME/PAYABLE': -150n,
      'ORGANISATION:coop/INCOME/PAYABLE': 150n,
      'HOUSEHOLD:h/INCOME/REACHED': 150n,
      'ORGANISATION:mill/INCOME/REACHED': -150n,
    });
  });

  it('balance, whatever is booked on them', () => {
    const any = fc.record({
      kind: fc.constantFrom<PaymentKind[]>('PURCHASE', 'ADVANCE', 'SUBSIDY', 'WAGE'),
      status: fc.constantFrom<PaymentStatus[]>('PAYABLE', 'HANDED_OVER', 'PAID', 'CONFIRMED', 'DISPUTED', 'REVERSED'),
      payer: fc.constantFrom(coop, mill),
      amountMinor: fc.bigInt({ min: 0n, max: 10n ** 9n }),
      part: fc.bigInt({ min: 1n, max: 9n }),
      times: fc.constantFrom<(1n | -1n)[]>(1n, -1n),
    });
    fc.assert(
      fc.property(fc.array(any), (list) => {
        const sums = new AccountSums();
        for (const { part, times, ...each } of list) {
          const offsetMinor = each.kind === 'PURCHASE' ? each.amountMinor / part : 0n;
          sums.addPayment({ ...each, payee: household, offsetMinor, admittedMinor: offsetMinor }, times);
        }
        const entries = sums.entries();
        if (entries.length > 0) expect(() => journal({ currency: 'CNY', entries })).not.toThrow();
      }),
    );
  });
});

describe('the accounts of an attribution', () => {
  it('are all different for one seller', () => {
    const own = attributionAccount('ORGANISATION:coop', null);
    const accounts = [own, attributionAccount('ORGANISATION:coop', 'a'), poolAccount('coop'), roundingAccount('coop')];
    expect(new Set(accounts).size).toBe(4);
  });
});
