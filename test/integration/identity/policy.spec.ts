import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CATALOGUE } from '../../../src/core/kernel/errors.js';
import { OPERATIONS, permits } from '../../../src/modules/identity/index.js';
import type { Role } from '../../../src/modules/identity/index.js';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import { aKey, anOrganisation } from '../../support/builders.js';
import type { GraphqlClient } from '../../support/graphql.js';
import { RejectedRequest } from '../../support/graphql.js';
import { publicSchema, sampleRequest } from '../../support/sample-input.js';
import { graphqlSocket } from '../../support/socket.js';

const ROLES: readonly Role[] = ['ADMIN', 'MANAGER', 'CLERK', 'SHOP', 'VILLAGE_WORKER', 'SUPERVISOR', 'CHECKER', 'AUDITOR', 'PARTNER'];
const ALL_NAMES = Object.keys(OPERATIONS);
/** Subscriptions have a door of their own. */
const SUBSCRIPTIONS = ALL_NAMES.filter((name) => name.startsWith('Subscription.'));
const NAMES = ALL_NAMES.filter((name) => !SUBSCRIPTIONS.includes(name));
/** Who may not subscribe is told at once. */
const TOLD_MS_MAX = 1_000;
const MUTATIONS = NAMES.filter((name) => name.startsWith('Mutation.'));
const schema = publicSchema();

let world: TestApp;
const clients = new Map<Role, GraphqlClient>();

beforeAll(async () => {
  world = await startTestApp();
  const { id } = await anOrganisation(world.admin);
  for (const role of ROLES) clients.set(role, (await aKey(world.admin, id, role)).client);
});
afterAll(() => world.stop());

/** The rejection of a well-formed request, or null where it is answered. */
async function rejectionOf(client: GraphqlClient, operation: string): Promise<RejectedRequest | null> {
  const { document, variables } = sampleRequest(schema, operation);
  return client.query(document, variables).then(
    () => null,
    (error: unknown) => {
      if (error instanceof RejectedRequest) return error;
      throw error;
    },
  );
}

/** Refused at the door. What a service refuses says what it is about. */
const isShutOut = (error: RejectedRequest | null): boolean => error?.code === 'FORBIDDEN' && JSON.stringify(error.detail) === '{}';

describe('a root field', () => {
  it('has a policy, and every policy a root field', () => {
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    expect(roots.flatMap((root) => Object.keys(root?.getFields() ?? {}).map((field) => `${root?.name ?? ''}.${field}`)).sort()).toEqual(
      [...ALL_NAMES].sort(),
    );
  });

  it.each(NAMES.filter((name) => OPERATIONS[name] !== 'PUBLIC'))('%s is closed to strangers', async (name) => {
    expect((await rejectionOf(world.as(null), name))?.code).toBe('UNAUTHENTICATED');
  });

  it.each(NAMES.filter((name) => OPERATIONS[name] === 'PUBLIC'))('%s is open to strangers', async (name) => {
    expect((await rejectionOf(world.as(null), name))?.code).not.toBe('UNAUTHENTICATED');
  });

  it.each(NAMES)('%s is closed to the bearer of a wrong key, public or not', async (name) => {
    expect((await rejectionOf(world.as('sheaf_nobody-has-this-key'), name))?.code).toBe('UNAUTHENTICATED');
  });

  it.each(NAMES)('%s opens to the roles of its policy, to no other, and breaks for none', async (name) => {
    const opened: Role[] = [];
    for (const role of ROLES) {
      const rejection = await rejectionOf(clients.get(role) ?? world.as(null), name);
      expect(rejection?.code ?? 'NOT_FOUND').not.toBe('INTERNAL');
      expect(Object.keys(CATALOGUE)).toContain(rejection?.code ?? 'NOT_FOUND');
      if (!isShutOut(rejection)) opened.push(role);
    }
    expect(opened).toEqual(ROLES.filter((role) => permits(OPERATIONS[name], role)));
    expect(opened.length).toBeGreaterThan(0);
  });
});

describe('a subscription', () => {
  it.each(SUBSCRIPTIONS)('%s is closed to strangers and to the bearer of a wrong key', async () => {
    for (const key of [null, 'sheaf_nobody-has-this-key']) expect(await graphqlSocket(world.url, key).closed()).toBe(4403);
  });

  it.each(SUBSCRIPTIONS)('%s opens to the roles of its policy, and to no other', async (name) => {
    const { document, variables } = sampleRequest(schema, name);
    const opened = await Promise.all(
      ROLES.map(async (role) => {
        const socket = graphqlSocket(world.url, clients.get(role)?.key ?? null);
        const heard = socket.subscribe(document, variables);
        await Promise.race([heard.ended(), delay(TOLD_MS_MAX)]);
        heard.stop();
        await socket.close();
        return heard.errors.includes('FORBIDDEN') ? [] : [role];
      }),
    );
    expect(opened.flat()).toEqual(ROLES.filter((role) => permits(OPERATIONS[name], role)));
  });

  it.each(SUBSCRIPTIONS)('%s is not answered at the other door', async (name) => {
    expect((await rejectionOf(world.admin, name))?.code).toBe('BAD_INPUT');
  });
});

describe('the policy', () => {
  it('lets nobody change anything who only looks', () => {
    const changing = (['CHECKER', 'AUDITOR', 'PARTNER'] as const).flatMap((role) =>
      MUTATIONS.filter((name) => permits(OPERATIONS[name], role)),
    );
    expect(changing).toEqual([]);
  });

  it('leaves organisations to the administrator, and the register of the poor to its keepers', () => {
    const allowed = (name: string): Role[] => ROLES.filter((role) => permits(OPERATIONS[name], role));
    expect(allowed('Mutation.registerOrganisation')).toEqual(['ADMIN']);
    expect(allowed('Mutation.createApiKey')).toEqual(['ADMIN', 'MANAGER']);
    expect(allowed('Mutation.recordHouseholdStatus')).toEqual(['ADMIN', 'VILLAGE_WORKER', 'SUPERVISOR']);
  });

  it('denies what it does not name', () => {
    expect(ROLES.filter((role) => permits(OPERATIONS['Mutation.dropEverything'], role))).toEqual([]);
  });
});

describe('an HTTP door', () => {
  it('asks for a valid key where a wrong one is shown, and answers in problem+json', async () => {
    const answer = await fetch(`${world.url}/health/live`, { headers: { authorization: 'Bearer sheaf_nobody-has-this-key' } });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([401, expect.stringContaining('application/problem+json')]);
    expect(await answer.json()).toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
    expect((await fetch(`${world.url}/health/live`)).status).toBe(200);
  });

  it.each(['Basic dXNlcjpwYXNz', 'Bearer', 'Bearer two words', `Bearer ${'x'.repeat(300)}`])(
    'does not take %j for a key',
    async (authorization) => {
      const answer = await fetch(`${world.url}/health/live`, { headers: { authorization } });
      expect(answer.status).toBe(401);
    },
  );
});
