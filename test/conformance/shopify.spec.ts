import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import type { ExactJson } from '../../src/core/kernel/exact-json.js';
import { exactAt, isExactObject, parseExactJson } from '../../src/core/kernel/exact-json.js';
import { readOrder } from '../../src/modules/sales/sale-order.js';
import { readShopifyOrder } from '../../src/modules/sales/shopify-order.js';
import { conformance, describeConformance } from '../support/conformance.js';

const SHOP = { id: '00000000-0000-4000-8000-000000000001', organisationId: '00000000-0000-4000-8000-000000000002' };

describeConformance("Shopify's own sample of orders/create", () => {
  const sample = parseExactJson(readFileSync(conformance('ecommerce-payloads/shopify-orders-create.sample.json'), 'utf8'));
  const body = exactAt(sample, 'body') ?? null;
  /** The sample is a cancelled test order: the same order, had it been paid. */
  const paid: ExactJson = { ...(isExactObject(body) ? body : {}), test: false, cancelled_at: null, financial_status: 'paid' };

  it('is no sale, because it is a test', () => {
    expect(readShopifyOrder(body, SHOP)).toEqual({ noSale: 'TEST', orderId: '820982911946154508' });
  });

  it('would be a sale of its two lines, their ids digit for digit, had it been paid', () => {
    const order = readShopifyOrder(paid, SHOP);
    expect(order.noSale).toBeNull();
    expect(order).toMatchObject({
      sale: {
        orderReference: '#9999',
        soldAt: '2021-12-31T19:00:00-05:00',
        lines: [
          {
            ref: '866550311766439020',
            sku: 'IPOD2008PINK',
            quantity: { value: '1', unit: 'H87' },
            gross: { amount: '199.00', currency: 'USD' },
          },
          {
            ref: '141249953214522974',
            sku: 'IPOD2008PINK',
            quantity: { value: '1', unit: 'H87' },
            gross: { amount: '199.00', currency: 'USD' },
          },
        ],
        charges: [{ kind: 'SHIPPING', amount: { amount: '10.00', currency: 'USD' } }],
      },
    });
  });

  it('would come to the total of lines and postage', () => {
    const order = readShopifyOrder(paid, SHOP);
    const lines = order.noSale === null ? readOrder(order.sale, Date.parse('2026-01-01T00:00:00Z')).lines : [];
    expect(lines.map((line) => line.netMinor)).toEqual([20_400n, 20_400n]);
  });
});
