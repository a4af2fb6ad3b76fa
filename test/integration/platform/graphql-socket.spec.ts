import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { SOCKET_MESSAGE_BYTES_MAX } from '../../../src/platform/graphql/graphql-socket.js';
import { SOCKETS_OF_A_KEY_MAX, SUBSCRIPTIONS_OF_A_SOCKET_MAX } from '../../../src/platform/graphql/socket-connection.js';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import type { AnOrganisationAtWork } from '../../support/builders.js';
import { aKey, anOrganisationAtWork, aProduct } from '../../support/builders.js';
import { createTestDatabase } from '../../support/database.js';
import type { TestRedis } from '../../support/redis.js';
import { describeOnRedis, startTestRedis } from '../../support/redis.js';
import type { SocketClient } from '../../support/socket.js';
import { graphqlSocket } from '../../support/socket.js';

const CHANGES = 'subscription ($after: ID) { registryChanges(after: $after) { seq kind subjectId } }';
interface Change {
  readonly seq: string;
  readonly kind: string;
  readonly subjectId: string;
}

const open: SocketClient[] = [];
afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
});

function socket(world: Pick<TestApp, 'url'>, key: string | null): SocketClient {
  const client = graphqlSocket(world.url, key);
  open.push(client);
  return client;
}

describe('WS /graphql', () => {
  let world: TestApp;
  let coop: AnOrganisationAtWork;

  beforeAll(async () => {
    world = await startTestApp();
    coop = await anOrganisationAtWork(world.admin);
  });
  afterAll(() => world.stop());

  it('tells a subscriber what happens from now on, in order', async () => {
    const heard = socket(world, coop.manager.key).subscribe<Change>(CHANGES);
    // The subscription stands once it has told of something.
    const made: string[] = [];
    while (heard.items.length === 0) {
      made.push((await aProduct(coop.manager, coop.id)).id);
    }
    const next = await Promise.all([aProduct(coop.manager, coop.id), aProduct(coop.manager, coop.id)]);
    made.push(...next.map(({ id }) => id));
    const place = made.indexOf(heard.items[0]?.subjectId ?? '');
    const expected = made.slice(place);
    const items = await heard.count(expected.length);
    expect(items.map(({ subjectId }) => subjectId).sort()).toEqual([...expected].sort());
    const seqs = items.map(({ seq }) => Number(seq));
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    expect(heard.errors).toEqual([]);
  });

  it('takes the key also from the header of the upgrade', async () => {
    const client = new WebSocket(`${world.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      headers: { authorization: `Bearer ${coop.manager.key ?? ''}` },
    });
    await once(client, 'open');
    client.send('{"type":"connection_init"}');
    const [message] = (await once(client, 'message')) as [Buffer];
    expect(JSON.parse(message.toString())).toEqual({ type: 'connection_ack' });
    client.terminate();
  });

  it.each([
    ['no key', null],
    ['a wrong key', 'sheaf_nobody'],
  ])('closes on %s', async (_, key) => {
    expect(await socket(world, key).closed()).toBe(4403);
  });

  it('refuses what a role may not hear, as the other door does', async () => {
    const shop = await aKey(world.admin, coop.id, 'SHOP');
    const heard = socket(world, shop.key).subscribe(CHANGES);
    await heard.ended();
    expect(heard.errors).toEqual(['FORBIDDEN']);
  });

  it.each([
    ['a question', '{ registryChanges { nodes { seq } } }', 'BAD_INPUT'],
    ['a mutation', 'mutation { createApiKey(input: {}) { id } }', 'BAD_INPUT'],
    ['no GraphQL', 'subscription {', 'BAD_INPUT'],
    ['a field that is not there', 'subscription { registryChanges { name } }', 'BAD_INPUT'],
    ['a number that is none', 'subscription { registryChanges(after: "last") { seq } }', 'BAD_INPUT'],
    ['a text that cannot be kept', 'subscription { registryChanges(subjectId: "a\\u0000") { seq } }', 'BAD_INPUT'],
    [
      'too many fields',
      `subscription { registryChanges { ${Array.from({ length: 1_001 }, (_, i) => `a${String(i)}: seq`).join(' ')} } }`,
      'QUERY_TOO_DEEP',
    ],
  ])('refuses %s, and stays open', async (_, document, code) => {
    const client = socket(world, coop.manager.key);
    const refused = client.subscribe(document);
    await refused.ended();
    expect(refused.errors[0]).toBe(code);
    const heard = client.subscribe<Change>(CHANGES, { after: '-1' });
    await heard.count(1);
  });

  it('has room for a limited number of subscriptions on a connection, and of connections of a key', async () => {
    const { key } = await aKey(world.admin, coop.id, 'CLERK');
    const client = socket(world, key);
    const all = Array.from({ length: SUBSCRIPTIONS_OF_A_SOCKET_MAX }, () => client.subscribe<Change>(CHANGES, { after: '0' }));
    await Promise.all(all.map((heard) => heard.count(1)));
    const tooMany = client.subscribe(CHANGES);
    await tooMany.ended();
    expect(tooMany.errors).toEqual(['TOO_MANY_ITEMS']);
    all[0]?.stop();
    await client.subscribe<Change>(CHANGES, { after: '0' }).count(1);

    const others = Array.from({ length: SOCKETS_OF_A_KEY_MAX - 1 }, () => socket(world, key).subscribe<Change>(CHANGES, { after: '0' }));
    await Promise.all(others.map((heard) => heard.count(1)));
    expect(await socket(world, key).closed()).toBe(4429);
  });

  it('closes on a message that is too large, on one that is no message, and on another protocol', async () => {
    const url = `${world.url.replace('http', 'ws')}/graphql`;
    const closeOf = async (protocol: string, send: string | Buffer | null): Promise<number> => {
      const client = new WebSocket(url, protocol);
      client.on('error', () => undefined);
      const closed = new Promise<number>((resolve) => client.once('close', (code) => resolve(code)));
      client.once('open', () => {
        if (send !== null) client.send(send);
      });
      return closed;
    };
    expect(await closeOf('graphql-transport-ws', 'x'.repeat(SOCKET_MESSAGE_BYTES_MAX + 1))).toBe(1009);
    expect(await closeOf('graphql-transport-ws', 'hello')).toBe(4400);
    expect(await closeOf('graphql-transport-ws', Buffer.from([1, 2]))).toBe(4400);
    expect(await closeOf('graphql-transport-ws', '{"id":"1","type":"subscribe","payload":{"query":"{ __typename }"}}')).toBe(4401);
    // No protocol that both speak: a client of the standard closes by itself.
    expect(await closeOf('graphql-ws', null)).toBe(1006);
  });

  it('is nowhere else', async () => {
    const upgrade = request(`${world.url}/elsewhere`, {
      headers: {
        connection: 'upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      },
    });
    upgrade.end();
    const [response] = (await once(upgrade, 'response')) as [{ statusCode: number }];
    expect(response.statusCode).toBe(404);
  });

  it('says goodbye when the platform stops', async () => {
    const other = await startTestApp();
    await anOrganisationAtWork(other.admin);
    const client = socket(other, other.adminKey);
    await client.subscribe<Change>(CHANGES, { after: '0' }).count(1);
    const closed = client.closed();
    const startedMs = Date.now();
    await other.stop();
    expect(await closed).toBe(1001);
    expect(Date.now() - startedMs).toBeLessThan(8_000);
  });
});

describeOnRedis('WS /graphql of two processes on one Redis', () => {
  let redis: TestRedis;
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let writer: TestApp;
  let teller: TestApp;

  beforeAll(async () => {
    redis = await startTestRedis('--maxmemory-policy', 'noeviction');
    database = await createTestDatabase();
    const env = { REDIS_URL: redis.urlOf() };
    writer = await startTestApp({ database, env });
    teller = await startTestApp({ database, env });
  });
  afterAll(async () => {
    await writer.stop();
    await teller.stop();
    await database.drop();
    await redis.stop();
  });

  it('tells at the one what happens at the other, at once while Redis is there, and within seconds while it is not', async () => {
    const coop = await anOrganisationAtWork(writer.admin);
    const heard = socket(teller, coop.manager.key).subscribe<Change>(CHANGES, { after: '0' });
    const before = (await heard.count(1)).length;
    const startedMs = Date.now();
    const first = await aProduct(coop.manager, coop.id);
    expect((await heard.count(before + 1)).at(-1)?.subjectId).toBe(first.id);
    expect(Date.now() - startedMs).toBeLessThan(3_000);
    await redis.kill();
    // Its next look without news is still to come.
    await delay(500);
    const second = await aProduct(coop.manager, coop.id);
    expect((await heard.count(before + 2)).at(-1)?.subjectId).toBe(second.id);
    await redis.revive();
    for (const { url } of [writer, teller]) {
      while (!(await fetch(`${url}/health/ready`)).ok) await delay(50);
    }
  });
});
