import { createHmac } from 'node:crypto';
import type { Input } from './values.js';
import { decimalOfFen, idOf } from './values.js';

export interface OrderLine {
  readonly sku: string;
  readonly title: string;
  readonly count: number;
  /** For one piece, tax included, before discounts. */
  readonly priceFen: number;
  readonly grams: number;
}

export interface Order {
  /** 1001 is "#1001". */
  readonly number: number;
  /** RFC 3339 with offset. */
  readonly createdAt: string;
  readonly lines: readonly OrderLine[];
  /** A coupon of the seller's, over the whole order. */
  readonly coupon: { readonly code: string; readonly fen: number } | null;
  readonly shippingFen: number;
  /** Made by the shop's owner to try the shop: no sale. */
  readonly test: boolean;
}

/** Ids of Shopify outgrow 2^53: they stand in the body as raw digits, which JSON.stringify cannot write. */
const RAW = 'raw integer ';
const FIRST_ORDER_ID = 820_982_911_946_154_508n;
/** Value added tax on farm produce, part of the price. */
const TAX_PERCENT = 9;

/** The body of a webhook `orders/create`, byte by byte as it is signed. */
export function orderBody(shopKey: string, order: Order): string {
  return JSON.stringify(orderOf(shopKey, order)).replaceAll(new RegExp(`"${RAW}(\\d+)"`, 'g'), '$1');
}

export interface WebhookTarget {
  readonly url: string;
  readonly shopId: string;
  readonly shopKey: string;
  readonly secret: string;
}

/** Sends it as Shopify does: signed over the raw body, with the same webhook id at every repetition. Throws unless it is answered with 2xx. */
export async function sendOrder(target: WebhookTarget, order: Order): Promise<void> {
  const body = orderBody(target.shopKey, order);
  const response = await fetch(`${target.url}/webhooks/${target.shopId}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-shopify-topic': 'orders/create',
      'x-shopify-shop-domain': `${target.shopKey}.myshopify.com`,
      'x-shopify-api-version': '2026-07',
      'x-shopify-webhook-id': idOf('webhook', target.shopKey, order.number),
      'x-shopify-event-id': idOf('event', target.shopKey, order.number),
      'x-shopify-triggered-at': order.createdAt,
      'x-shopify-hmac-sha256': createHmac('sha256', target.secret).update(body, 'utf8').digest('base64'),
    },
    body,
  });
  if (!response.ok)
    throw new Error(`The webhook of order #${String(order.number)} was answered with ${String(response.status)}: ${await response.text()}`);
}

function orderOf(shopKey: string, order: Order): Input {
  const linesFen = order.lines.reduce((total, line) => total + line.count * line.priceFen, 0);
  const couponFen = order.coupon?.fen ?? 0;
  const couponParts = splitCoupon(order.lines, couponFen);
  const lineItems = order.lines.map((line, index) => lineItem(shopKey, order, { line, index, couponFen: couponParts[index] ?? 0 }));
  const totalTaxFen = order.lines.reduce(
    (total, line, index) => total + taxIn(line.count * line.priceFen - (couponParts[index] ?? 0)),
    taxIn(order.shippingFen),
  );
  const id = FIRST_ORDER_ID + BigInt(order.number);
  return {
    id: raw(id),
    admin_graphql_api_id: `gid://shopify/Order/${String(id)}`,
    name: `#${String(order.number)}`,
    number: order.number - 1_000,
    order_number: order.number,
    test: order.test,
    confirmed: true,
    cancelled_at: null,
    cancel_reason: null,
    closed_at: null,
    created_at: order.createdAt,
    processed_at: order.createdAt,
    updated_at: order.createdAt,
    currency: 'CNY',
    presentment_currency: 'CNY',
    financial_status: 'paid',
    fulfillment_status: null,
    source_name: 'web',
    email: 'shopper@example.com',
    taxes_included: true,
    total_line_items_price: decimalOfFen(linesFen),
    total_discounts: decimalOfFen(couponFen),
    subtotal_price: decimalOfFen(linesFen - couponFen),
    total_tax: decimalOfFen(totalTaxFen),
    total_price: decimalOfFen(linesFen - couponFen + order.shippingFen),
    total_shipping_price_set: moneySet(order.shippingFen),
    discount_codes: order.coupon ? [{ code: order.coupon.code, amount: decimalOfFen(couponFen), type: 'fixed_amount' }] : [],
    discount_applications: order.coupon ? [couponApplication(order.coupon)] : [],
    line_items: lineItems,
    shipping_lines: order.shippingFen > 0 ? [shippingLine(order)] : [],
    refunds: [],
    note_attributes: [],
    tags: '',
  };
}

function lineItem(shopKey: string, order: Order, item: { line: OrderLine; index: number; couponFen: number }): Input {
  const { line, index, couponFen } = item;
  const id = FIRST_ORDER_ID * 10n + BigInt(order.number * 10 + index);
  const variant = 40_000_000_000_000_000n + BigInt(line.priceFen);
  return {
    id: raw(id % 9_000_000_000_000_000_000n),
    product_id: raw(variant + 1n),
    variant_id: raw(variant),
    sku: line.sku,
    title: line.title,
    name: line.title,
    vendor: shopKey,
    quantity: line.count,
    current_quantity: line.count,
    fulfillable_quantity: line.count,
    fulfillment_status: null,
    grams: line.grams,
    price: decimalOfFen(line.priceFen),
    price_set: moneySet(line.priceFen),
    total_discount: '0.00',
    discount_allocations:
      couponFen > 0 ? [{ amount: decimalOfFen(couponFen), amount_set: moneySet(couponFen), discount_application_index: 0 }] : [],
    taxable: true,
    tax_lines: [taxLine(line.count * line.priceFen - couponFen)],
    requires_shipping: true,
    gift_card: false,
    properties: [],
  };
}

function shippingLine(order: Order): Input {
  return {
    id: raw(FIRST_ORDER_ID + 500_000n + BigInt(order.number)),
    title: 'Standard',
    code: 'STANDARD',
    source: 'shopify',
    price: decimalOfFen(order.shippingFen),
    price_set: moneySet(order.shippingFen),
    discounted_price: decimalOfFen(order.shippingFen),
    discount_allocations: [],
    tax_lines: [taxLine(order.shippingFen)],
  };
}

function couponApplication(coupon: { readonly code: string; readonly fen: number }): Input {
  return {
    type: 'discount_code',
    code: coupon.code,
    value: decimalOfFen(coupon.fen),
    value_type: 'fixed_amount',
    allocation_method: 'across',
    target_selection: 'all',
    target_type: 'line_item',
  };
}

/** Across the lines by their price; what is left over lies on the last. */
function splitCoupon(lines: readonly OrderLine[], fen: number): number[] {
  const total = lines.reduce((sum, line) => sum + line.count * line.priceFen, 0);
  let left = fen;
  return lines.map((line, index) => {
    const part = index === lines.length - 1 ? left : Math.floor((fen * line.count * line.priceFen) / total);
    left -= part;
    return part;
  });
}

function taxLine(withTaxFen: number): Input {
  const fen = taxIn(withTaxFen);
  return { title: 'VAT', rate: TAX_PERCENT / 100, price: decimalOfFen(fen), price_set: moneySet(fen), channel_liable: false };
}

function taxIn(withTaxFen: number): number {
  return Math.round((withTaxFen * TAX_PERCENT) / (100 + TAX_PERCENT));
}

function moneySet(fen: number): Input {
  const money = { amount: decimalOfFen(fen), currency_code: 'CNY' };
  return { shop_money: money, presentment_money: money };
}

function raw(id: bigint): string {
  return `${RAW}${String(id)}`;
}
