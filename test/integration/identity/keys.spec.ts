import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Clock } from '../../../src/platform/clock/clock.js';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import { aKey, anOrganisation, AREA } from '../../support/builders.js';
import { administer } from '../../support/database.js';
import type { GraphqlClient } from '../../support/graphql.js';

const HOUR_MS = 3_600_000;

class MovedClock extends Clock {
  movedMs = 0;

  override nowMs(): number {
    return super.nowMs() + this.movedMs;
  }
}

let world: TestApp;
let organisationId: string;
let manager: GraphqlClient;
const clock = new MovedClock();

beforeAll(async () => {
  world = await startTestApp({ clock });
  organisationId = (await anOrganisation(world.admin)).id;
  manager = (await aKey(world.admin, organisationId)).client;
});
afterAll(() => world.stop());

const looks = (client: GraphqlClient): Promise<string> =>
  client.query('{ facilities { nodes { id } } }').then(
    () => 'ANSWERED',
    (error: unknown) => (error as { code: string }).code,
  );

const making = (by: GraphqlClient, input: Readonly<Record<string, unknown>>): Promise<string | null> =>
  by.rejection('createApiKey', { id: randomUUID(), organisationId, role: 'CLERK', ...input });

describe('an API key', () => {
  it('is told once: a replay answers null, and other content is a conflict', async () => {
    const input = { id: randomUUID(), organisationId, role: 'CLERK' };
    const first = await world.admin.mutate<{ key: string }>('createApiKey', input, 'id replayed key');
    expect(first).toEqual({ id: input.id, replayed: false, key: expect.stringMatching(/^sheaf_[\w-]{32}$/) });
    expect(await world.admin.mutate('createApiKey', input, 'id replayed key')).toEqual({ id: input.id, replayed: true, key: null });
    expect(await world.admin.rejection('createApiKey', { ...input, role: 'SHOP' })).toBe('CONFLICT');
    expect(await looks(world.as(first.key))).toBe('ANSWERED');
  });

  it('is kept as its SHA-256 only', async () => {
    const { id, key } = await aKey(world.admin, organisationId);
    await administer(async (client) => {
      const { rows } = await client.query<{ key_hash: Buffer; row: string }>(
        'SELECT key_hash, to_jsonb(api_keys)::text AS row FROM api_keys WHERE id = $1',
        [id],
      );
      expect(rows[0]?.key_hash).toEqual(createHash('sha256').update(key).digest());
      expect(rows[0]?.row).not.toContain(key);
      const { rows: answers } = await client.query<{ row: string }>('SELECT to_jsonb(client_requests)::text AS row FROM client_requests');
      expect(answers.map(({ row }) => row).join()).not.toContain(key);
    }, world.databaseUrl);
  });

  it('opens nothing once it has expired, also where it was believed a moment before', async () => {
    const expiresAt = new Date(clock.nowMs() + HOUR_MS).toISOString();
    const { client } = await aKey(world.admin, organisationId, 'MANAGER', { expiresAt });
    expect(await looks(client)).toBe('ANSWERED');
    clock.movedMs += HOUR_MS;
    expect(await looks(client)).toBe('UNAUTHENTICATED');
    const old = await aKey(world.admin, organisationId, 'MANAGER', { expiresAt: '2020-01-01T00:00:00Z' });
    expect(await looks(old.client)).toBe('UNAUTHENTICATED');
  });

  it('is made for an organisation that is there', async () => {
    expect(await making(world.admin, { organisationId: randomUUID() })).toBe('NOT_FOUND');
  });
});

describe('a manager', () => {
  it.each(['MANAGER', 'CLERK', 'SHOP', 'PARTNER'])('makes keys of role %s for the own organisation', async (role) => {
    expect(await making(manager, { role })).toBeNull();
  });

  it.each(['ADMIN', 'SUPERVISOR', 'CHECKER', 'AUDITOR', 'VILLAGE_WORKER'])('makes no key of role %s', async (role) => {
    expect(await making(manager, { role })).toBe('FORBIDDEN');
  });

  it('makes no key for another organisation', async () => {
    const other = await anOrganisation(world.admin);
    expect(await making(manager, { organisationId: other.id })).toBe('FORBIDDEN');
  });

  it('of one area makes no key that reaches further', async () => {
    const { client: local } = await aKey(world.admin, organisationId, 'MANAGER', { areaCode: AREA });
    expect(await making(local, {})).toBe('FORBIDDEN');
    expect(await making(local, { areaCode: AREA.slice(0, 4) })).toBe('FORBIDDEN');
    expect(await making(local, { areaCode: `${AREA}101` })).toBeNull();
  });
});

describe('an organisation', () => {
  it('keeps its id: what was there before the first request is not registered again', async () => {
    let administration = '';
    await administer(async (client) => {
      const { rows } = await client.query<{ id: string }>("SELECT id FROM organisations WHERE name = 'Platform administration'");
      administration = rows[0]?.id ?? '';
    }, world.databaseUrl);
    const input = { name: 'Mine', kind: 'OTHER', areaCode: AREA, timeZone: 'Asia/Shanghai', currency: 'CNY' };
    expect(await world.admin.rejection('registerOrganisation', { id: administration, ...input })).toBe('ALREADY_EXISTS');
  });

  it.each([
    ['a name of spaces', { name: '   ' }, 'BAD_INPUT'],
    ['a time zone of nowhere', { timeZone: 'Asia/Nowhere' }, 'BAD_INPUT'],
    ['a currency of nobody', { currency: 'XYZ' }, 'CURRENCY_UNKNOWN'],
    ['a short GLN', { gln: '69012345' }, 'GS1_KEY_INVALID'],
  ])('is refused with %s', async (_, input, code) => {
    await expect(anOrganisation(world.admin, input)).rejects.toMatchObject({ code });
  });
});
