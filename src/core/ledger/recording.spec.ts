import { describe, expect, it } from '@jest/globals';
import type { Party } from './party.js';
import type { GivenPayment, NamedPayment } from './recording.js';
import { offsetsMinor, requireRecordable, requireReversal, requireSettlement } from './recording.js';

const coop: Party = { kind: 'ORGANISATION', id: 'coop' };
const mill: Party = { kind: 'ORGANISATION', id: 'mill' };
const household: Party = { kind: 'HOUSEHOLD', id: 'h' };
const named = (more: Partial<NamedPayment> = {}): NamedPayment => ({
  id: 'p',
  kind: 'PURCHASE',
  payer: coop,
  payee: household,
  currency: 'CNY',
  status: 'PAYABLE',
  amountMinor: 400n,
  openMinor: 400n,
  reverses: null,
  ...more,
});
const given = (more: Partial<GivenPayment> = {}): GivenPayment => ({
  kind: 'PURCHASE',
  payer: coop,
  payee: household,
  currency: 'CNY',
  status: 'PAID',
  amountMinor: 400n,
  ...more,
});
const code = (name: string): unknown => expect.objectContaining({ code: name });

describe('what is recorded', () => {
  it('is a status that a client may state, between two', () => {
    expect(() => requireRecordable(given({ status: 'CONFIRMED' }))).toThrow(code('BAD_INPUT'));
    expect(() => requireRecordable(given({ payee: coop }))).toThrow(code('TRADE_WITH_ONESELF'));
    expect(() => requireRecordable(given({ status: 'HANDED_OVER' }))).not.toThrow();
  });
});

describe('money for a payable', () => {
  it('may come in parts, from another payer, and through a collector', () => {
    expect(() => requireSettlement(named({ openMinor: 300n }), given({ amountMinor: 300n, payer: mill }))).not.toThrow();
    expect(() => requireSettlement(named(), given({ status: 'HANDED_OVER' }))).not.toThrow();
    expect(() => requireSettlement(named({ status: 'HANDED_OVER' }), given())).not.toThrow();
  });

  it('is never more than the open rest, for somebody else, in another currency, or for what is no debt', () => {
    expect(() => requireSettlement(named({ openMinor: 399n }), given())).toThrow(code('AMOUNT_OUT_OF_RANGE'));
    expect(() => requireSettlement(named(), given({ payee: { kind: 'HOUSEHOLD', id: 'i' } }))).toThrow(code('BAD_INPUT'));
    expect(() => requireSettlement(named(), given({ currency: 'EUR' }))).toThrow(code('CURRENCY_MISMATCH'));
    for (const status of ['PAID', 'CONFIRMED', 'DISPUTED', 'REVERSED'] as const) {
      expect(() => requireSettlement(named({ status }), given())).toThrow(code('PAYMENT_STATUS_ORDER'));
    }
    expect(() => requireSettlement(named(), given({ status: 'PAYABLE' }))).toThrow(code('PAYMENT_STATUS_ORDER'));
    expect(() => requireSettlement(named({ status: 'HANDED_OVER' }), given({ status: 'HANDED_OVER' }))).toThrow(
      code('PAYMENT_STATUS_ORDER'),
    );
    expect(() => requireSettlement(named({ reverses: 'q' }), given())).toThrow(code('PAYMENT_STATUS_ORDER'));
  });
});

describe('a reversal', () => {
  it('undoes a payment whole, whichever way round its parties are named', () => {
    expect(() => requireReversal(named({ status: 'PAID' }), given())).not.toThrow();
    expect(() => requireReversal(named({ status: 'CONFIRMED' }), given({ payer: household, payee: coop }))).not.toThrow();
  });

  it('is refused for a part, for other parties, twice, and for a loan that was partly repaid', () => {
    expect(() => requireReversal(named(), given({ amountMinor: 399n }))).toThrow(code('AMOUNT_OUT_OF_RANGE'));
    expect(() => requireReversal(named(), given({ payer: mill }))).toThrow(code('BAD_INPUT'));
    expect(() => requireReversal(named(), given({ currency: 'EUR' }))).toThrow(code('CURRENCY_MISMATCH'));
    expect(() => requireReversal(named({ status: 'REVERSED' }), given())).toThrow(code('PAYMENT_STATUS_ORDER'));
    expect(() => requireReversal(named({ reverses: 'q' }), given())).toThrow(code('PAYMENT_STATUS_ORDER'));
    expect(() => requireReversal(named({ kind: 'ADVANCE', status: 'PAID', openMinor: 300n }), given())).toThrow(
      code('AMOUNT_OUT_OF_RANGE'),
    );
  });
});

describe('an offset', () => {
  const advance = named({ id: 'a', kind: 'ADVANCE', status: 'PAID', amountMinor: 100n, openMinor: 60n });
  const credit = named({ id: 'c', kind: 'INPUT_CREDIT', status: 'CONFIRMED', amountMinor: 50n, openMinor: 50n });
  const off = (one: NamedPayment, amountMinor = 60n): { advance: NamedPayment; amountMinor: bigint } => ({ advance: one, amountMinor });

  it('repays what is open of advances and input credit', () => {
    expect(offsetsMinor(given(), [off(advance), off(credit, 50n)])).toBe(110n);
    expect(offsetsMinor(given(), [])).toBe(0n);
  });

  it('repays no more than that, once, between the same two, in one currency, and never a loan by a loan', () => {
    const refused = code('OFFSET_INVALID');
    expect(() => offsetsMinor(given(), [off(advance, 61n)])).toThrow(refused);
    expect(() => offsetsMinor(given(), [off(advance, 0n)])).toThrow(refused);
    expect(() => offsetsMinor(given(), [off(advance, 30n), off(advance, 30n)])).toThrow(refused);
    expect(() => offsetsMinor(given({ amountMinor: 59n }), [off(advance)])).toThrow(refused);
    expect(() => offsetsMinor(given({ payer: mill }), [off(advance)])).toThrow(refused);
    expect(() => offsetsMinor(given({ currency: 'EUR' }), [off(advance)])).toThrow(refused);
    expect(() => offsetsMinor(given({ kind: 'ADVANCE' }), [off(advance)])).toThrow(refused);
    expect(() => offsetsMinor(given(), [off({ ...advance, status: 'PAYABLE' })])).toThrow(refused);
    expect(() => offsetsMinor(given(), [off(named({ status: 'PAID' }))])).toThrow(refused);
  });
});
