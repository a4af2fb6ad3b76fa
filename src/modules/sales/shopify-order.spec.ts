import { describe, expect, it } from '@jest/globals';
import { DomainError } from '../../core/kernel/errors.js';
import { parseExactJson } from '../../core/kernel/exact-json.js';
import type { RecordSaleInput } from './sale.input.js';
import { readOrder } from './sale-order.js';
import type { ShopifyOrder } from './shopify-order.js';
import { readShopifyOrder } from './shopify-order.js';

const SHOP = { id: '00000000-0000-4000-8000-000000000001', organisationId: '00000000-0000-4000-8000-000000000002' };

/** An order of two packs of rice and a jar, with what the test says beside it. As text, because ids are beyond 2^53. */
const body = (changes: Readonly<Record<string, string>> = {}): string => {
  const fields = {
    id: '820982911946154508',
    name: '"#1001"',
    test: 'false',
    financial_status: '"paid"',
    cancelled_at: 'null',
    currency: '"CNY"',
    taxes_included: 'true',
    created_at: '"2026-05-26T08:30:00+08:00"',
    processed_at: '"2026-05-26T08:29:58+08:00"',
    discount_applications: '[{"title": "Spring", "code": "SPRING"}]',
    line_items: `[
      {"id": 866550311766439020, "sku": "RICE-5KG", "quantity": 2, "price": "45.50", "tax_lines": [{"price": "7.51"}],
       "discount_allocations": [{"amount": "5.00", "discount_application_index": 0}]},
      {"id": 141249953214522974, "sku": "HONEY", "quantity": 1, "price": "30.00", "tax_lines": [], "discount_allocations": []}]`,
    shipping_lines: `[{"price": "12.00", "tax_lines": [{"price": "0.99"}], "discount_allocations": [{"amount": "2.00"}]}]`,
    ...changes,
  };
  return `{${Object.entries(fields)
    .map(([key, value]) => `"${key}": ${value}`)
    .join(',')}}`;
};
const read = (changes?: Readonly<Record<string, string>>): ShopifyOrder => readShopifyOrder(parseExactJson(body(changes)), SHOP);
const saleOf = (changes?: Readonly<Record<string, string>>): RecordSaleInput => {
  const order = read(changes);
  if (order.noSale !== null) throw new Error(order.noSale);
  return order.sale;
};
const codeOf = (changes: Readonly<Record<string, string>>): string => {
  try {
    read(changes);
    return 'none';
  } catch (error) {
    return error instanceof DomainError ? error.code : String(error);
  }
};

describe('a paid order', () => {
  it('is a sale of the shop to a consumer, at the moment it was processed', () => {
    expect(saleOf()).toMatchObject({
      sellerId: SHOP.organisationId,
      shopId: SHOP.id,
      buyer: { consumer: true },
      soldAt: '2026-05-26T08:29:58+08:00',
      orderReference: '#1001',
    });
  });

  it('keeps every digit of ids that a float cannot hold', () => {
    expect(saleOf().lines.map((line) => line.ref)).toEqual(['866550311766439020', '141249953214522974']);
    expect(read().orderId).toBe('820982911946154508');
  });

  it('is the same sale each time, and another for another order or shop', () => {
    const { id } = saleOf();
    expect(saleOf({ updated_at: '"2026-05-27T00:00:00Z"' }).id).toBe(id);
    expect(saleOf({ id: '820982911946154509' }).id).not.toBe(id);
    const elsewhere = readShopifyOrder(parseExactJson(body()), { ...SHOP, id: SHOP.organisationId });
    expect(elsewhere.noSale === null && elsewhere.sale.id).not.toBe(id);
  });

  it('charges price × quantity, with the tax inside where the shop prices so', () => {
    const [rice] = saleOf().lines;
    expect(rice).toMatchObject({
      sku: 'RICE-5KG',
      quantity: { value: '2', unit: 'H87' },
      gross: { amount: '91.00' },
      tax: { amount: '7.51', currency: 'CNY' },
    });
  });

  it('adds the tax where the shop prices without', () => {
    const sale = saleOf({ taxes_included: 'false' });
    expect(sale.lines[0]?.gross.amount).toBe('98.51');
    expect(sale.charges?.[0]).toMatchObject({ kind: 'SHIPPING', amount: { amount: '12.99' }, tax: { amount: '0.99' } });
  });

  it('has its discounts funded by the seller, those on postage by the whole order', () => {
    const sale = saleOf();
    expect(sale.lines[0]?.discounts).toEqual([{ amount: { amount: '5.00', currency: 'CNY' }, funder: 'SELLER', code: 'SPRING' }]);
    expect(sale.discounts).toEqual([{ amount: { amount: '2.00', currency: 'CNY' }, funder: 'SELLER', code: null }]);
  });

  it.each(['true', 'false'])('comes to what the shop keeps after tax and discounts (taxes_included: %s)', (taxesIncluded) => {
    const { lines } = readOrder(saleOf({ taxes_included: taxesIncluded }), Date.parse('2026-06-01T00:00:00Z'));
    const net = lines.reduce((total, line) => total + line.netMinor, 0n);
    // 91.00 + 30.00 + 12.00 − 5.00 − 2.00, and the tax of 7.51 and 0.99 was inside, or came on top and goes off again.
    expect(net).toBe(taxesIncluded === 'true' ? 11_750n : 12_600n);
  });

  it('has no line for what was taken off it, and no charge for postage that was', () => {
    const sale = saleOf({
      line_items: '[{"id": 1, "sku": "A", "quantity": 0, "price": "1.00"}, {"id": 2, "sku": "B", "quantity": 1, "price": "1.00"}]',
      shipping_lines: '[{"price": "12.00", "is_removed": true}]',
    });
    expect(sale.lines.map((line) => line.ref)).toEqual(['2']);
    expect(sale.charges).toEqual([]);
  });

  it('goes by its id where it has no name', () => {
    expect(saleOf({ name: 'null' }).orderReference).toBe('820982911946154508');
  });
});

describe('no sale', () => {
  it.each([
    [{ test: 'true' }, 'TEST'],
    [{ cancelled_at: '"2026-05-26T09:00:00+08:00"' }, 'CANCELLED'],
    [{ financial_status: '"voided"' }, 'VOIDED'],
    [{ financial_status: '"pending"' }, 'UNPAID'],
    [{ financial_status: '"authorized"' }, 'UNPAID'],
    [{ financial_status: '"partially_paid"' }, 'UNPAID'],
    [{ financial_status: 'null' }, 'UNPAID'],
  ])('is made of an order with %j', (changes, noSale) => {
    expect(read(changes)).toEqual({ noSale, orderId: '820982911946154508' });
  });
});

describe('what is no order of this form', () => {
  it.each<Readonly<Record<string, string>>>([
    { id: 'null' },
    { id: '1.5' },
    { currency: 'null' },
    { line_items: '"none"' },
    { line_items: '[1]' },
    { line_items: '[{"id": 1, "quantity": 1.5, "price": "1.00"}]' },
    { line_items: '[{"id": 1, "quantity": -1, "price": "1.00"}]' },
    { line_items: '[{"id": 1, "quantity": 1, "price": "1,00"}]' },
    { line_items: '[{"id": 1, "quantity": 1}]' },
  ])('is not understood: %j', (changes) => {
    expect(codeOf(changes)).toBe('WEBHOOK_NOT_UNDERSTOOD');
  });

  it('is refused where its currency is unknown', () => {
    expect(codeOf({ currency: '"XTS"' })).toBe('CURRENCY_UNKNOWN');
  });
});
