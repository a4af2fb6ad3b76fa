import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RegistryService } from '../../../src/modules/registry/index.js';
import { Database } from '../../../src/platform/database/database.js';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import type { AnOrganisationAtWork } from '../../support/builders.js';
import {
  AREA,
  aFacility,
  aGtin,
  aHousehold,
  aKey,
  anOrganisation,
  anOrganisationAtWork,
  aPlot,
  aProduct,
  kg,
} from '../../support/builders.js';
import type { GraphqlClient } from '../../support/graphql.js';

let world: TestApp;
let coop: AnOrganisationAtWork;
let other: AnOrganisationAtWork;
let registry: RegistryService;
let database: Database;

beforeAll(async () => {
  world = await startTestApp();
  coop = await anOrganisationAtWork(world.admin);
  other = await anOrganisationAtWork(world.admin);
  registry = world.app.get(RegistryService, { strict: false });
  database = world.app.get(Database, { strict: false });
});
afterAll(() => world.stop());

const productInput = (input: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  id: randomUUID(),
  organisationId: coop.id,
  name: 'Kiwi 贵长',
  baseUnit: 'KGM',
  ...input,
});
const refused = (input: Readonly<Record<string, unknown>>): Promise<string | null> =>
  coop.manager.rejection('registerProduct', productInput(input));

interface Page {
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

async function listed(client: GraphqlClient, list: string, args = ''): Promise<Page> {
  const answer = await client.query<Record<string, Page>>(`{ ${list}${args} { nodes { id } pageInfo { hasNextPage endCursor } } }`);
  return answer[list] ?? { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };
}

const idsOf = async (client: GraphqlClient, list: string): Promise<string[]> =>
  (await listed(client, list, '(first: 200)')).nodes.map(({ id }) => id);

describe('a product', () => {
  it('without a GTIN gets one of restricted circulation, and keeps it when it is sent again', async () => {
    const input = productInput({ netContent: { value: '5', unit: 'jin' }, sku: ' K-5 ' });
    const selection = 'id replayed product { gtin sku baseUnit netContent { value unit } }';
    const first = await coop.manager.mutate<{ product: { gtin: string } }>('registerProduct', input, selection);
    expect(first).toMatchObject({ replayed: false, product: { sku: 'K-5', baseUnit: 'KGM', netContent: { value: '5', unit: 'jin' } } });
    expect(first.product.gtin).toMatch(/^02\d{12}$/);
    expect(await coop.manager.mutate('registerProduct', input, selection)).toEqual({ ...first, replayed: true });
    expect(await coop.manager.rejection('registerProduct', { ...input, name: 'Another' })).toBe('CONFLICT');
  });

  it('passes over a restricted number that was registered by hand', async () => {
    const made = await coop.manager.mutate<{ product: { gtin: string } }>('registerProduct', productInput(), 'product { gtin }');
    const sequence = BigInt(made.product.gtin.slice(2, 13)) + 1n;
    const body = `2${sequence.toString().padStart(11, '0')}`;
    // One of the ten check digits is the right one.
    const codes = await Promise.all(Array.from({ length: 10 }, (_, digit) => refused({ gtin: `${body}${String(digit)}` })));
    expect(codes.filter((code) => code === null)).toHaveLength(1);
    expect(await refused({})).toBeNull();
  });

  it('is refused with a wrong GTIN, unit, content or package, and when it is there already', async () => {
    const gtin = aGtin();
    const wrong = `${gtin.slice(0, 12)}${String((Number(gtin[12]) + 1) % 10)}`;
    expect(await refused({ gtin: wrong })).toBe('CHECK_DIGIT_WRONG');
    expect(await refused({ baseUnit: 'bushel' })).toBe('UNIT_UNKNOWN');
    expect(await refused({ baseUnit: 'mu' })).toBe('UNIT_MISMATCH');
    expect(await refused({ netContent: { value: '2', unit: 'H87' } })).toBe('UNIT_MISMATCH');
    expect(await refused({ packages: [{ type: 'crate', netWeight: { value: '1', unit: 'LTR' }, validFrom: '2026-01-01' }] })).toBe(
      'UNIT_MISMATCH',
    );
    expect(await refused({ sku: 'a\u0000b' })).toBe('BAD_INPUT');
    expect(await refused({ gtin, sku: 'ONE', packages: [{ type: 'crate', netWeight: kg('12.5'), validFrom: '2026-01-01' }] })).toBeNull();
    expect(await refused({ gtin })).toBe('ALREADY_EXISTS');
    expect(await refused({ sku: 'ONE' })).toBe('ALREADY_EXISTS');
  });

  it('is found by id, by GTIN in any length, and by the SKU of its own organisation only', async () => {
    const gtin = aGtin();
    const { id } = await aProduct(coop.manager, coop.id, { gtin, sku: 'FOUND' });
    const resolve = (refs: Parameters<RegistryService['resolveProducts']>[1], organisationId: string): Promise<string[]> =>
      registry.resolveProducts(database.reader, refs, organisationId).then((found) => found.map((product) => product.id));
    expect(await resolve([{ sku: 'FOUND' }, { gtin }, { gtin: `0${gtin}` }, { id }], coop.id)).toEqual([id, id, id, id]);
    await expect(resolve([{ id }, { sku: 'FOUND' }], other.id)).rejects.toMatchObject({ code: 'NOT_FOUND', path: ['1', 'product'] });
  });

  it('is registered for the own organisation only', async () => {
    expect(await other.manager.rejection('registerProduct', productInput())).toBe('FORBIDDEN');
    expect(await world.admin.rejection('registerProduct', productInput({ organisationId: randomUUID() }))).toBe('NOT_FOUND');
  });
});

describe('a facility', () => {
  it('has a GLN with a right check digit, once', async () => {
    const rejection = (gln: string): Promise<string | null> =>
      coop.manager.rejection('registerFacility', { id: randomUUID(), organisationId: coop.id, name: 'Cold store', kind: 'STORE', gln });
    expect(await rejection('4012345000001')).toBe('CHECK_DIGIT_WRONG');
    expect(await rejection('4012345000009')).toBeNull();
    expect(await rejection('4012345000009')).toBe('ALREADY_EXISTS');
  });

  it('is registered for the own organisation only, and lent to that one only', async () => {
    await expect(aFacility(other.manager, coop.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await registry.requireFacilityOf(database.reader, coop.facilityId, coop.id)).toMatchObject({
      id: coop.facilityId,
      kind: 'STORE',
    });
    await expect(registry.requireFacilityOf(database.reader, coop.facilityId, other.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a plot', () => {
  it('belongs to a household of the cooperative that registers it, or to the organisation itself', async () => {
    const household = await aHousehold(coop.manager, coop.id);
    await aPlot(coop.manager, household.id, { geometry: { type: 'Point', coordinates: [106.59, 26.84] } });
    await expect(aPlot(other.manager, household.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const orchard = (client: GraphqlClient): Promise<string | null> =>
      client.rejection('registerPlot', { id: randomUUID(), owner: { organisationId: coop.id }, areaCode: AREA });
    expect(await orchard(coop.manager)).toBeNull();
    expect(await orchard(other.manager)).toBe('FORBIDDEN');
  });

  it('is refused with swapped coordinates, a weight for an area, an owner by name, or one who is not there', async () => {
    const household = await aHousehold(coop.manager, coop.id);
    const rejection = (input: Readonly<Record<string, unknown>>): Promise<string | null> =>
      coop.manager.rejection('registerPlot', { id: randomUUID(), owner: { householdId: household.id }, areaCode: AREA, ...input });
    expect(await rejection({ geometry: { type: 'Point', coordinates: [26.84, 106.59] } })).toBe('BAD_INPUT');
    expect(await rejection({ declaredArea: kg('3') })).toBe('UNIT_MISMATCH');
    expect(await rejection({ owner: { outsider: 'Neighbour' } })).toBe('BAD_INPUT');
    expect(await rejection({ owner: { householdId: randomUUID() } })).toBe('NOT_FOUND');
    expect(await rejection({ owner: { memberId: household.memberId } })).toBeNull();
  });

  it('is registered by a village worker in the own area only', async () => {
    const authority = await anOrganisation(world.admin, { kind: 'AUTHORITY' });
    const worker = await aKey(world.admin, authority.id, 'VILLAGE_WORKER', { areaCode: AREA });
    const here = await aHousehold(coop.manager, coop.id);
    const elsewhere = await aHousehold(coop.manager, coop.id, { areaCode: '522723' });
    await aPlot(worker.client, here.id);
    await expect(aPlot(worker.client, here.id, { areaCode: '522723' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(aPlot(worker.client, elsewhere.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a listing', () => {
  it('shows an organisation its own and the administrator everything', async () => {
    const mine = await aProduct(coop.manager, coop.id);
    const theirs = await aProduct(other.manager, other.id);
    expect(await idsOf(coop.manager, 'products')).toContain(mine.id);
    expect(await idsOf(coop.manager, 'products')).not.toContain(theirs.id);
    expect(await idsOf(world.admin, 'products')).toEqual(expect.arrayContaining([mine.id, theirs.id]));
    expect(await idsOf(coop.manager, 'facilities')).toContain(coop.facilityId);
    expect(await idsOf(coop.manager, 'facilities')).not.toContain(other.facilityId);
  });

  it('shows the overseer of an area what belongs to the organisations in it', async () => {
    const far = await anOrganisationAtWork(world.admin, { areaCode: '522723' });
    const authority = await anOrganisation(world.admin, { kind: 'AUTHORITY' });
    const supervisor = await aKey(world.admin, authority.id, 'SUPERVISOR', { areaCode: '5227' });
    expect(await idsOf(supervisor.client, 'facilities')).toEqual([far.facilityId]);
  });

  it('shows a household and its plots to the cooperative that it joined, and to no other', async () => {
    const household = await aHousehold(world.admin, coop.id);
    const plot = await aPlot(coop.manager, household.id);
    expect(await idsOf(coop.manager, 'households')).toContain(household.id);
    expect(await idsOf(coop.manager, 'plots')).toContain(plot.id);
    expect(await idsOf(other.manager, 'households')).not.toContain(household.id);
    expect(await idsOf(other.manager, 'plots')).not.toContain(plot.id);
  });

  it('is walked page by page without loss or repetition', async () => {
    const { id, manager } = await anOrganisationAtWork(world.admin);
    const made = await Promise.all(Array.from({ length: 5 }, () => aProduct(manager, id)));
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: Page = await listed(manager, 'products', `(first: 2${after === null ? '' : `, after: "${after}"`})`);
      seen.push(...page.nodes.map((node) => node.id));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual(made.map((product) => product.id).sort());
    await expect(listed(manager, 'products', '(after: "bm8gaWQ")')).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});
