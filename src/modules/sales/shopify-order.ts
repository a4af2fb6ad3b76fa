import { DomainError } from '../../core/kernel/errors.js';
import type { ExactJson } from '../../core/kernel/exact-json.js';
import { exactAt, ExactNumber, isExactArray, isExactObject } from '../../core/kernel/exact-json.js';
import { derivedUuid } from '../../core/kernel/ids.js';
import { currencyExponent, formatMoney, parseMoney } from '../../core/kernel/money.js';
import type { ChargeInput, DiscountInput, RecordSaleInput, SaleLineInput } from './sale.input.js';

/** Why an order is no sale (income.md, 3: test, voided and unpaid orders are none). */
export type NoSale = 'TEST' | 'CANCELLED' | 'VOIDED' | 'UNPAID';

export interface ShopifyShop {
  readonly id: string;
  readonly organisationId: string;
}

export type ShopifyOrder =
  | { readonly noSale: NoSale; readonly orderId: string }
  | { readonly noSale: null; readonly orderId: string; readonly sale: RecordSaleInput };

/**
 * The body of orders/create as a sale. Amounts are those of the shop's own currency (`currency`; presentment money is what the buyer saw).
 * Line price × quantity is before discounts, and with or without tax as `taxes_included` says: gross is always with. All discounts of the
 * shop are the seller's. Only what is paid is a sale: authorised is not captured, and a part payment is no whole order.
 * Throws WEBHOOK_NOT_UNDERSTOOD, CURRENCY_UNKNOWN, and what amounts are rejected for.
 */
export function readShopifyOrder(body: ExactJson, shop: ShopifyShop): ShopifyOrder {
  const orderId = idOf(body, 'id');
  const noSale = noSaleOf(body);
  if (noSale) return { noSale, orderId };
  const currency = textOf(body, 'currency');
  currencyExponent(currency);
  const taxesIncluded = exactAt(body, 'taxes_included') === true;
  const money = new ShopMoney(currency, taxesIncluded);
  const shipping = arrayOf(body, 'shipping_lines').filter((line) => exactAt(line, 'is_removed') !== true);
  const sale: RecordSaleInput = {
    id: derivedUuid(shop.id, orderId),
    sellerId: shop.organisationId,
    shopId: shop.id,
    buyer: { consumer: true },
    channel: 'ONLINE_SHOP',
    soldAt: optionalText(body, 'processed_at') ?? textOf(body, 'created_at'),
    orderReference: optionalText(body, 'name') ?? orderId,
    lines: arrayOf(body, 'line_items').flatMap((line) => lineOf(line, body, money)),
    charges: shipping.map((line) => chargeOf(line, money)),
    // What is off the postage is off the order.
    discounts: shipping.flatMap((line) => discountsOf(line, body, money)),
  };
  return { noSale: null, orderId, sale };
}

function noSaleOf(body: ExactJson): NoSale | null {
  if (exactAt(body, 'test') === true) return 'TEST';
  if (optionalText(body, 'cancelled_at') !== null) return 'CANCELLED';
  const financial = optionalText(body, 'financial_status');
  if (financial === 'voided') return 'VOIDED';
  return financial === 'paid' ? null : 'UNPAID';
}

function lineOf(line: ExactJson, body: ExactJson, money: ShopMoney): SaleLineInput[] {
  const quantity = exactAt(line, 'quantity');
  const pieces = quantity instanceof ExactNumber ? quantity.integer() : null;
  if (pieces === null || pieces < 0n) throw notUnderstood('line_items.quantity');
  // A line that was taken off the order before it was sent.
  if (pieces === 0n) return [];
  const tax = money.tax(line);
  const charged = money.minor(line, 'price') * pieces;
  return [
    {
      ref: idOf(line, 'id'),
      sku: optionalText(line, 'sku'),
      quantity: { value: pieces.toString(), unit: 'H87' },
      gross: money.said(money.taxesIncluded ? charged : charged + tax),
      tax: money.said(tax),
      discounts: discountsOf(line, body, money),
    },
  ];
}

function chargeOf(line: ExactJson, money: ShopMoney): ChargeInput {
  const tax = money.tax(line);
  const charged = money.minor(line, 'price');
  return { kind: 'SHIPPING', amount: money.said(money.taxesIncluded ? charged : charged + tax), tax: money.said(tax) };
}

function discountsOf(line: ExactJson, body: ExactJson, money: ShopMoney): DiscountInput[] {
  return arrayOf(line, 'discount_allocations').flatMap((allocation): DiscountInput[] => {
    const amountMinor = money.minor(allocation, 'amount');
    if (amountMinor === 0n) return [];
    const index = exactAt(allocation, 'discount_application_index');
    const application = index instanceof ExactNumber ? exactAt(body, 'discount_applications', Number(index.text)) : undefined;
    const code = application === undefined ? null : (optionalText(application, 'code') ?? optionalText(application, 'title'));
    return [{ amount: money.said(amountMinor), funder: 'SELLER', code }];
  });
}

/** Amounts of one order. */
class ShopMoney {
  constructor(
    readonly currency: string,
    readonly taxesIncluded: boolean,
  ) {}

  minor(value: ExactJson, field: string): bigint {
    return parseMoney({ amount: amountOf(exactAt(value, field), field), currency: this.currency }).amountMinor;
  }

  tax(line: ExactJson): bigint {
    return arrayOf(line, 'tax_lines').reduce((total: bigint, tax) => total + this.minor(tax, 'price'), 0n);
  }

  said(amountMinor: bigint): { amount: string; currency: string } {
    return formatMoney({ amountMinor, currency: this.currency });
  }
}

/** Money comes as a string; a number is taken too, digit for digit. */
function amountOf(value: ExactJson | undefined, field: string): string {
  const text = value instanceof ExactNumber ? value.decimal() : value;
  if (typeof text !== 'string' || !/^\d+(\.\d+)?$/.test(text)) throw notUnderstood(field);
  return text;
}

/** Ids are numbers beyond 2^53: their text is what counts. */
function idOf(value: ExactJson, field: string): string {
  const id = exactAt(value, field);
  const text = id instanceof ExactNumber ? id.integer()?.toString() : id;
  if (typeof text !== 'string' || text === '' || text.length > 100) throw notUnderstood(field);
  return text;
}

function textOf(value: ExactJson, field: string): string {
  const text = optionalText(value, field);
  if (text === null) throw notUnderstood(field);
  return text;
}

/** Null where it is absent, null or empty. */
function optionalText(value: ExactJson, field: string): string | null {
  const text = exactAt(value, field);
  if (text === undefined || text === null || text === '') return null;
  if (typeof text !== 'string') throw notUnderstood(field);
  return text;
}

/** Empty where it is absent or null. */
function arrayOf(value: ExactJson, field: string): readonly ExactJson[] {
  const items = exactAt(value, field);
  if (items === undefined || items === null) return [];
  if (!isExactArray(items) || !items.every((item) => isExactObject(item))) throw notUnderstood(field);
  return items;
}

function notUnderstood(field: string): DomainError {
  return new DomainError('WEBHOOK_NOT_UNDERSTOOD', { field });
}
