import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { FEED_SPAN } from '../../../src/modules/registry/registry-feed.service.js';
import { Database } from '../../../src/platform/database/database.js';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import type { AnOrganisationAtWork } from '../../support/builders.js';
import { aHousehold, aKey, anOrganisation, anOrganisationAtWork, aPlot, aProduct, AREA } from '../../support/builders.js';
import type { GraphqlClient } from '../../support/graphql.js';
import type { SocketClient } from '../../support/socket.js';
import { graphqlSocket } from '../../support/socket.js';

const FAR = '522723';

let world: TestApp;
let coop: AnOrganisationAtWork;
let other: AnOrganisationAtWork;
let supervisor: GraphqlClient;
let supervisorFar: GraphqlClient;
let database: Database;
const open: SocketClient[] = [];

beforeAll(async () => {
  world = await startTestApp();
  coop = await anOrganisationAtWork(world.admin);
  other = await anOrganisationAtWork(world.admin);
  const authority = await anOrganisation(world.admin, { kind: 'AUTHORITY', areaCode: '00' });
  supervisor = (await aKey(world.admin, authority.id, 'SUPERVISOR', { areaCode: AREA })).client;
  const farAuthority = await anOrganisation(world.admin, { kind: 'AUTHORITY', areaCode: '00' });
  supervisorFar = (await aKey(world.admin, farAuthority.id, 'SUPERVISOR', { areaCode: FAR })).client;
  database = world.app.get(Database, { strict: false });
});
afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
});
afterAll(() => world.stop());

interface Change {
  readonly seq: string;
  readonly kind: string;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly snapshotId: string;
}
interface Page {
  readonly nodes: readonly Change[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

async function page(client: GraphqlClient, variables: Readonly<Record<string, unknown>> = {}): Promise<Page> {
  const ask = `query ($after: ID, $first: Int, $kinds: [RegistryChangeKind!], $subjectId: ID) {
    registryChanges(after: $after, first: $first, kinds: $kinds, subjectId: $subjectId) {
      nodes { seq kind subjectKind subjectId snapshotId } pageInfo { hasNextPage endCursor } } }`;
  return (await client.query<{ registryChanges: Page }>(ask, variables)).registryChanges;
}

/** Everything after a number, page by page. */
async function changes(client: GraphqlClient, after: string | null, first = 200): Promise<Change[]> {
  const all: Change[] = [];
  let place = after;
  for (;;) {
    const { nodes, pageInfo } = await page(client, { after: place, first });
    all.push(...nodes);
    place = pageInfo.endCursor;
    if (!pageInfo.hasNextPage) return all;
  }
}

const here = async (): Promise<string> => {
  let after: string | null = null;
  for (;;) {
    const { pageInfo } = await page(world.admin, { after, first: 200 });
    after = pageInfo.endCursor;
    if (!pageInfo.hasNextPage) return after;
  }
};
const told = (list: readonly Change[]): string[] => list.map(({ kind }) => kind);

describe('the change feed', () => {
  it('tells each change once and in order, by pages of any size', async () => {
    const start = await here();
    await aHousehold(coop.manager, coop.id);
    await aProduct(coop.manager, coop.id);
    const whole = await changes(world.admin, start);
    expect(told(whole)).toEqual(['HOUSEHOLD', 'MEMBERSHIP', 'PRODUCT']);
    expect(await changes(world.admin, start, 1)).toEqual(whole);
    const [first, , last] = whole;
    expect(first).toMatchObject({ subjectKind: 'HOUSEHOLD', snapshotId: `registry-${first?.seq ?? ''}` });
    expect(await changes(world.admin, last?.seq ?? '')).toEqual([]);
    expect(told((await page(world.admin, { after: start, kinds: ['PRODUCT'] })).nodes)).toEqual(['PRODUCT']);
    expect(told((await page(world.admin, { after: start, subjectId: first?.subjectId })).nodes)).toEqual(['HOUSEHOLD', 'MEMBERSHIP']);
  });

  it('tells a cooperative of its own members and dealings, and nothing of another’s or of who is poor', async () => {
    const start = await here();
    const household = await aHousehold(world.admin, coop.id);
    await world.admin.mutate(
      'recordMembership',
      { id: randomUUID(), householdId: household.id, cooperativeId: other.id, validFrom: '2026-01-01' },
      'id',
    );
    const status = { kind: 'REGISTERED', validFrom: '2026-01-01', register: 'CN-MONITORING' };
    await supervisor.mutate('recordHouseholdStatus', { id: randomUUID(), householdId: household.id, status }, 'id');
    await aPlot(world.admin, household.id);
    await aProduct(other.manager, other.id);
    const stranger = await anOrganisationAtWork(world.admin);

    const mine = await changes(coop.manager, start);
    expect(told(mine)).toEqual(['HOUSEHOLD', 'MEMBERSHIP', 'PLOT']);
    const theirs = await changes(other.manager, start);
    expect(told(theirs)).toEqual(['HOUSEHOLD', 'MEMBERSHIP', 'PLOT', 'PRODUCT']);
    expect(mine[1]?.seq).not.toBe(theirs[1]?.seq);
    expect(told(await changes(stranger.manager, start))).toEqual(['FACILITY']);
    const all = await changes(world.admin, start);
    expect(told(all)).toEqual(['HOUSEHOLD', 'MEMBERSHIP', 'MEMBERSHIP', 'HOUSEHOLD_STATUS', 'PLOT', 'PRODUCT', 'FACILITY']);
    expect(await changes(supervisor, start)).toEqual(all);
    expect(await changes(supervisorFar, start)).toEqual([]);
  });

  it('tells a cooperative nothing more of a household that has left it', async () => {
    const household = await aHousehold(world.admin, other.id);
    const membership = { id: randomUUID(), householdId: household.id, cooperativeId: coop.id };
    await world.admin.mutate('recordMembership', { ...membership, validFrom: '2020-01-01', validTo: '2021-01-01' }, 'id');
    const start = await here();
    await aPlot(world.admin, household.id);
    expect(told(await changes(other.manager, start))).toEqual(['PLOT']);
    expect(told(await changes(coop.manager, start))).toEqual([]);
  });

  it('goes on through what is of others in spans, and says that there is more', async () => {
    const start = BigInt(await here());
    await database.transaction(async (tx) => {
      await tx.query("SELECT pg_advisory_xact_lock(hashtextextended('registry', 0))");
      await tx.query(
        `INSERT INTO registry_changes (seq, kind, subject_kind, subject_id, organisation_id, recorded_at)
         SELECT $1 + i, 'PRODUCT', 'PRODUCT', gen_random_uuid(), $2, now() FROM generate_series(1, $3::bigint) AS i`,
        [start, other.id, FEED_SPAN + 10n],
      );
    });
    await aProduct(coop.manager, coop.id);
    const first = await page(coop.manager, { after: String(start) });
    expect(first).toMatchObject({ nodes: [], pageInfo: { hasNextPage: true, endCursor: String(start + FEED_SPAN) } });
    expect(told(await changes(coop.manager, String(start)))).toEqual(['PRODUCT']);
    const heard = graphqlSocket(world.url, coop.manager.key);
    open.push(heard);
    const list = heard.subscribe<Change>('subscription ($after: ID) { registryChanges(after: $after) { kind } }', { after: String(start) });
    expect(told(await list.count(1))).toEqual(['PRODUCT']);
  });

  it('loses nothing for a client that was away: what it hears after the number that it heard last is the rest', async () => {
    const document = 'subscription ($after: ID) { registryChanges(after: $after) { seq kind subjectId } }';
    const start = await here();
    const first = await aProduct(coop.manager, coop.id);
    const before = graphqlSocket(world.url, coop.manager.key);
    const heard = await before.subscribe<Change>(document, { after: start }).count(1);
    await before.close();
    const missed = [await aProduct(coop.manager, coop.id), await aProduct(coop.manager, coop.id)];
    const again = graphqlSocket(world.url, coop.manager.key);
    open.push(again);
    const rest = again.subscribe<Change>(document, { after: heard.at(-1)?.seq });
    await rest.count(2);
    const live = await aProduct(coop.manager, coop.id);
    const items = [...heard, ...(await rest.count(3))];
    expect(items.map(({ subjectId }) => subjectId)).toEqual([first.id, ...missed.map(({ id }) => id), live.id]);
  });
});
