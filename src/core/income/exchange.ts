/**
 * Amounts of other currencies (income.md, 3): translated at the rate that is kept on the sale, half-even to the minor unit, once a payment; the
 * original amount stays what it is. Books never translate: each payment balances in its own currency. So a rate is only ever asked for where
 * amounts of two currencies are shown as one.
 */
import { DomainError } from '../kernel/errors.js';
import type { Fraction } from '../kernel/fraction.js';
import { fraction, multiply, ONE, roundHalfEven } from '../kernel/fraction.js';
import { currencyExponent } from '../kernel/money.js';
import type { Payment } from '../ledger/payment.js';

/** One unit of `from` is worth `rate` units of `to`, in major units, as banks quote it. */
export interface ExchangeRate {
  readonly from: string;
  readonly to: string;
  /** Greater than zero. */
  readonly rate: Fraction;
}

/** Minor units of `to` for one minor unit of `from`. Throws CURRENCY_UNKNOWN. */
export function minorRate({ from, to, rate }: ExchangeRate): Fraction {
  const exponent = currencyExponent(to) - currencyExponent(from);
  const shift = exponent >= 0 ? fraction(10n ** BigInt(exponent)) : fraction(1n, 10n ** BigInt(-exponent));
  return multiply(rate, shift);
}

/** Payments as they count in one currency. */
export class Translation {
  private readonly factors: ReadonlyMap<string, Fraction>;

  /** `rates`: those into `currency`; others are passed over. */
  constructor(
    readonly currency: string,
    rates: readonly ExchangeRate[],
  ) {
    this.factors = new Map([
      ...rates.filter((rate) => rate.to === currency).map((rate) => [rate.from, minorRate(rate)] as const),
      [currency, ONE],
    ]);
  }

  knows(currency: string): boolean {
    return this.factors.has(currency);
  }

  /** Minor units of the one currency, rounded half-even. Throws RATE_MISSING. */
  minor(amountMinor: bigint, currency: string): bigint {
    if (currency === this.currency) return amountMinor;
    const factor = this.factors.get(currency);
    if (!factor) throw new DomainError('RATE_MISSING', { from: currency, to: this.currency });
    return roundHalfEven(multiply(fraction(amountMinor), factor));
  }

  /** The payment with its amounts in the one currency. Throws RATE_MISSING. */
  payment(payment: Payment): Payment {
    if (payment.currency === this.currency) return payment;
    const amountMinor = this.minor(payment.amountMinor, payment.currency);
    // Rounding keeps the order of amounts: no part comes to more than the whole.
    const part = (of: bigint): bigint => this.minor(of, payment.currency);
    return {
      ...payment,
      currency: this.currency,
      amountMinor,
      admittedMinor: payment.admittedMinor === null ? null : part(payment.admittedMinor),
      ...(payment.offsetMinor !== undefined && { offsetMinor: part(payment.offsetMinor) }),
    };
  }
}
