import { describe, expect, it } from '@jest/globals';
import { partyKey } from './party.js';
import type { Payment, PaymentKind, PaymentStatus } from './payment.js';
import { countedMinor, isGrant, isLoan, judgedOn, mayFollow, payableMinor, reachedMinor, requireTransition } from './payment.js';

const STATUSES: PaymentStatus[] = ['PAYABLE', 'HANDED_OVER', 'PAID', 'CONFIRMED', 'DISPUTED', 'REVERSED'];

function payment(status: PaymentStatus, kind: PaymentKind = 'PURCHASE', admittedMinor: bigint | null = null): Payment {
  return {
    id: 'p',
    stepId: 's',
    kind,
    payer: { kind: 'ORGANISATION', id: 'coop' },
    payee: { kind: 'HOUSEHOLD', id: 'h' },
    amountMinor: 400n,
    currency: 'CNY',
    status,
    admittedMinor,
    paidOn: '2026-10-03',
    causeOn: '2026-09-28',
  };
}

describe('what of a payment counts', () => {
  it.each<[PaymentStatus, bigint, bigint]>([
    ['PAYABLE', 0n, 400n],
    ['HANDED_OVER', 0n, 400n],
    ['PAID', 400n, 0n],
    ['CONFIRMED', 400n, 0n],
    ['DISPUTED', 150n, 0n],
    ['REVERSED', 0n, 0n],
  ])('%s: reached %s, payable %s', (status, reached, payable) => {
    const subject = payment(status, 'PURCHASE', 150n);
    expect([reachedMinor(subject), payableMinor(subject), countedMinor(subject)]).toEqual([reached, payable, reached + payable]);
  });

  it.each<[PaymentStatus, bigint, bigint]>([
    ['PAYABLE', 100n, 300n],
    ['HANDED_OVER', 100n, 300n],
    ['PAID', 400n, 0n],
    ['REVERSED', 0n, 0n],
  ])('%s, 100 of it taken off an advance: reached %s, payable %s', (status, reached, payable) => {
    const subject = { ...payment(status), offsetMinor: 100n };
    expect([reachedMinor(subject), payableMinor(subject), countedMinor(subject)]).toEqual([reached, payable, reached + payable]);
  });

  it('counts nothing of a dispute in which nothing is admitted, and never more than the amount', () => {
    expect(countedMinor(payment('DISPUTED'))).toBe(0n);
    expect(() => countedMinor(payment('DISPUTED', 'PURCHASE', 401n))).toThrow('the whole');
  });

  it('never counts loans and grants, whatever their status', () => {
    for (const kind of ['ADVANCE', 'INPUT_CREDIT', 'SUBSIDY', 'DONATION'] as const) {
      for (const status of STATUSES) expect(countedMinor(payment(status, kind, 1n))).toBe(0n);
    }
    expect([isLoan('ADVANCE'), isLoan('INPUT_CREDIT'), isLoan('WAGE')]).toEqual([true, true, false]);
    expect([isGrant('SUBSIDY'), isGrant('DONATION'), isGrant('PREMIUM')]).toEqual([true, true, false]);
  });

  it('judges the payee on the day of payment, and on the day of the cause while it is payable', () => {
    expect(judgedOn(payment('PAID'))).toBe('2026-10-03');
    expect(judgedOn(payment('PAYABLE'))).toBe('2026-09-28');
    expect(judgedOn({ ...payment('PAID'), paidOn: null })).toBe('2026-09-28');
  });
});

describe('the statuses of a payment', () => {
  it('follow one another as facts are appended, and nothing follows a reversal', () => {
    const ways = STATUSES.flatMap((from) => STATUSES.filter((to) => mayFollow(from, to)).map((to) => `${from}>${to}`));
    expect(ways).toEqual([
      'PAYABLE>HANDED_OVER',
      'PAYABLE>PAID',
      'PAYABLE>REVERSED',
      'HANDED_OVER>PAID',
      'HANDED_OVER>CONFIRMED',
      'HANDED_OVER>DISPUTED',
      'HANDED_OVER>REVERSED',
      'PAID>CONFIRMED',
      'PAID>DISPUTED',
      'PAID>REVERSED',
      'CONFIRMED>REVERSED',
      'DISPUTED>CONFIRMED',
      'DISPUTED>REVERSED',
    ]);
  });

  it('reject what may not follow', () => {
    expect(() => requireTransition('PAYABLE', 'CONFIRMED')).toThrow(expect.objectContaining({ code: 'PAYMENT_STATUS_ORDER' }));
    expect(() => requireTransition('PAID', 'CONFIRMED')).not.toThrow();
  });
});

describe('the key of a party', () => {
  it('tells parties of different kinds apart though their ids are the same', () => {
    expect(partyKey({ kind: 'HOUSEHOLD', id: '1' })).not.toBe(partyKey({ kind: 'ORGANISATION', id: '1' }));
  });
});
