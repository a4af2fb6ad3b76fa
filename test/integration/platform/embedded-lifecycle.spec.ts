import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aFacility, anOrganisation, anOrganisationAtWork, AREA } from '../../support/builders.js';
import { administer } from '../../support/database.js';
import { graphql } from '../../support/graphql.js';
import type { SheafProcess } from './sheaf-process.js';
import { lives, postgresOf, startSheaf } from './sheaf-process.js';

/** The first start makes a cluster and compiles the sources. */
const START_MS_MAX = 120_000;

let dataDir: string;
let processes: SheafProcess[];
let taken: Server[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sheaf-life-'));
  // Run by root, PostgreSQL works as user postgres, who must get in.
  await chmod(dataDir, 0o755);
  processes = [];
  taken = [];
});
afterEach(async () => {
  const postgres = await postgresOf(dataDir).catch(() => null);
  for (const { child } of processes) child.kill('SIGKILL');
  if (postgres && (await lives(postgres.pid))) process.kill(postgres.pid, 'SIGKILL');
  for (const server of taken) server.close();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
}, START_MS_MAX);

const start = (env: Readonly<Record<string, string>> = {}): SheafProcess => {
  const started = startSheaf({ DATA_DIR: dataDir, ...env });
  processes.push(started);
  return started;
};

async function takePort(): Promise<number> {
  const server = createServer();
  taken.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

describe('the platform in one box', () => {
  it(
    'prints its real ports, stops on SIGTERM without leaving a PostgreSQL behind, and finds its data and its key at the next start',
    async () => {
      const first = start();
      const { url, mqttPort, key } = await first.started();
      expect([Number(new URL(url).port) > 0, mqttPort > 0]).toEqual([true, true]);
      expect((await fetch(`${url}/health/ready`)).status).toBe(200);
      const { facilityId } = await anOrganisationAtWork(graphql(url, key));
      const postgres = await postgresOf(dataDir);
      first.child.kill('SIGTERM');
      expect(await first.ended()).toBe(0);
      expect(await lives(postgres.pid)).toBe(false);

      const second = start();
      const again = await second.started();
      expect(again.key).toBe(key);
      const { facilities } = await graphql(again.url, key).query<{ facilities: { nodes: unknown[] } }>('{ facilities { nodes { id } } }');
      expect(facilities.nodes).toEqual([{ id: facilityId }]);
      second.child.kill('SIGINT');
      expect(await second.ended()).toBe(0);
    },
    START_MS_MAX,
  );

  it(
    'stops without a word of trouble on Ctrl-C, which a terminal sends to everything that it has started',
    async () => {
      const started = startSheaf({ DATA_DIR: dataDir, LOG_LEVEL: 'warn' }, { ownGroup: true });
      processes.push(started);
      await started.started();
      const postgres = await postgresOf(dataDir);
      process.kill(-(started.child.pid ?? NaN), 'SIGINT');
      expect(await started.ended()).toBe(0);
      expect(await lives(postgres.pid)).toBe(false);
      expect(started.said()).not.toMatch(/"level":|connection|Error/);
    },
    START_MS_MAX,
  );

  it(
    'recovers after kill -9: what was acknowledged is there, and the PostgreSQL of the killed life is gone',
    async () => {
      const first = start();
      const { url, key } = await first.started();
      const { id } = await anOrganisation(graphql(url, key));
      const orphan = await postgresOf(dataDir);
      first.child.kill('SIGKILL');
      await first.ended();
      expect(await lives(orphan.pid)).toBe(true);

      const second = start();
      const again = await second.started();
      expect(await lives(orphan.pid)).toBe(false);
      expect(await aFacility(graphql(again.url, key), id)).toHaveProperty('id');
      expect((await postgresOf(dataDir)).pid).not.toBe(orphan.pid);
    },
    START_MS_MAX,
  );

  it(
    'answers a request that is under way when SIGTERM comes, and ends with exit code 0',
    async () => {
      const first = start();
      const { url, key } = await first.started();
      const input = { id: randomUUID(), name: 'Slow', kind: 'OTHER', areaCode: AREA, timeZone: 'Asia/Shanghai', currency: 'CNY' };
      const { url: databaseUrl } = await postgresOf(dataDir);
      let answer: Promise<unknown> = Promise.resolve(null);
      await administer(async (client) => {
        await client.query('BEGIN');
        await client.query('LOCK TABLE organisations IN EXCLUSIVE MODE');
        answer = graphql(url, key)
          .mutate('registerOrganisation', input, 'id replayed')
          .catch((error: unknown) => error);
        const waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'organisations'::regclass";
        while ((await client.query(waiting)).rowCount === 0) await delay(20);
        first.child.kill('SIGTERM');
        await delay(500);
        await client.query('COMMIT');
      }, databaseUrl);
      expect(await answer).toEqual({ id: input.id, replayed: false });
      expect(await first.ended()).toBe(0);
      await expect(fetch(`${url}/health/live`)).rejects.toThrow();
    },
    START_MS_MAX,
  );

  it(
    'refuses a DATA_DIR that a running platform uses, and leaves that one in peace',
    async () => {
      const first = start();
      const { url } = await first.started();
      const second = start();
      expect(await second.ended()).toBe(1);
      expect(second.said()).toMatch(/DATA_DIR/);
      expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    },
    START_MS_MAX,
  );

  it(
    'stops in good order when SIGTERM comes before it is up',
    async () => {
      const first = start();
      let postgres = await postgresOf(dataDir).catch(() => null);
      while (postgres === null) {
        await delay(20);
        postgres = await postgresOf(dataDir).catch(() => null);
      }
      first.child.kill('SIGTERM');
      expect(await first.ended()).toBe(0);
      expect(await lives(postgres.pid)).toBe(false);
    },
    START_MS_MAX,
  );
});

describe('a start that cannot be', () => {
  it.each(['PORT', 'MQTT_PORT'])(
    'names %s where that port is taken, ends with an exit code of its own, and leaves no PostgreSQL behind',
    async (name) => {
      const port = await takePort();
      const refused = start({ [name]: String(port) });
      expect(await refused.ended()).toBe(1);
      expect(refused.said()).toMatch(new RegExp(`\\b${name}\\b`));
      expect(refused.said()).toContain(String(port));
      await expect(postgresOf(dataDir)).rejects.toThrow('ENOENT');
    },
    START_MS_MAX,
  );

  it(
    'tells all that is wrong with the environment at once',
    async () => {
      const bad = {
        PORT: 'http',
        MQTT_PORT: '70000',
        ADMIN_API_KEY: 'short',
        LOG_LEVEL: 'loud',
        TZ_DEFAULT: 'Mars/Olympus',
        DATABASE_URL: 'mysql://x',
      };
      const refused = start(bad);
      expect(await refused.ended()).toBe(1);
      for (const name of Object.keys(bad)) expect(refused.said()).toContain(`${name}:`);
      expect(refused.said()).not.toContain('short');
    },
    START_MS_MAX,
  );
});
