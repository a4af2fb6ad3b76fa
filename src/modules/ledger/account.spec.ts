import { describe, expect, it } from '@jest/globals';
import type { Party } from '../../core/ledger/party.js';
import type { PaymentKind, PaymentStatus } from '../../core/ledger/payment.js';
import { attributionAccount, firstEntries, poolAccount, roundingAccount, settlingEntries } from './account.js';

const coop: Party = { kind: 'ORGANISATION', id: 'coop' };
const household: Party = { kind: 'HOUSEHOLD', id: 'h' };
const payment = (kind: PaymentKind, status: PaymentStatus, amountMinor = 400n, payer = coop): Parameters<typeof firstEntries>[0] => ({
  payer,
  payee: household,
  kind,
  status,
  amountMinor,
});

describe('the accounts of a payment', () => {
  it('tell what is owed, what a collector has, and what has reached the payee', () => {
    const accounts = (['PAYABLE', 'HANDED_OVER', 'PAID'] as const).map((status) =>
      firstEntries(payment('PURCHASE', status)).map((entry) => entry.account),
    );
    expect(accounts).toEqual([
      ['HOUSEHOLD:h/INCOME/PAYABLE', 'ORGANISATION:coop/INCOME/PAYABLE'],
      ['HOUSEHOLD:h/INCOME/HANDED_OVER', 'ORGANISATION:coop/INCOME/HANDED_OVER'],
      ['HOUSEHOLD:h/INCOME/REACHED', 'ORGANISATION:coop/INCOME/REACHED'],
    ]);
  });

  it('keep loans and grants apart from income', () => {
    expect(firstEntries(payment('ADVANCE', 'PAID')).map((entry) => entry.account)).toContain('HOUSEHOLD:h/LOAN/REACHED');
    expect(firstEntries(payment('SUBSIDY', 'PAID')).map((entry) => entry.account)).toContain('HOUSEHOLD:h/GRANT/REACHED');
  });

  it('balance, and a payment of nothing has none', () => {
    expect(firstEntries(payment('WAGE', 'PAID')).reduce((sum, entry) => sum + entry.amountMinor, 0n)).toBe(0n);
    expect(firstEntries(payment('WAGE', 'PAID', 0n))).toEqual([]);
  });

  it('move from owed to reached when a payable is settled, by whoever settles it', () => {
    const mill: Party = { kind: 'ORGANISATION', id: 'mill' };
    const entries = settlingEntries(payment('PURCHASE', 'PAID', 150n, mill), { payer: coop, payee: household, kind: 'PURCHASE' });
    expect(new Map(entries.map((entry) => [entry.account, entry.amountMinor]))).toEqual(
      new Map([
        ['HOUSEHOLD:h/INCOME/PAYABLE', -150n],
        ['ORGANISATION:coop/INCOME/PAYABLE', 150n],
        ['HOUSEHOLD:h/INCOME/REACHED', 150n],
        ['ORGANISATION:mill/INCOME/REACHED', -150n],
      ]),
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
