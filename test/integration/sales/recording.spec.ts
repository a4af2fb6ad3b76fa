import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SaleService } from '../../../src/modules/sales/index.js';
import { Database } from '../../../src/platform/database/database.js';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import type { AnOrganisationAtWork } from '../../support/builders.js';
import { aDelivery, aHousehold, aKey, anOrganisationAtWork, aProduct, aSale, kg, pieces, yuan } from '../../support/builders.js';

interface Amount {
  readonly amount: string;
}
interface Line {
  readonly ref: string;
  readonly gross: Amount;
  readonly net: Amount;
  readonly refunded: Amount;
  readonly unallocated: { readonly value: string; readonly unit: string } | null;
  readonly allocations: readonly {
    readonly batch: { readonly id: string };
    readonly quantity: { readonly value: string; readonly unit: string };
  }[];
}
interface Sale {
  readonly id: string;
  readonly final: boolean;
  readonly status: string;
  readonly lines: readonly Line[];
}

const SALE_FIELDS =
  'id final status lines { ref gross { amount } net { amount } refunded { amount } unallocated { value unit } allocations { batch { id } quantity { value unit } } }';

let world: TestApp;
let coop: AnOrganisationAtWork;
let mill: AnOrganisationAtWork;
let productId: string;
let householdId: string;

beforeAll(async () => {
  world = await startTestApp();
  coop = await anOrganisationAtWork(world.admin);
  mill = await anOrganisationAtWork(world.admin, { kind: 'PROCESSOR' });
  productId = (await aProduct(coop.manager, coop.id, { netContent: kg('5') })).id;
  householdId = (await aHousehold(coop.manager, coop.id)).id;
});
afterAll(() => world.stop());

/** A lot of 100 kg in the cooperative's hands. */
async function aLot(): Promise<{ madeBy: { captureId: string } }> {
  const { id } = await aDelivery(coop.manager, { productId, householdId, facilityId: coop.facilityId });
  return { madeBy: { captureId: id } };
}

async function available(batch: { madeBy: { captureId: string } }): Promise<string> {
  const data = await coop.manager.query<{ batch: { available: { value: string } } }>(
    'query ($ref: BatchRef!) { batch(ref: $ref) { available { value } } }',
    {
      ref: batch,
    },
  );
  return data.batch.available.value;
}

async function saleOf(id: string): Promise<Sale | null> {
  return (await coop.manager.query<{ sale: Sale | null }>(`query ($id: UUID!) { sale(id: $id) { ${SALE_FIELDS} } }`, { id })).sale;
}

const order = (lines: readonly object[], input: object = {}): Record<string, unknown> => ({
  id: randomUUID(),
  sellerId: coop.id,
  soldAt: '2026-06-01T12:00:00+08:00',
  lines,
  ...input,
});

describe('a sale whose lots are known', () => {
  it('draws them from the stock and waits for attribution', async () => {
    const batch = await aLot();
    const { id } = await aSale(coop, { batch, quantity: kg('30') });
    const sale = await saleOf(id);
    expect(sale).toMatchObject({ final: true, lines: [{ ref: '1', unallocated: null, refunded: { amount: '0.00' } }] });
    expect(['PENDING', 'ATTRIBUTED']).toContain(sale?.status);
    expect(sale?.lines[0]?.allocations).toMatchObject([{ quantity: kg('30') }]);
    expect(await available(batch)).toBe('70');
  });

  it('answers with its selling event, and the same again when sent again', async () => {
    const batch = await aLot();
    const input = order([{ ref: '1', quantity: kg('1'), gross: yuan('10.00'), allocations: [{ batch, quantity: kg('1') }] }]);
    const fields = 'id replayed event { id captureId bizStep } sale { id }';
    const first = await coop.manager.mutate<object>('recordSale', input, fields);
    expect(first).toMatchObject({
      id: input['id'],
      replayed: false,
      event: { captureId: input['id'], bizStep: 'retail_selling' },
      sale: { id: input['id'] },
    });
    expect(await coop.manager.mutate<object>('recordSale', input, fields)).toEqual({ ...first, replayed: true });
    expect(await available(batch)).toBe('99');
    expect(await coop.manager.rejection('recordSale', { ...input, orderReference: 'other' })).toBe('CONFLICT');
  });

  it('nets charges, tax and the discounts of the seller, line by line', async () => {
    const batch = await aLot();
    const line = (ref: string, gross: string, more: object = {}): object => ({
      ref,
      quantity: kg('1'),
      gross: yuan(gross),
      allocations: [{ batch, quantity: kg('1') }],
      ...more,
    });
    const input = order(
      [line('a', '60.00', { tax: yuan('6.00') }), line('b', '30.00', { discounts: [{ amount: yuan('3.00'), funder: 'PLATFORM' }] })],
      {
        charges: [{ kind: 'SHIPPING', amount: yuan('9.00'), tax: yuan('0.90') }],
        discounts: [{ amount: yuan('6.00'), funder: 'SELLER' }],
      },
    );
    const { sale } = await coop.manager.mutate<{ sale: Sale }>('recordSale', input, `sale { ${SALE_FIELDS} }`);
    // a: 60 + 6 − 6 − 0.60 − 4; b: 30 + 3 − 0.30 − 2, for what the platform gives off is paid by the platform.
    expect(sale.lines.map((one) => one.net.amount)).toEqual(['55.40', '30.70']);
  });

  it('counts pieces by their net content', async () => {
    const batch = await aLot();
    const { sale } = await coop.manager.mutate<{ sale: Sale }>(
      'recordSale',
      order([{ ref: '1', quantity: pieces('4'), gross: yuan('80.00'), allocations: [{ batch, quantity: pieces('3') }] }]),
      `sale { ${SALE_FIELDS} }`,
    );
    expect(sale.status).toBe('AWAITING_FULFILMENT');
    expect(sale.lines[0]).toMatchObject({ unallocated: pieces('1'), allocations: [{ quantity: kg('15') }] });
    expect(await available(batch)).toBe('85');
  });

  it('is refused, and draws nothing, where the goods are not there, not the seller’s, or more than was sold', async () => {
    const batch = await aLot();
    const line = (quantity: string, allocated: string): object => ({
      ref: '1',
      quantity: kg(quantity),
      gross: yuan('1.00'),
      allocations: [{ batch, quantity: kg(allocated) }],
    });
    expect(await coop.manager.rejection('recordSale', order([line('101', '101')]))).toBe('BATCH_OVERDRAWN');
    expect(await coop.manager.rejection('recordSale', order([line('2', '3')]))).toBe('LINE_OVERALLOCATED');
    expect(await mill.manager.rejection('recordSale', order([line('1', '1')], { sellerId: mill.id }))).toBe('CUSTODY_WRONG');
    expect(await available(batch)).toBe('100');
  });
});

describe('a sale, for the modules that ask for it', () => {
  it('tells its lines, from which holdings they came, and whether fees of its platform are still to come', async () => {
    const sales = world.app.get(SaleService, { strict: false });
    const { reader } = world.app.get(Database, { strict: false });
    const shopId = randomUUID();
    await coop.manager.mutate('registerShop', { id: shopId, organisationId: coop.id, name: 'Shop', platform: 'SHOPIFY' }, 'id');
    const batch = await aLot();
    const fees = [{ kind: 'FEE', payee: { outsider: 'The platform' }, amount: yuan('0.60') }];
    const { id } = await aSale(coop, { batch, quantity: kg('2') }, { shopId });
    const paid = await aSale(coop, { batch, quantity: kg('3') }, { shopId, fees });
    const facts = await sales.saleFacts(reader, [id, paid.id]);
    expect(facts.map((sale) => [sale.id, sale.feesPending])).toEqual([
      [id, true],
      [paid.id, false],
    ]);
    expect(facts[0]).toMatchObject({ sellerId: coop.id, shopId, currency: 'CNY', final: true, soldAt: new Date('2026-06-01T04:00:00Z') });
    expect(facts[0]?.lines).toMatchObject([
      { ref: '1', netMinor: 1_000n, grossMinor: 1_000n, whole: true, allocations: [{ quantity: 2_000_000n, dimension: 'MASS' }] },
    ]);
    const holdingIds = facts.flatMap((sale) => sale.lines.flatMap((line) => line.allocations.map((one) => one.holdingId)));
    expect(new Set(await sales.salesOfHoldings(reader, holdingIds))).toEqual(new Set([id, paid.id]));
  });

  it('refuses fees to oneself or in another currency, and draws nothing', async () => {
    const batch = await aLot();
    const fees = [{ kind: 'FEE', payee: { organisationId: coop.id }, amount: yuan('1.00') }];
    await expect(aSale(coop, { batch, quantity: kg('1') }, { fees })).rejects.toMatchObject({
      code: 'TRADE_WITH_ONESELF',
      inputPath: ['input', 'fees', '0', 'payee'],
    });
    const dollars = [{ kind: 'FEE', payee: { outsider: 'The platform' }, amount: { amount: '1.00', currency: 'USD' } }];
    await expect(aSale(coop, { batch, quantity: kg('1') }, { fees: dollars })).rejects.toMatchObject({ code: 'CURRENCY_MISMATCH' });
    expect(await available(batch)).toBe('100');
  });

  it('keeps the name of an external buyer sealed', async () => {
    const batch = await aLot();
    const { id } = await aSale(coop, { batch, quantity: kg('1') }, { buyer: { external: 'Restaurant Zhang' } });
    const { reader } = world.app.get(Database, { strict: false });
    const [row] = await reader.query<{ kept: string }>('SELECT row_to_json(sales)::text AS kept FROM sales WHERE id = $1', [id]);
    expect(row?.kept).toContain('EXTERNAL');
    expect(row?.kept).not.toContain('Zhang');
  });
});

describe('an order', () => {
  it('without lots needs a listing', async () => {
    expect(
      await coop.manager.rejection('recordSale', order([{ ref: '1', quantity: pieces('1'), gross: yuan('1.00'), sku: 'NOWHERE' }])),
    ).toBe('LISTING_UNKNOWN');
  });

  it('speaks one currency', async () => {
    const batch = await aLot();
    const line = {
      ref: '1',
      quantity: kg('1'),
      gross: yuan('1.00'),
      tax: { amount: '0.10', currency: 'USD' },
      allocations: [{ batch, quantity: kg('1') }],
    };
    expect(await coop.manager.rejection('recordSale', order([line]))).toBe('CURRENCY_MISMATCH');
  });

  it('is recorded by the seller alone, not even by the administration', async () => {
    const batch = await aLot();
    const lines = [{ ref: '1', quantity: kg('1'), gross: yuan('1.00'), allocations: [{ batch, quantity: kg('1') }] }];
    expect(await mill.manager.rejection('recordSale', order(lines))).toBe('FORBIDDEN');
    expect(await world.admin.rejection('recordSale', order(lines))).toBe('FORBIDDEN');
    expect(await world.as(null).rejection('recordSale', order(lines))).toBe('UNAUTHENTICATED');
  });

  it('of a business on the platform is the order alone', async () => {
    const batch = await aLot();
    const line = { ref: '1', quantity: kg('1'), gross: yuan('1.00') };
    const trade = { buyer: { organisationId: mill.id } };
    const { sale } = await coop.manager.mutate<{ sale: Sale }>('recordSale', order([line], trade), `sale { ${SALE_FIELDS} }`);
    expect(sale).toMatchObject({ final: false, status: 'NOT_FINAL', lines: [{ allocations: [], unallocated: null }] });
    const allocated = { ...line, allocations: [{ batch, quantity: kg('1') }] };
    expect(await coop.manager.rejection('recordSale', order([allocated], trade))).toBe('SALE_NOT_FINAL');
    const fulfilment = {
      id: randomUUID(),
      saleId: sale.id,
      at: '2026-06-02T08:00:00+08:00',
      lines: [{ lineRef: '1', batch, quantity: kg('1') }],
    };
    expect(await coop.manager.rejection('recordFulfilment', fulfilment)).toBe('SALE_NOT_FINAL');
    expect(await coop.manager.rejection('recordSale', order([line], { buyer: { organisationId: coop.id } }))).toBe('TRADE_WITH_ONESELF');
  });
});

describe('sales', () => {
  it('are seen by the seller and by those who oversee, page by page, newest first', async () => {
    const seller = await anOrganisationAtWork(world.admin);
    const line = { ref: '1', quantity: kg('1'), gross: yuan('1.00') };
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      const input = { ...order([line], { buyer: { organisationId: mill.id } }), sellerId: seller.id, orderReference: `order ${i}` };
      ids.unshift((await seller.manager.mutate<{ id: string }>('recordSale', input, 'id')).id);
    }
    const ask = `query ($filter: SaleFilter, $after: String) { sales(filter: $filter, first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }`;
    interface Page {
      readonly sales: {
        readonly nodes: readonly { readonly id: string }[];
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
      };
    }
    const first = (await seller.manager.query<Page>(ask)).sales;
    const second = (await seller.manager.query<Page>(ask, { after: first.pageInfo.endCursor })).sales;
    expect([...first.nodes, ...second.nodes].map((sale) => sale.id)).toEqual(ids);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
    const auditor = await aKey(world.admin, coop.id, 'AUDITOR');
    const found = (
      await auditor.client.query<Page>(ask, { filter: { sellerId: seller.id, orderReference: 'order 1', status: 'NOT_FINAL' } })
    ).sales;
    expect(found.nodes.map((sale) => sale.id)).toEqual([ids[1]]);
    expect((await mill.manager.query<Page>(ask, { filter: { sellerId: seller.id } })).sales.nodes).toEqual([]);
    expect(await mill.manager.query('query ($id: UUID!) { sale(id: $id) { id } }', { id: ids[0] })).toEqual({ sale: null });
  });
});
