import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MqttClient } from 'mqtt';
import { connect } from 'mqtt';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import { anOrganisationAtWork } from '../../support/builders.js';
import type { TestDatabase } from '../../support/database.js';
import { administer, createTestDatabase } from '../../support/database.js';
import type { Mosquitto } from '../../support/mosquitto.js';
import { describeWithMosquitto, freePort, startMosquitto } from '../../support/mosquitto.js';
import { aDevice } from '../sensing/field-device.js';
import type { SheafProcess } from './sheaf-process.js';
import { startSheaf } from './sheaf-process.js';

/** What every way of messages into the store has to keep, whoever terminates MQTT: the endpoint of the ingest role, or a broker before it. */
const DOORS = [
  { title: 'MQTT intake at the own endpoint', describe, startBroker: null },
  { title: 'MQTT intake through Mosquitto', describe: describeWithMosquitto, startBroker: startMosquitto },
] as const;
const DEVICES = ['probe-1', 'probe-2', 'probe-3', 'probe-4'] as const;
const MESSAGES = 2_000;
const WAIT_MS_MAX = 20_000;

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + WAIT_MS_MAX;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('waited in vain');
    await delay(5);
  }
}

interface World {
  readonly database: TestDatabase;
  readonly broker: Mosquitto | null;
  /** The doors' variables, the same in every life of the platform. */
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  app: TestApp;
  /** Devices that send again until they hear a PUBACK. */
  readonly clients: ReadonlyMap<string, MqttClient>;
}

async function open(startBroker: (typeof DOORS)[number]['startBroker']): Promise<World> {
  const database = await createTestDatabase();
  const broker = startBroker === null ? null : await startBroker(DEVICES);
  const ownPort = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'sheaf-intake-'));
  const vaultKeyFile = join(folder, 'vault.key');
  await writeFile(vaultKeyFile, '5e'.repeat(32));
  const pepperFile = join(folder, 'blind-index.pepper');
  await writeFile(pepperFile, 'a7'.repeat(32));
  const env = {
    MQTT_PORT: String(ownPort),
    VAULT_KEY_FILE: vaultKeyFile,
    BLIND_INDEX_PEPPER_FILE: pepperFile,
    INSTANCE_NAME: 'intake',
    ...(broker === null ? {} : { MQTT_URL: broker.url }),
  };
  const app = await startTestApp({ database, env });
  const { manager, id } = await anOrganisationAtWork(app.admin);
  const clients = new Map<string, MqttClient>();
  for (const name of DEVICES) {
    const { secret } = await aDevice(manager, id, { deviceId: name });
    const client = connect({
      host: '127.0.0.1',
      port: broker?.port ?? ownPort,
      username: name,
      password: broker?.password ?? secret,
      clientId: name,
      clean: false,
      reconnectPeriod: 100,
      reconnectOnConnackError: true,
    });
    client.on('error', () => undefined);
    clients.set(name, client);
  }
  return { database, broker, env, folder, app, clients };
}

async function close(world: World): Promise<void> {
  for (const client of world.clients.values()) await client.endAsync(true);
  await world.app.stop();
  await world.broker?.stop();
  await world.database.drop();
  await rm(world.folder, { recursive: true, force: true });
}

describe.each(DOORS)('$title', (door) => {
  door.describe('stores', () => {
    let world: World;
    beforeAll(async () => {
      world = await open(door.startBroker);
    });
    afterAll(() => close(world));

    const publish = async (device: string, payload: string): Promise<unknown> =>
      world.clients.get(device)?.publishAsync(`agri/v1/${device}/up`, payload, { qos: 1 });

    const asOwner = async <T>(sql: string): Promise<T[]> => {
      let rows: T[] = [];
      await administer(async (db) => {
        rows = (await db.query(sql)).rows as T[];
      }, world.database.url);
      return rows;
    };
    const counted = async (from: string): Promise<number> =>
      Number((await asOwner<{ n: string }>(`SELECT count(*) AS n FROM ${from}`))[0]?.n);
    const storedWith = (channel: string): string => `reading_messages WHERE channels[1] = '${channel}'`;

    /** Waits for so many, and a little longer for one too many. */
    const settles = async (from: string, expected: number): Promise<number> => {
      const deadline = Date.now() + WAIT_MS_MAX;
      while ((await counted(from)) < expected && Date.now() < deadline) await delay(50);
      await delay(200);
      return counted(from);
    };

    it('a message once, though it is sent twice', async () => {
      const payload = '{"t":"2026-05-26T08:30:00+08:00","seq":17,"v":{"twice":33.7}}';
      await publish('probe-1', payload);
      await publish('probe-1', payload);
      await publish('probe-1', '{"seq":18,"v":{"twice":1}}');
      expect(await settles(storedWith('twice'), 2)).toBe(2);
    });

    it(`${String(MESSAGES)} messages of several devices in whatever order, none lost or doubled, many in a commit`, async () => {
      const seqs = Array.from({ length: MESSAGES }, (_, i) => (i * 1_231) % MESSAGES);
      const said = (seq: number): string => `{"t":${String(1_779_000_000 + seq)},"seq":${String(seq)},"v":{"many":${String(seq)}}}`;
      await Promise.all(seqs.map((seq) => publish(DEVICES[seq % DEVICES.length] ?? '', said(seq))));
      expect(await settles(storedWith('many'), MESSAGES)).toBe(MESSAGES);
      const [stored] = await asOwner<{ sequences: number; commits: number }>(
        `SELECT count(DISTINCT sequence)::int AS sequences, count(DISTINCT xmin::text)::int AS commits FROM ${storedWith('many')}`,
      );
      expect(stored?.sequences).toBe(MESSAGES);
      expect(stored?.commits).toBeLessThan(MESSAGES / 10);
    });

    it('what came while the database was away, once it is back', async () => {
      await asOwner('ALTER TABLE reading_messages RENAME TO reading_messages_away');
      const publishing = Promise.all(DEVICES.map((device) => publish(device, '{"seq":1,"v":{"away":1}}')));
      await delay(700);
      expect(await counted(`reading_messages_away WHERE channels[1] = 'away'`)).toBe(0);
      await asOwner('ALTER TABLE reading_messages_away RENAME TO reading_messages');
      await publishing;
      expect(await settles(storedWith('away'), DEVICES.length)).toBe(DEVICES.length);
    });

    it('garbage in quarantine, and acknowledges it: it does not come again', async () => {
      for (const payload of ['{"v":', '\u0000', '[]']) await publish('probe-1', payload);
      await publish('probe-1', '{"seq":2,"v":{"behind":1}}');
      expect(await settles('quarantined_messages', 3)).toBe(3);
      expect(await settles(storedWith('behind'), 1)).toBe(1);
      await world.app.stop();
      world.app = await startTestApp({ database: world.database, env: world.env });
      await publish('probe-1', '{"seq":3,"v":{"behind":1}}');
      expect(await settles(storedWith('behind'), 2)).toBe(2);
      expect(await counted('quarantined_messages')).toBe(3);
    });

    it('what a killed process had not committed, when the next one starts', async () => {
      await world.app.stop();
      const lives: SheafProcess[] = [];
      const live = async (): Promise<SheafProcess> => {
        const process = startSheaf({ DATABASE_URL: world.database.url, DATA_DIR: world.folder, ...world.env });
        lives.push(process);
        await process.started();
        return process;
      };
      const publishing: Promise<unknown>[] = [];
      try {
        const first = await live();
        await administer(async (db) => {
          await db.query('BEGIN; LOCK TABLE reading_messages IN ACCESS EXCLUSIVE MODE');
          publishing.push(publish('probe-1', '{"seq":0,"v":{"killed":1}}'));
          const waiting = `SELECT FROM pg_locks WHERE relation = 'reading_messages'::regclass AND NOT granted`;
          await until(async () => ((await db.query(waiting)).rowCount ?? 0) > 0);
          first.child.kill('SIGKILL');
          await first.ended();
          await db.query('ROLLBACK');
        }, world.database.url);
        expect(await counted(storedWith('killed'))).toBe(0);
        const second = await live();
        for (let seq = 1; seq < MESSAGES; seq++)
          publishing.push(publish(DEVICES[seq % 4] ?? '', `{"seq":${String(seq)},"v":{"killed":1}}`));
        await until(async () => (await counted(storedWith('killed'))) >= 50);
        second.child.kill('SIGKILL');
        await second.ended();
        await live();
        await Promise.all(publishing);
        expect(await settles(storedWith('killed'), MESSAGES)).toBe(MESSAGES);
      } finally {
        for (const { child } of lives) child.kill('SIGKILL');
        for (const process of lives) await process.ended();
      }
    });
  });
});
