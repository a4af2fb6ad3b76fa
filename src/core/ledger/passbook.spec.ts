import { describe, expect, it } from '@jest/globals';
import type { BookedPayment } from './account.js';
import type { Party } from './party.js';
import type { PassbookFact } from './passbook.js';
import { EMPTY_BALANCE, movementOf, passbook } from './passbook.js';

const coop: Party = { kind: 'ORGANISATION', id: 'coop' };
const household: Party = { kind: 'HOUSEHOLD', id: 'h' };
const payment = (more: Partial<BookedPayment>): BookedPayment => ({
  payer: coop,
  payee: household,
  kind: 'PURCHASE',
  status: 'PAYABLE',
  amountMinor: 400n,
  ...more,
});

describe('a passbook', () => {
  const advance = payment({ kind: 'ADVANCE', status: 'PAID', amountMinor: 100n });
  const delivery = payment({ offsetMinor: 100n });
  const collector = payment({ status: 'HANDED_OVER', amountMinor: 300n });
  const facts: [string, PassbookFact][] = [
    ['advance', { before: null, after: advance }],
    ['delivery', { before: null, after: delivery }],
    ['with the collector', { before: { ...delivery, amountMinor: 300n, offsetMinor: 0n }, after: collector }],
    ['confirmed', { before: collector, after: { ...collector, status: 'CONFIRMED' } }],
    [
      'weeding wages that it paid',
      { before: null, after: payment({ payer: household, payee: coop, kind: 'WAGE', status: 'PAID', amountMinor: 50n }) },
    ],
  ];

  it('shows the balances after each entry: what was promised, on its way, there, and lent', () => {
    const entries = passbook(
      EMPTY_BALANCE,
      facts.map(([source, fact]) => ({ source, movement: movementOf(household, fact) })),
    );
    const shown = entries.map(({ source, balance: b }) => [source, b.owedMinor, b.handedOverMinor, b.reachedMinor, b.loanMinor]);
    expect(shown).toEqual([
      ['advance', 0n, 0n, 0n, 100n],
      ['delivery', 300n, 0n, 100n, 0n],
      ['with the collector', 0n, 300n, 100n, 0n],
      ['confirmed', 0n, 0n, 400n, 0n],
      ['weeding wages that it paid', 0n, 0n, 350n, 0n],
    ]);
  });

  it('goes on from its opening balance, and where it was cut makes no difference', () => {
    const movements = facts.map(([source, fact]) => ({ source, movement: movementOf(household, fact) }));
    const whole = passbook(EMPTY_BALANCE, movements);
    const first = passbook(EMPTY_BALANCE, movements.slice(0, 2));
    const second = passbook(first.at(-1)?.balance ?? EMPTY_BALANCE, movements.slice(2));
    expect([...first, ...second]).toEqual(whole);
  });
});
