import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import type { AnOrganisationAtWork } from '../../support/builders.js';
import { aDelivery, aHousehold, anOrganisationAtWork, aProduct, kg, pieces, yuan } from '../../support/builders.js';

interface Allocation {
  readonly batch: { readonly id: string };
  readonly quantity: { readonly value: string; readonly unit: string };
}
interface Sale {
  readonly id: string;
  readonly status: string;
  readonly lines: readonly {
    readonly ref: string;
    readonly allocations: readonly Allocation[];
    readonly proposals: readonly Allocation[];
    readonly unallocated: { readonly value: string; readonly unit: string } | null;
  }[];
}

const SALE =
  'sale { id status lines { ref allocations { batch { id } quantity { value unit } } proposals { batch { id } quantity { value unit } } unallocated { value unit } } }';
const AT = '2026-06-02T08:00:00+08:00';

let world: TestApp;
let coop: AnOrganisationAtWork;
let riceId: string;
let honeyId: string;
let householdId: string;
let shopId: string;

beforeAll(async () => {
  world = await startTestApp();
  coop = await anOrganisationAtWork(world.admin);
  riceId = (await aProduct(coop.manager, coop.id)).id;
  honeyId = (await aProduct(coop.manager, coop.id, { baseUnit: 'H87' })).id;
  householdId = (await aHousehold(coop.manager, coop.id)).id;
  shopId = randomUUID();
  await coop.manager.mutate('registerShop', { id: shopId, organisationId: coop.id, name: 'Village shop', platform: 'GENERIC' }, 'id');
});
afterAll(() => world.stop());

/** The id of a lot of the product, weighed in on that day of May 2026. */
async function aLot(productId: string, net: object, day = '26'): Promise<string> {
  const input = { net, price: undefined, deliveredAt: `2026-05-${day}T08:30:00+08:00` };
  const { id } = await aDelivery(coop.manager, { productId, householdId, facilityId: coop.facilityId }, input);
  const ask = 'query ($ref: BatchRef!) { batch(ref: $ref) { id } }';
  return (await coop.manager.query<{ batch: { id: string } }>(ask, { ref: { madeBy: { captureId: id } } })).batch.id;
}

async function aListing(components: readonly object[], stockRule: string, batches: readonly string[] = []): Promise<string> {
  const sku = `SKU-${randomUUID()}`;
  const input = { id: randomUUID(), shopId, sku, components, stockRule, batches: batches.map((id) => ({ id })) };
  await coop.manager.mutate('registerListing', input, 'id');
  return sku;
}

async function anOrder(sku: string, quantity = '2'): Promise<Sale> {
  const lines = [{ ref: '1', sku, quantity: pieces(quantity), gross: yuan('100.00') }];
  const input = { id: randomUUID(), sellerId: coop.id, shopId, soldAt: '2026-06-01T12:00:00+08:00', lines };
  return (await coop.manager.mutate<{ sale: Sale }>('recordSale', input, SALE)).sale;
}

const packed = (saleId: string, ...lines: readonly object[]): Record<string, unknown> => ({
  id: randomUUID(),
  saleId,
  at: AT,
  lines: lines.map((line) => ({ lineRef: '1', ...line })),
});

async function fulfil(saleId: string, ...lines: readonly object[]): Promise<Sale> {
  return (await coop.manager.mutate<{ sale: Sale }>('recordFulfilment', packed(saleId, ...lines), SALE)).sale;
}

describe('a listing', () => {
  it('with chosen lots proposes them in its order, as far as each reaches, and draws nothing', async () => {
    const [small, large] = [await aLot(riceId, kg('6')), await aLot(riceId, kg('100'))];
    const sale = await anOrder(await aListing([{ product: { id: riceId }, quantity: kg('5') }], 'CHOSEN', [small, large]));
    expect(sale).toMatchObject({ status: 'AWAITING_FULFILMENT', lines: [{ allocations: [], unallocated: pieces('2') }] });
    expect(sale.lines[0]?.proposals).toEqual([
      { batch: { id: small }, quantity: kg('6') },
      { batch: { id: large }, quantity: kg('4') },
    ]);
  });

  it('by FIFO proposes the oldest lot of the product with stock', async () => {
    const { id: productId } = await aProduct(coop.manager, coop.id);
    const emptied = await aLot(productId, kg('5'), '01');
    const old = await aLot(productId, kg('50'), '02');
    await aLot(productId, kg('50'), '03');
    const sku = await aListing([{ product: { id: productId }, quantity: kg('5') }], 'FIFO');
    await fulfil((await anOrder(sku, '1')).id, { batch: { id: emptied }, quantity: kg('5') });
    expect((await anOrder(sku)).lines[0]?.proposals).toEqual([{ batch: { id: old }, quantity: kg('10') }]);
  });

  it('stands once under its SKU, and lists no lot of another product', async () => {
    const components = [{ product: { id: riceId }, quantity: kg('5') }];
    const sku = await aListing(components, 'BY_RECEIPT');
    const again = { id: randomUUID(), shopId, sku, components, stockRule: 'BY_RECEIPT' };
    expect(await coop.manager.rejection('registerListing', again)).toBe('ALREADY_EXISTS');
    const honey = await aLot(honeyId, pieces('10'));
    const foreign = { ...again, sku: 'OTHER', stockRule: 'CHOSEN', batches: [{ id: honey }] };
    expect(await coop.manager.rejection('registerListing', foreign)).toBe('LOT_OF_ANOTHER_PRODUCT');
  });

  it('is registered by the shop’s own organisation', async () => {
    const other = await anOrganisationAtWork(world.admin);
    const components = [{ product: { id: riceId }, quantity: kg('5') }];
    const input = { id: randomUUID(), shopId, sku: 'THEIRS', components, stockRule: 'BY_RECEIPT' };
    expect(await other.manager.rejection('registerListing', input)).toBe('NOT_FOUND');
  });
});

describe('a fulfilment', () => {
  it('decides, bit by bit, until the line is whole', async () => {
    const [first, second] = [await aLot(riceId, kg('100')), await aLot(riceId, kg('100'))];
    const { id } = await anOrder(await aListing([{ product: { id: riceId }, quantity: kg('5') }], 'CHOSEN', [first]));
    const half = await fulfil(id, { batch: { id: second }, quantity: kg('4') });
    expect(half).toMatchObject({ status: 'AWAITING_FULFILMENT', lines: [{ unallocated: pieces('2') }] });
    const whole = await fulfil(id, { batch: { id: first }, quantity: kg('6') });
    expect(whole.lines[0]).toMatchObject({ unallocated: null });
    expect(whole.lines[0]?.allocations).toHaveLength(2);
    expect(['PENDING', 'ATTRIBUTED']).toContain(whole.status);
    expect(await coop.manager.rejection('recordFulfilment', packed(id, { batch: { id: first }, quantity: kg('1') }))).toBe(
      'LINE_OVERALLOCATED',
    );
  });

  it('is answered the second time as the first, and draws once', async () => {
    const lot = await aLot(riceId, kg('100'));
    const { id } = await anOrder(await aListing([{ product: { id: riceId }, quantity: kg('5') }], 'CHOSEN', [lot]));
    const input = packed(id, { batch: { id: lot }, quantity: kg('10') });
    const first = await coop.manager.mutate<object>('recordFulfilment', input, 'id replayed event { id }');
    expect(await coop.manager.mutate<object>('recordFulfilment', input, 'id replayed event { id }')).toEqual({ ...first, replayed: true });
    const ask = 'query ($ref: BatchRef!) { batch(ref: $ref) { available { value } } }';
    expect(await coop.manager.query(ask, { ref: { id: lot } })).toEqual({ batch: { available: { value: '90' } } });
  });

  it('of a gift box needs every component', async () => {
    const [rice, honey] = [await aLot(riceId, kg('100')), await aLot(honeyId, pieces('10'))];
    const box = [
      { product: { id: riceId }, quantity: kg('2'), revenueWeight: '3' },
      { product: { id: honeyId }, quantity: pieces('1'), revenueWeight: '2' },
    ];
    const { id } = await anOrder(await aListing(box, 'CHOSEN', [rice, honey]));
    const half = await fulfil(id, { batch: { id: rice }, quantity: kg('4') }, { batch: { id: honey }, quantity: pieces('1') });
    expect(half).toMatchObject({ status: 'AWAITING_FULFILMENT', lines: [{ unallocated: pieces('1') }] });
    expect((await fulfil(id, { batch: { id: honey }, quantity: pieces('1') })).lines[0]?.unallocated).toBeNull();
  });

  it('of weighed packs draws what they weigh, and is whole by the piece', async () => {
    const lot = await aLot(riceId, kg('100'));
    const { id } = await anOrder(await aListing([{ product: { id: riceId }, quantity: kg('3') }], 'CHOSEN', [lot]));
    const sale = await fulfil(id, { batch: { id: lot }, quantity: pieces('2'), actualWeight: kg('6.3') });
    expect(sale.lines[0]).toMatchObject({ unallocated: null, allocations: [{ quantity: kg('6.3') }] });
  });

  it('takes no lot of another product, no line that is not there, no order of others', async () => {
    const [rice, honey] = [await aLot(riceId, kg('100')), await aLot(honeyId, pieces('10'))];
    const { id } = await anOrder(await aListing([{ product: { id: riceId }, quantity: kg('5') }], 'CHOSEN', [rice]));
    expect(await coop.manager.rejection('recordFulfilment', packed(id, { batch: { id: honey }, quantity: pieces('1') }))).toBe(
      'LOT_OF_ANOTHER_PRODUCT',
    );
    const line = { batch: { id: rice }, quantity: kg('1') };
    expect(await coop.manager.rejection('recordFulfilment', packed(id, { ...line, lineRef: 'none' }))).toBe('NOT_FOUND');
    const other = await anOrganisationAtWork(world.admin);
    expect(await other.manager.rejection('recordFulfilment', packed(id, line))).toBe('NOT_FOUND');
  });
});
