import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { MqttClient } from 'mqtt';
import { MIGRATIONS } from '../../../migrations/index.js';
import { sha256Hex } from '../../../src/core/kernel/sha256.js';
import { DEVICE_BELIEVED_MS } from '../../../src/modules/sensing/device-directory.service.js';
import type { LogLevel } from '../../../src/platform/config/environment.js';
import { pendingMigrations, problemOfPostgres } from '../../../src/platform/database/data-source.js';
import { Log } from '../../../src/platform/logging/log.js';
import { JobType } from '../../../src/platform/queue/job-type.js';
import { RedisConnections } from '../../../src/platform/redis/redis.js';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import { anOrganisation } from '../../support/builders.js';
import type { TestDatabase } from '../../support/database.js';
import { administer, createTestDatabase } from '../../support/database.js';
import type { TestRedis } from '../../support/redis.js';
import { describeOnRedis, startTestRedis } from '../../support/redis.js';
import { aDevice, connected } from '../sensing/field-device.js';

const NAMES = MIGRATIONS.map((Migration) => new Migration().name);

describe('a start on services of the operator', () => {
  let database: TestDatabase;
  let folder: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'sheaf-keys-'));
  });
  afterAll(async () => {
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });
  const refusal = async (env: Readonly<Record<string, string>>): Promise<string> =>
    startTestApp({ database, env }).then(
      async (app) => {
        await app.stop();
        return 'It started.';
      },
      (error: unknown) => (error as Error).message,
    );

  it.each([
    [140_011, 'PostgreSQL 14 is too old: 15 or newer is needed.'],
    [90_624, 'PostgreSQL 9 is too old: 15 or newer is needed.'],
    [Number.NaN, 'PostgreSQL NaN is too old: 15 or newer is needed.'],
    [150_000, null],
    [180_004, null],
  ])('judges a PostgreSQL by its version: %p', (versionNum, problem) => {
    expect(problemOfPostgres(versionNum)).toBe(problem);
  });

  it('refuses a PostgreSQL that does not answer, by its address and without the password', async () => {
    const message = await refusal({ DATABASE_URL: 'postgresql://sheaf:hunter2@127.0.0.1:1/sheaf' });
    expect(message).toMatch(/^PostgreSQL at 127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED/);
    expect(message).not.toContain('hunter2');
  });

  it('refuses a Redis that does not answer, by its address and without the password', async () => {
    const message = await refusal({ REDIS_URL: 'redis://:hunter2@127.0.0.1:1' });
    expect(message).toMatch(/^Redis at 127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED/);
    expect(message).not.toContain('hunter2');
  });

  it.each([
    ['is not there', null, /cannot be read: ENOENT/],
    ['is too short', 'abcd', /is damaged: 32 bytes in hexadecimal/],
    ['is not hexadecimal', `${sha256Hex('x').slice(0, 62)}zz`, /is damaged: 32 bytes in hexadecimal/],
  ])('refuses a vault key that %s, and does not show it', async (_, text, words) => {
    const file = join(folder, `vault-${String(text?.length)}`);
    if (text !== null) await writeFile(file, text);
    const message = await refusal({ VAULT_KEY_FILE: file });
    expect(message).toMatch(words);
    expect(message).toContain(file);
    if (text !== null) expect(message).not.toContain(text);
  });

  it('starts on a database that others have migrated, and refuses one that is behind, where it may not migrate', async () => {
    expect(await pendingMigrations(database.url, MIGRATIONS)).toEqual([]);
    expect(await refusal({ MIGRATE: 'false' })).toBe('It started.');
    const behind = await createTestDatabase();
    try {
      const last = NAMES[NAMES.length - 1] ?? '';
      await administer(async (client) => {
        await client.query('DELETE FROM migrations WHERE name = $1', [last]);
      }, behind.url);
      expect(await pendingMigrations(behind.url, MIGRATIONS)).toEqual([last]);
      const message = await refusal({ MIGRATE: 'false', DATABASE_URL: behind.url });
      expect(message).toMatch(/^The database is 1 migrations? behind and this process does not migrate/);
      expect(message).toContain(last);
    } finally {
      await behind.drop();
    }
  });

  it('counts every migration as pending on an empty database, and leaves it empty', async () => {
    const empty = await createTestDatabase();
    try {
      await administer(async (client) => {
        await client.query('DROP TABLE migrations');
      }, empty.url);
      expect(await pendingMigrations(empty.url, MIGRATIONS)).toEqual(NAMES);
      await administer(async (client) => {
        expect((await client.query(`SELECT to_regclass('migrations') AS found`)).rows).toEqual([{ found: null }]);
      }, empty.url);
    } finally {
      await empty.drop();
    }
  });
});

describeOnRedis('a start with Redis', () => {
  let server: TestRedis;
  let database: TestDatabase;
  const apps: TestApp[] = [];
  beforeAll(async () => {
    [server, database] = [await startTestRedis(), await createTestDatabase()];
  });
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.stop();
    await server.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
  });
  afterAll(async () => {
    await database.drop();
    await server.stop();
  });
  const run = async (roles: string, more: Readonly<Record<string, string>> = {}): Promise<TestApp> => {
    const app = await startTestApp({ database, env: { REDIS_URL: server.urlOf(), ROLES: roles, ...more } });
    apps.push(app);
    return app;
  };

  it('refuses a Redis that evicts', async () => {
    await server.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    await expect(run('api')).rejects.toThrow(/set its maxmemory-policy to noeviction, not allkeys-lru/);
  });

  it('asks in two ways whether it evicts, and goes on with a warning where both are forbidden', async () => {
    await server.command('ACL', 'SETUSER', 'blind', 'on', '>secret', '~*', '&*', '+@all', '-info', '-config');
    await server.command('ACL', 'SETUSER', 'half-blind', 'on', '>secret', '~*', '&*', '+@all', '-info');
    const warnings: string[] = [];
    class ListeningLog extends Log {
      override write(level: LogLevel, message: string): void {
        if (level === 'warn') warnings.push(message);
      }
    }
    const open = async (user: string): Promise<void> => {
      const redis = await RedisConnections.open(server.urlOf().replace('//', `//${user}:secret@`), new ListeningLog('warn'));
      await redis.close();
    };
    await open('blind');
    expect(warnings).toEqual([expect.stringMatching(/does not tell whether it evicts/)]);
    await server.command('CONFIG', 'SET', 'maxmemory-policy', 'volatile-ttl');
    await expect(open('half-blind')).rejects.toThrow(/not volatile-ttl/);
  });

  it('runs the roles apart: each answers how it is, and does its own only', async () => {
    const [api, ingest, worker] = [await run('api'), await run('ingest'), await run('worker')];
    const ask = async (app: TestApp, path: string): Promise<number> => (await fetch(`${app.url}${path}`)).status;
    for (const app of [api, ingest, worker]) {
      const ready = await fetch(`${app.url}/health/ready`);
      expect(await ready.json()).toEqual({ status: 'ready', checks: { database: 'up', redis: 'up' } });
      expect(await ask(app, '/health/live')).toBe(200);
    }
    const graphql = async (app: TestApp): Promise<number> =>
      (
        await fetch(`${app.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"query":"{__typename}"}',
        })
      ).status;
    expect(await Promise.all([api, ingest, worker].map(graphql))).toEqual([200, 404, 404]);
    expect(await Promise.all([ingest, worker].map((app) => ask(app, '/01/06901234567892')))).toEqual([404, 404]);
    expect([api.mqttPort, ingest.mqttPort > 0, worker.mqttPort]).toEqual([0, true, 0]);
  });

  it('lets a device in at the door of another process as soon as it is registered, although it was unknown there a moment ago', async () => {
    const [api, ingest] = [await run('api'), await run('ingest')];
    const { id: organisationId } = await anOrganisation(api.admin);
    const name = `probe-${randomUUID()}`;
    await expect(connected(ingest, { id: name, name, secret: 'unknown' })).rejects.toThrow();
    const device = await aDevice(api.admin, organisationId, { deviceId: name });
    const before = performance.now();
    let client: MqttClient | null = null;
    while (!client && performance.now() - before < DEVICE_BELIEVED_MS / 2) {
      client = await connected(ingest, device).catch(() => null);
      await delay(20);
    }
    await client?.endAsync();
    expect(client).not.toBeNull();
  });

  it('is not ready while Redis is away, and ready again when it is back', async () => {
    const app = await run('worker');
    const status = async (): Promise<number> => (await fetch(`${app.url}/health/ready`)).status;
    expect(await status()).toBe(200);
    await server.kill();
    expect(await status()).toBe(503);
    await server.revive();
    const deadline = Date.now() + 10_000;
    while ((await status()) !== 200 && Date.now() < deadline) await delay(50);
    expect(await status()).toBe(200);
  });
});

// Last: from here on this file knows of a kind of job that nobody does.
describe('a kind of job without a handler', () => {
  it('keeps the platform from starting', async () => {
    new JobType<{ readonly id: string }>({ name: 'nobodys-work', key: ({ id }) => id });
    await expect(startTestApp()).rejects.toThrow(/These jobs have no handler .*: nobodys-work\./);
  });
});
