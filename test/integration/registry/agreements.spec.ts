import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import type { AnOrganisationAtWork } from '../../support/builders.js';
import { anOrganisationAtWork, aProduct, yuanPer } from '../../support/builders.js';

let world: TestApp;
let coop: AnOrganisationAtWork;
let productId: string;

beforeAll(async () => {
  world = await startTestApp();
});
beforeEach(async () => {
  coop = await anOrganisationAtWork(world.admin);
  productId = (await aProduct(coop.manager, coop.id, { sku: 'KIWI' })).id;
});
afterAll(() => world.stop());

const promise = (input: Readonly<Record<string, unknown>>): Promise<string | null> =>
  coop.manager.rejection('registerAgreement', {
    id: randomUUID(),
    kind: 'REVENUE_SHARE',
    promisorId: coop.id,
    product: { id: productId },
    validFrom: '2026-01-01',
    ...input,
  });

describe('promised shares', () => {
  it('of one product and day never come to more than one', async () => {
    expect(await promise({ rate: '0.6' })).toBeNull();
    expect(await promise({ rate: '0.4' })).toBeNull();
    expect(await promise({ rate: '0.0001', product: { sku: 'KIWI' } })).toBe('PROMISE_OVER_ONE');
    expect(await promise({ rate: '0.0001', product: null })).toBe('PROMISE_OVER_ONE');
    expect(await promise({ rate: '0.5', validTo: '2025-12-31', validFrom: '2025-01-01' })).toBeNull();
    expect(await promise({ rate: '1.1', validFrom: '2024-01-01', validTo: '2024-02-01' })).toBe('PROMISE_OVER_ONE');
  });

  it('that follow one another are not added up, nor are those of two products', async () => {
    const { id: rice } = await aProduct(coop.manager, coop.id);
    expect(await promise({ rate: '0.6', validTo: '2026-07-01' })).toBeNull();
    expect(await promise({ rate: '0.6', validFrom: '2026-07-01' })).toBeNull();
    expect(await promise({ rate: '0.6', product: { id: rice } })).toBeNull();
    expect(await promise({ rate: '0.3', product: null })).toBeNull();
    expect(await promise({ rate: '0.2', product: { id: rice } })).toBe('PROMISE_OVER_ONE');
  });

  it('are added up also where two are made at the same moment', async () => {
    const outcomes = await Promise.all([promise({ rate: '0.7' }), promise({ rate: '0.7' })]);
    expect(outcomes.map(String).sort()).toEqual(['PROMISE_OVER_ONE', 'null']);
  });
});

describe('an agreement', () => {
  it('is the promisor’s own, has an end after its beginning, and what its kind needs', async () => {
    const other = await anOrganisationAtWork(world.admin);
    expect(await promise({ rate: '0.1', promisorId: other.id })).toBe('FORBIDDEN');
    expect(await promise({ rate: '0.1', validTo: '2026-01-01' })).toBe('DATES_OUT_OF_ORDER');
    expect(await promise({ rate: '0' })).toBe('FRACTION_INVALID');
    expect(await promise({})).toBe('BAD_INPUT');
    expect(await promise({ rate: '0.1', product: { id: randomUUID() } })).toBe('NOT_FOUND');
    expect(await promise({ kind: 'FLOOR_PRICE', rate: '0.1' })).toBe('BAD_INPUT');
    expect(await promise({ kind: 'FLOOR_PRICE', floor: yuanPer('jin', '2.50') })).toBeNull();
  });
});
