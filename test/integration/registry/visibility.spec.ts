import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import type { AnOrganisationAtWork } from '../../support/builders.js';
import { aFacility, aHousehold, aKey, anOrganisation, anOrganisationAtWork, aPlot, aProduct, AREA } from '../../support/builders.js';
import type { GraphqlClient } from '../../support/graphql.js';

const FAR = '522723';
const LISTS = ['facilities', 'products', 'households', 'plots'] as const;
type List = (typeof LISTS)[number];

interface Belongings extends Readonly<Record<List, readonly string[]>> {
  readonly organisation: AnOrganisationAtWork;
}

let world: TestApp;
let here: Belongings;
let there: Belongings;

beforeAll(async () => {
  world = await startTestApp();
  here = await anOrganisationWithSeven(AREA);
  there = await anOrganisationWithSeven(FAR);
});
afterAll(() => world.stop());

async function anOrganisationWithSeven(areaCode: string): Promise<Belongings> {
  const organisation = await anOrganisationAtWork(world.admin, { areaCode });
  const { id, manager, facilityId } = organisation;
  const seven = <T>(make: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: 7 }, make));
  const facilities = [{ id: facilityId }, ...(await Promise.all(Array.from({ length: 6 }, () => aFacility(manager, id))))];
  const products = await seven(() => aProduct(manager, id));
  const households = await seven(() => aHousehold(manager, id, { areaCode }));
  const plots = await Promise.all(households.map((household) => aPlot(manager, household.id, { areaCode })));
  const ids = (rows: readonly { id: string }[]): string[] => rows.map((row) => row.id).sort();
  return { organisation, facilities: ids(facilities), products: ids(products), households: ids(households), plots: ids(plots) };
}

interface Page {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly endCursor: string | null };
}

async function pages(client: GraphqlClient, list: List, size: number): Promise<Page[]> {
  const found: Page[] = [];
  let after: string | null = null;
  do {
    const ask = `query ($first: Int, $after: String) { ${list}(first: $first, after: $after) { edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`;
    const answer: Record<string, Page> = await client.query(ask, { first: size, after });
    const page = answer[list];
    if (!page) throw new Error('No page.');
    found.push(page);
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return found;
}

const all = async (client: GraphqlClient, list: List): Promise<string[]> =>
  (await pages(client, list, 200)).flatMap((page) => page.edges.map(({ node }) => node.id)).sort();

describe.each(LISTS)('the list of %s', (list) => {
  it('walked by pages of three gives every row once', async () => {
    const walked = await pages(here.organisation.manager, list, 3);
    expect(walked.map((page) => page.edges.length)).toEqual([3, 3, 1]);
    expect(walked.flatMap((page) => page.edges.map(({ node }) => node.id))).toEqual(here[list]);
    expect(walked.map(({ pageInfo }) => [pageInfo.hasPreviousPage, pageInfo.hasNextPage])).toEqual([
      [false, true],
      [true, true],
      [true, false],
    ]);
    expect(walked.map((page) => page.pageInfo.endCursor)).toEqual(walked.map((page) => page.edges.at(-1)?.cursor));
  });

  it('shows an organisation its own rows and none of another', async () => {
    expect(await all(here.organisation.manager, list)).toEqual(here[list]);
    expect(await all(there.organisation.manager, list)).toEqual(there[list]);
  });

  it('shows the administrator all, and the supervisor those of the own area', async () => {
    expect(await all(world.admin, list)).toEqual(expect.arrayContaining([...here[list], ...there[list]]));
    const authority = await anOrganisation(world.admin, { kind: 'AUTHORITY', areaCode: '00' });
    const supervisor = await aKey(world.admin, authority.id, 'SUPERVISOR', { areaCode: FAR });
    expect(await all(supervisor.client, list)).toEqual(there[list]);
  });

  it.each([0, -1, 201])('has no page of %i', async (first) => {
    await expect(pages(here.organisation.manager, list, first)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});

describe('a village worker', () => {
  it('sees and registers households and plots of the own area only', async () => {
    const authority = await anOrganisation(world.admin, { kind: 'AUTHORITY', areaCode: '00' });
    const { client: worker } = await aKey(world.admin, authority.id, 'VILLAGE_WORKER', { areaCode: FAR });
    expect(await all(worker, 'households')).toEqual(there.households);
    expect(await all(worker, 'plots')).toEqual(there.plots);
    await expect(aHousehold(worker, here.organisation.id)).rejects.toMatchObject({ code: 'FORBIDDEN', inputPath: ['areaCode'] });
    const [elsewhere = ''] = here.households;
    const status = { kind: 'REGISTERED', validFrom: '2026-01-01', register: 'CN-MONITORING' };
    expect(await worker.rejection('recordHouseholdStatus', { id: randomUUID(), householdId: elsewhere, status })).toBe('NOT_FOUND');
    expect(await worker.rejection('registerPlot', { id: randomUUID(), owner: { householdId: elsewhere }, areaCode: FAR })).toBe(
      'NOT_FOUND',
    );
  });
});

describe('a plot', () => {
  it('that a village worker registered is seen by the cooperative whose member owns it, and by no other', async () => {
    const cooperative = await anOrganisationAtWork(world.admin);
    const authority = await anOrganisation(world.admin, { kind: 'AUTHORITY', areaCode: '00' });
    const { client: worker } = await aKey(world.admin, authority.id, 'VILLAGE_WORKER', { areaCode: AREA });
    const household = await aHousehold(cooperative.manager, cooperative.id);
    const plot = await aPlot(worker, household.id);
    expect(await all(cooperative.manager, 'plots')).toEqual([plot.id]);
    expect(await all(there.organisation.manager, 'plots')).toEqual(there.plots);
  });
});

describe('what belongs to another organisation', () => {
  it('cannot be registered for it', async () => {
    const { manager } = here.organisation;
    const { id: other } = there.organisation;
    await expect(aFacility(manager, other)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(aProduct(manager, other)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(aHousehold(manager, other)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const [stranger = ''] = there.households;
    await expect(aPlot(manager, stranger)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is not said to be poor, or not, by a key of the cooperative itself', async () => {
    const [own = ''] = here.households;
    const status = { kind: 'REGISTERED', validFrom: '2026-01-01', register: 'CN-MONITORING' };
    for (const role of ['MANAGER', 'CLERK', 'SHOP']) {
      const { client } = await aKey(world.admin, here.organisation.id, role);
      expect(await client.rejection('recordHouseholdStatus', { id: randomUUID(), householdId: own, status })).toBe('FORBIDDEN');
    }
  });
});
