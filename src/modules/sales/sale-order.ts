import type { Discount, GrossLine } from '../../core/income/net.js';
import { saleLineNet } from '../../core/income/net.js';
import { at, DomainError } from '../../core/kernel/errors.js';
import type { Instant } from '../../core/kernel/instant.js';
import { parseInstant } from '../../core/kernel/instant.js';
import { parseMoney } from '../../core/kernel/money.js';
import type { Quantity } from '../../core/kernel/quantity.js';
import { parseQuantity } from '../../core/kernel/quantity.js';
import type { DiscountInput, RecordSaleInput, SaleLineInput } from './sale.input.js';
import type { SaleParticulars } from './sale.repository.js';

export const SALE_LINES_MAX = 500;
export const LINE_ALLOCATIONS_MAX = 100;
export const CHARGES_MAX = 100;
export const DISCOUNTS_MAX = 100;
export const REFERENCE_LENGTH_MAX = 200;
/** A phone's clock may run ahead a little; what claims to be further in the future is a mistake. */
export const SOLD_AHEAD_MS_MAX = 5 * 60_000;

type MoneyIn = SaleLineInput['gross'];

export interface OrderLine {
  readonly ref: string;
  readonly quantity: Quantity;
  readonly grossMinor: bigint;
  /** R. */
  readonly netMinor: bigint;
}

/** An order as it was understood: amounts in minor units of one currency, lines in the order of the input. */
export interface Order {
  readonly soldAt: Instant;
  readonly currency: string;
  readonly lines: readonly OrderLine[];
  readonly particulars: SaleParticulars;
}

/**
 * Reads what an order says by itself: references, quantities, money, R of each line. Throws BAD_INPUT, TOO_MANY_ITEMS, TIME_IN_FUTURE,
 * CURRENCY_MISMATCH and what quantities and amounts are rejected for, with the path from `input`.
 */
export function readOrder(input: RecordSaleInput, nowMs: number): Order {
  return at(['input'], () => {
    const soldAt = readTime(input.soldAt, nowMs, 'soldAt');
    requireLimits(input);
    const currency = oneCurrency(input);
    const lines = input.lines.map((line, i) => at(['lines', i], () => readLine(line)));
    const charges = (input.charges ?? []).map((charge, i) =>
      at(['charges', i], () => ({
        kind: readText(charge.kind, 'kind'),
        amountMinor: amount(charge.amount, 'amount'),
        taxMinor: amount(charge.tax, 'tax'),
      })),
    );
    const discounts = readDiscounts(input.discounts);
    const nets = saleLineNet({ lines, charges, discounts });
    return {
      soldAt,
      currency,
      lines: lines.map(({ ref, quantity, grossMinor }, i) => ({ ref, quantity, grossMinor, netMinor: nets[i]?.netMinor ?? 0n })),
      particulars: {
        soldAt: input.soldAt,
        charges: charges.map((charge) => ({ ...charge, amountMinor: String(charge.amountMinor), taxMinor: String(charge.taxMinor) })),
        discounts: [
          ...lines.flatMap((line) => line.discounts.map((discount) => keptDiscount(discount, line.ref))),
          ...discounts.map((discount) => keptDiscount(discount, null)),
        ],
        taxMinor: String(lines.reduce((total, line) => total + line.taxMinor, 0n)),
        fees: input.fees?.length ?? 0,
      },
    };
  });
}

/** Throws BAD_INPUT, TIME_IN_FUTURE. */
export function readTime(text: string, nowMs: number, field: string): Instant {
  return at([field], () => {
    const instant = parseInstant(text);
    if (instant.epochMs > nowMs + SOLD_AHEAD_MS_MAX) throw new DomainError('TIME_IN_FUTURE', { [field]: text });
    return instant;
  });
}

/** A reference, SKU or kind as somebody else wrote it. Throws BAD_INPUT. */
export function readText(text: string, field: string): string {
  // PostgreSQL keeps no U+0000.
  if (text.trim() === '' || text.length > REFERENCE_LENGTH_MAX || text.includes('\u0000')) {
    throw new DomainError('BAD_INPUT', { expected: `1 to ${REFERENCE_LENGTH_MAX} characters` }, [field]);
  }
  return text;
}

type ReadDiscount = Discount & { readonly code: string | null };

function readLine(
  line: SaleLineInput,
): Omit<GrossLine, 'discounts'> & { readonly quantity: Quantity; readonly discounts: readonly ReadDiscount[] } {
  if (line.sku) readText(line.sku, 'sku');
  return {
    ref: readText(line.ref, 'ref'),
    quantity: at(['quantity'], () => parseQuantity(line.quantity)),
    grossMinor: amount(line.gross, 'gross'),
    taxMinor: amount(line.tax, 'tax'),
    discounts: readDiscounts(line.discounts),
  };
}

function readDiscounts(discounts: readonly DiscountInput[] | null | undefined): ReadDiscount[] {
  return (discounts ?? []).map((discount, i) =>
    at(['discounts', i], () => ({
      amountMinor: amount(discount.amount, 'amount'),
      funder: discount.funder,
      code: discount.code ? readText(discount.code, 'code') : null,
    })),
  );
}

function keptDiscount({ amountMinor, funder, code }: ReadDiscount, line: string | null): SaleParticulars['discounts'][number] {
  return { line, funder, amountMinor: String(amountMinor), code };
}

function amount(money: MoneyIn | null | undefined, field: string): bigint {
  return money ? at([field], () => parseMoney(money).amountMinor) : 0n;
}

function requireLimits(input: RecordSaleInput): void {
  if (input.orderReference) readText(input.orderReference, 'orderReference');
  if (input.lines.length === 0) throw new DomainError('BAD_INPUT', { expected: 'at least one line' }, ['lines']);
  const refs = input.lines.map((line) => line.ref);
  const twice = refs.find((ref, i) => refs.indexOf(ref) !== i);
  if (twice !== undefined) throw new DomainError('BAD_INPUT', { expected: 'refs that differ', found: twice }, ['lines']);
  const limits: readonly (readonly [readonly unknown[] | null | undefined, number, readonly string[]])[] = [
    [input.lines, SALE_LINES_MAX, ['lines']],
    [input.charges, CHARGES_MAX, ['charges']],
    [input.discounts, DISCOUNTS_MAX, ['discounts']],
    ...input.lines.map((line, i) => [line.allocations, LINE_ALLOCATIONS_MAX, ['lines', String(i), 'allocations']] as const),
    ...input.lines.map((line, i) => [line.discounts, DISCOUNTS_MAX, ['lines', String(i), 'discounts']] as const),
  ];
  for (const [items, max, path] of limits) {
    if ((items?.length ?? 0) > max) throw new DomainError('TOO_MANY_ITEMS', { max }, path);
  }
}

/** Throws CURRENCY_MISMATCH. */
function oneCurrency(input: RecordSaleInput): string {
  const monies = [
    ...input.lines.flatMap((line) => [line.gross, line.tax, ...(line.discounts ?? []).map((discount) => discount.amount)]),
    ...(input.charges ?? []).flatMap((charge) => [charge.amount, charge.tax]),
    ...(input.discounts ?? []).map((discount) => discount.amount),
    ...(input.fees ?? []).map((fee) => fee.amount),
  ];
  const currencies = [...new Set(monies.flatMap((money) => (money ? [money.currency] : [])))];
  const [currency] = currencies;
  if (currency === undefined || currencies.length > 1) throw new DomainError('CURRENCY_MISMATCH', { currencies: currencies.join(' ') });
  return currency;
}
