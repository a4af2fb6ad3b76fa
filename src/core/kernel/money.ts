/**
 * Money: an integer of the currency's minor unit (ISO 4217 exponent: CNY 2, XOF and JPY 0, KWD 3). Prices are per the unit that was
 * said (income.md, 1): 3.00 CNY per jin stays per jin, whatever unit the weight is kept in.
 */
import { formatDecimal, parseDecimal, rescale } from './decimal.js';
import { DomainError } from './errors.js';
import { divideHalfEven } from './fraction.js';
import type { Quantity } from './quantity.js';
import { unitOf } from './quantity.js';

export interface Money {
  readonly amountMinor: bigint;
  /** ISO 4217 alphabetic code. */
  readonly currency: string;
}

/** So much money per one `per` (a unit of quantity.ts). */
export interface UnitPrice extends Money {
  readonly per: string;
}

/** One tenth of a bigint's range in PostgreSQL, so that sums of few do not overflow. */
export const AMOUNT_MINOR_MAX = 900_000_000_000_000_000n;

const EXPONENT_0 = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ');
const EXPONENT_3 = 'BHD IQD JOD KWD LYD OMR TND'.split(' ');
const EXPONENT_2 = (
  'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK ' +
  'DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD ' +
  'LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR ' +
  'SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW'
).split(' ');

const EXPONENTS: ReadonlyMap<string, number> = new Map([
  ...EXPONENT_0.map((code) => [code, 0] as const),
  ...EXPONENT_2.map((code) => [code, 2] as const),
  ...EXPONENT_3.map((code) => [code, 3] as const),
]);

/** Digits behind the point of a currency. Throws CURRENCY_UNKNOWN. */
export function currencyExponent(currency: string): number {
  const exponent = EXPONENTS.get(currency);
  if (exponent === undefined) throw new DomainError('CURRENCY_UNKNOWN', { currency: currency.slice(0, 8) });
  return exponent;
}

/** {amount: "3.00", currency: "CNY"} → 300 fen. Throws AMOUNT_TOO_FINE, AMOUNT_OUT_OF_RANGE, CURRENCY_UNKNOWN, BAD_INPUT. */
export function parseMoney(input: { readonly amount: string; readonly currency: string }): Money {
  const exponent = currencyExponent(input.currency);
  const scaled = rescale(parseDecimal(input.amount), exponent);
  if (!scaled) throw new DomainError('AMOUNT_TOO_FINE', { amount: input.amount, currency: input.currency, digits: exponent });
  if (scaled.units < 0n || scaled.units > AMOUNT_MINOR_MAX) {
    throw new DomainError('AMOUNT_OUT_OF_RANGE', { amount: input.amount, currency: input.currency });
  }
  return { amountMinor: scaled.units, currency: input.currency };
}

/** 300 fen → {amount: "3.00", currency: "CNY"}. */
export function formatMoney(money: Money): { amount: string; currency: string } {
  return { amount: formatDecimal({ units: money.amountMinor, scale: currencyExponent(money.currency) }), currency: money.currency };
}

/** price × quantity in minor units, rounded half-even once. Throws UNIT_MISMATCH. */
export function priceOf(price: UnitPrice, quantity: Quantity): Money {
  const unit = unitOf(price.per);
  if (unit.dimension !== quantity.dimension) {
    throw new DomainError('UNIT_MISMATCH', { price: price.per, quantity: quantity.dimension });
  }
  return { amountMinor: divideHalfEven(price.amountMinor * quantity.amount * unit.den, unit.num), currency: price.currency };
}
