import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError } from './errors.js';
import { currencyExponent, formatMoney, parseMoney, priceOf } from './money.js';
import { parseQuantity } from './quantity.js';

function codeOf(act: () => unknown): string {
  try {
    act();
    return 'accepted';
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

describe('money', () => {
  it.each([
    ['CNY', 2],
    ['MAD', 2],
    ['GHS', 2],
    ['XOF', 0],
    ['JPY', 0],
    ['KWD', 3],
  ])('keeps %s with %s digits', (currency, digits) => {
    expect(currencyExponent(currency)).toBe(digits);
  });

  it('comes back as it was said', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 17n), fc.constantFrom('CNY', 'XOF', 'KWD'), (amountMinor, currency) => {
        const said = formatMoney({ amountMinor, currency });
        return parseMoney(said).amountMinor === amountMinor;
      }),
    );
  });

  it('takes trailing zeros beyond the minor unit, and no other digits', () => {
    expect(parseMoney({ amount: '3.000', currency: 'CNY' }).amountMinor).toBe(300n);
    expect(codeOf(() => parseMoney({ amount: '3.001', currency: 'CNY' }))).toBe('AMOUNT_TOO_FINE');
    expect(codeOf(() => parseMoney({ amount: '1.5', currency: 'XOF' }))).toBe('AMOUNT_TOO_FINE');
  });

  it.each([
    ['-1', 'CNY', 'AMOUNT_OUT_OF_RANGE'],
    ['10000000000000000', 'CNY', 'AMOUNT_OUT_OF_RANGE'],
    ['1', 'ABC', 'CURRENCY_UNKNOWN'],
    ['1e3', 'CNY', 'BAD_INPUT'],
    ['', 'CNY', 'BAD_INPUT'],
    ['１', 'CNY', 'BAD_INPUT'],
  ])('refuses %s %s with %s', (amount, currency, code) => {
    expect(codeOf(() => parseMoney({ amount, currency }))).toBe(code);
  });

  it('prices per the unit that was said, whatever unit was weighed in', () => {
    const perJin = { amountMinor: 300n, currency: 'CNY', per: 'jin' };
    expect(priceOf(perJin, parseQuantity({ value: '1', unit: 'KGM' })).amountMinor).toBe(600n);
    expect(priceOf(perJin, parseQuantity({ value: '2', unit: 'jin' })).amountMinor).toBe(600n);
    expect(codeOf(() => priceOf(perJin, parseQuantity({ value: '1', unit: 'LTR' })))).toBe('UNIT_MISMATCH');
  });

  it('rounds a price half-even, once', () => {
    const perKilogram = { amountMinor: 1n, currency: 'CNY', per: 'KGM' };
    expect(['0.5', '1.5', '2.5'].map((value) => priceOf(perKilogram, parseQuantity({ value, unit: 'KGM' })).amountMinor)).toEqual([
      0n,
      2n,
      2n,
    ]);
  });
});
