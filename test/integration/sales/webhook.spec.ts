import { createHmac, randomInt, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import type { AnOrganisationAtWork } from '../../support/builders.js';
import { anOrganisationAtWork, aProduct, kg } from '../../support/builders.js';

const SECRET = 'a secret of the shop';
const SKU = 'RICE-5KG';

let world: TestApp;
let coop: AnOrganisationAtWork;
let shopId: string;

beforeAll(async () => {
  world = await startTestApp();
  coop = await anOrganisationAtWork(world.admin);
  const { id: productId } = await aProduct(coop.manager, coop.id);
  shopId = randomUUID();
  const shop = { id: shopId, organisationId: coop.id, name: 'Online shop', platform: 'SHOPIFY', webhookSecret: SECRET };
  await coop.manager.mutate('registerShop', shop, 'id');
  const components = [{ product: { id: productId }, quantity: kg('5') }];
  await coop.manager.mutate('registerListing', { id: randomUUID(), shopId, sku: SKU, components, stockRule: 'CHOSEN' }, 'id');
});
afterAll(() => world.stop());

interface Order {
  readonly id: string;
  readonly body: string;
}

/** As text: its id is beyond what a float holds. */
function anOrder(changes: Readonly<Record<string, unknown>> = {}, sku = SKU): Order {
  const id = `82098291194${String(randomInt(10 ** 6, 10 ** 7))}`;
  const fields = {
    name: `#${id}`,
    test: false,
    financial_status: 'paid',
    cancelled_at: null,
    currency: 'CNY',
    taxes_included: true,
    created_at: '2026-05-26T08:30:00+08:00',
    line_items: [{ id: 1, sku, quantity: 2, price: '45.50', tax_lines: [], discount_allocations: [] }],
    shipping_lines: [],
    ...changes,
  };
  return { id, body: `{"id":${id},${JSON.stringify(fields).slice(1)}` };
}

interface Sent {
  readonly status: number;
  readonly answer: { readonly outcome?: string; readonly saleId?: string; readonly code?: string };
}

async function send(order: Order, options: { shop?: string; secret?: string; topic?: string; deliveryId?: string } = {}): Promise<Sent> {
  const response = await fetch(`${world.url}/webhooks/${options.shop ?? shopId}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-shopify-topic': options.topic ?? 'orders/create',
      'x-shopify-webhook-id': options.deliveryId ?? randomUUID(),
      'x-shopify-hmac-sha256': createHmac('sha256', options.secret ?? SECRET)
        .update(order.body)
        .digest('base64'),
    },
    body: order.body,
  });
  return { status: response.status, answer: (await response.json()) as Sent['answer'] };
}

async function salesOf(reference: string): Promise<unknown> {
  const ask =
    'query ($filter: SaleFilter) { sales(filter: $filter) { nodes { id status orderReference lines { sku net { amount } quantity { value unit } } } } }';
  return (await coop.manager.query<{ sales: { nodes: unknown } }>(ask, { filter: { shopId, orderReference: reference } })).sales.nodes;
}

describe('a signed order', () => {
  it('becomes a sale of the shop', async () => {
    const order = anOrder();
    const { status, answer } = await send(order);
    expect({ status, outcome: answer.outcome }).toEqual({ status: 200, outcome: 'RECORDED' });
    expect(await salesOf(`#${order.id}`)).toMatchObject([
      {
        id: answer.saleId,
        status: 'AWAITING_FULFILMENT',
        lines: [{ sku: SKU, net: { amount: '91.00' }, quantity: { value: '2', unit: 'H87' } }],
      },
    ]);
  });

  it('is answered the second time as the first', async () => {
    const order = anOrder();
    const deliveryId = randomUUID();
    const first = await send(order, { deliveryId });
    expect(await send(order, { deliveryId })).toEqual(first);
    expect(await salesOf(`#${order.id}`)).toHaveLength(1);
  });

  it('is the same sale when it comes in another delivery, even where the body has changed, even at the same moment', async () => {
    const order = anOrder();
    const changed = { ...order, body: order.body.replace('{', '{"updated_at":"2026-05-27T00:00:00Z",') };
    const sent = await Promise.all([send(order), send(changed), send(order)]);
    expect(sent.map(({ answer }) => answer.outcome).sort()).toEqual(['ALREADY_RECORDED', 'ALREADY_RECORDED', 'RECORDED']);
    expect(new Set(sent.map(({ answer }) => answer.saleId)).size).toBe(1);
    expect(await salesOf(`#${order.id}`)).toHaveLength(1);
  });

  it.each([
    [{ test: true }, 'TEST'],
    [{ financial_status: 'voided' }, 'VOIDED'],
    [{ financial_status: 'pending' }, 'UNPAID'],
  ])('with %j is acknowledged and no sale', async (changes, outcome) => {
    const order = anOrder(changes);
    expect(await send(order)).toEqual({ status: 200, answer: { outcome } });
    expect(await salesOf(`#${order.id}`)).toEqual([]);
  });

  it('of another topic is acknowledged and ignored', async () => {
    expect(await send(anOrder(), { topic: 'products/update' })).toEqual({ status: 200, answer: { outcome: 'IGNORED' } });
  });

  it('of an unknown SKU is acknowledged and kept, and accepted once the listing is there', async () => {
    const sku = `NEW-${randomUUID()}`;
    const order = anOrder({}, sku);
    const deliveryId = randomUUID();
    expect(await send(order, { deliveryId })).toEqual({ status: 200, answer: { outcome: 'REJECTED', code: 'LISTING_UNKNOWN' } });
    const { id: productId } = await aProduct(coop.manager, coop.id);
    const components = [{ product: { id: productId }, quantity: kg('1') }];
    await coop.manager.mutate('registerListing', { id: randomUUID(), shopId, sku, components, stockRule: 'BY_RECEIPT' }, 'id');
    expect((await send(order, { deliveryId })).answer.outcome).toBe('RECORDED');
  });
});

describe('a webhook', () => {
  it('with a wrong signature is refused', async () => {
    const { status, answer } = await send(anOrder(), { secret: 'guessed' });
    expect({ status, code: answer.code }).toEqual({ status: 401, code: 'WEBHOOK_SIGNATURE_INVALID' });
  });

  it('of a shop that is not there is not found', async () => {
    expect((await send(anOrder(), { shop: randomUUID() })).status).toBe(404);
    expect((await send(anOrder(), { shop: 'none' })).status).toBe(404);
  });

  it('of a platform that is not understood yet, or of another form, is refused', async () => {
    const generic = { id: randomUUID(), organisationId: coop.id, name: 'Other', platform: 'WOOCOMMERCE', webhookSecret: SECRET };
    await coop.manager.mutate('registerShop', generic, 'id');
    expect((await send(anOrder(), { shop: generic.id })).answer.code).toBe('WEBHOOK_NOT_UNDERSTOOD');
    expect((await send({ id: '', body: '{"id":null}' })).answer.code).toBe('WEBHOOK_NOT_UNDERSTOOD');
  });
});
