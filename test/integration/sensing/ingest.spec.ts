import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import type { AnOrganisationAtWork } from '../../support/builders.js';
import { anOrganisationAtWork } from '../../support/builders.js';
import { administer } from '../../support/database.js';
import type { ADevice } from './field-device.js';
import { aDevice, connected, pageOfReadings, readingsOf } from './field-device.js';

let app: TestApp;
let cooperative: AnOrganisationAtWork;

beforeAll(async () => {
  app = await startTestApp();
  cooperative = await anOrganisationAtWork(app.admin);
});

afterAll(() => app.stop());

const aProbe = (input: object = {}) => aDevice(cooperative.manager, cooperative.id, { ...input });
const readings = (device: ADevice, filter: object = {}) => readingsOf(cooperative.manager, device.id, { ...filter });

async function says(device: ADevice, kind: 'up' | 'hist' | 'state', ...payloads: string[]): Promise<void> {
  const mqtt = await connected(app, device);
  for (const payload of payloads) await mqtt.publishAsync(`agri/v1/${device.name}/${kind}`, payload, { qos: 1 });
  await mqtt.endAsync();
}

async function asOwner<T>(sql: string, parameters: unknown[] = []): Promise<T[]> {
  let rows: T[] = [];
  await administer(async (db) => {
    rows = (await db.query(sql, parameters)).rows as T[];
  }, app.databaseUrl);
  return rows;
}

const quarantineOf = (device: ADevice) =>
  asOwner<{ reason: string; topic: string; payload: Buffer }>(
    'SELECT reason, topic, payload FROM quarantined_messages WHERE principal = $1 ORDER BY id',
    [device.name],
  );

/** All at once, marked as repeats. */
async function repeats(device: ADevice, ...payloads: string[]): Promise<void> {
  const mqtt = await connected(app, device);
  await Promise.all(payloads.map((payload) => mqtt.publishAsync(`agri/v1/${device.name}/up`, payload, { qos: 1, dup: true })));
  await mqtt.endAsync();
}

describe('a reading', () => {
  it('is stored when it is acknowledged, exact, with what it said', async () => {
    const device = await aProbe();
    await says(device, 'up', '{"t":"2026-05-26T08:30:00+08:00","seq":17,"v":{"soil_moisture":33.70,"soil_temp":"28.0 °C","ec":"NaN"}}');
    const common = { deviceId: device.id, measuredAt: '2026-05-26T00:30:00.000Z', timeSource: 'DEVICE', sequence: '17' };
    expect(await readings(device)).toMatchObject([
      { ...common, channel: 'soil_moisture', value: '33.70', rawValue: '33.70', unit: null, flags: [] },
      { ...common, channel: 'soil_temp', value: '28.0', rawValue: '28.0 °C', unit: '°C', flags: [] },
      { ...common, channel: 'ec', value: null, rawValue: 'NaN', unit: null, flags: ['UNREADABLE_VALUE'] },
    ]);
  });

  it('is acknowledged only after the commit', async () => {
    const device = await aProbe();
    const mqtt = await connected(app, device);
    let acknowledged = false;
    let publishing: Promise<unknown> = Promise.resolve();
    await administer(async (db) => {
      await db.query('BEGIN; LOCK TABLE reading_messages IN ACCESS EXCLUSIVE MODE');
      publishing = mqtt.publishAsync(`agri/v1/${device.name}/up`, '{"seq":1,"v":{"a":1}}', { qos: 1 }).then(() => (acknowledged = true));
      await delay(300);
      expect(acknowledged).toBe(false);
      await db.query('COMMIT');
    }, app.databaseUrl);
    await publishing;
    expect(await readings(device)).toHaveLength(1);
    await mqtt.endAsync();
  });

  it('that the database cannot take is not acknowledged, and is stored once when it comes again', async () => {
    const device = await aProbe();
    const mqtt = await connected(app, device);
    const closed = new Promise<void>((resolve) => mqtt.once('close', () => resolve()));
    await asOwner('ALTER TABLE reading_messages RENAME TO reading_messages_away');
    let acknowledged = false;
    mqtt.publish(`agri/v1/${device.name}/up`, '{"seq":1,"v":{"a":1}}', { qos: 1 }, (error) => (acknowledged = !error));
    await closed;
    await asOwner('ALTER TABLE reading_messages_away RENAME TO reading_messages');
    expect(acknowledged).toBe(false);
    await mqtt.endAsync(true);
    await says(device, 'up', '{"seq":1,"v":{"a":1}}', '{"seq":1,"v":{"a":1}}');
    expect(await readings(device)).toHaveLength(1);
  });

  it('that comes late or from a log is put where it belongs, once, whichever way it comes', async () => {
    const device = await aProbe();
    const at = (hour: number) => `{"t":"2026-05-26T${String(hour).padStart(2, '0')}:00:00Z","v":{"a":${hour}}}`;
    await says(device, 'up', at(3), at(1));
    await says(device, 'hist', `[${at(0)}, ${at(1)}, ${at(2)}]`);
    expect((await readings(device)).map(({ value, flags }) => [value, ...flags])).toEqual([
      ['3'],
      ['2', 'BACKFILLED'],
      ['1'],
      ['0', 'BACKFILLED'],
    ]);
    expect((await readings(device, { flags: ['BACKFILLED'] })).map(({ value }) => value)).toEqual(['2', '0']);
    const window = { from: '2026-05-26T01:00:00Z', to: '2026-05-26T03:00:00Z' };
    expect((await readings(device, window)).map(({ value }) => value)).toEqual(['2', '1']);
  });

  it('with a clock that cannot be believed has the time of receipt', async () => {
    const device = await aProbe();
    const before = Date.now();
    await says(
      device,
      'up',
      '{"t":"1970-01-01T00:00:05Z","v":{"a":1}}',
      '{"t":"2199-01-01T00:00:00Z","v":{"a":2}}',
      '{"t":"2026-05-26T08:30:00","v":{"a":3}}',
    );
    const found = await readings(device);
    expect(found.map(({ value, timeSource, flags }) => [value, timeSource, ...flags])).toEqual([
      ['3', 'SERVER', 'NO_ZONE'],
      ['2', 'SERVER', 'FUTURE'],
      ['1', 'SERVER', 'NO_CLOCK'],
    ]);
    for (const { measuredAt } of found) expect(Date.parse(measuredAt)).toBeGreaterThanOrEqual(before);
  });

  it('keeps its place on later pages while newer ones come in', async () => {
    const device = await aProbe();
    const said = (minute: number) => `{"t":"2026-05-26T08:0${minute}:00Z","v":{"a":${minute},"b":${minute}.5}}`;
    await says(device, 'up', said(1), said(2));
    const filter = { deviceId: device.id };
    const first = await pageOfReadings(cooperative.manager, filter, 3);
    await says(device, 'up', said(3));
    const second = await pageOfReadings(cooperative.manager, filter, 3, first.pageInfo.endCursor);
    expect([...first.nodes, ...second.nodes].map(({ value }) => value)).toEqual(['2', '2.5', '1', '1.5']);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
    expect((await readings(device, { channel: 'b' })).map(({ value }) => value)).toEqual(['3.5', '2.5', '1.5']);
    await expect(pageOfReadings(cooperative.manager, filter, 3, 'nonsense')).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  it('cannot be changed afterwards', async () => {
    await expect(asOwner('UPDATE reading_messages SET units = units')).rejects.toThrow(/append-only/);
  });
});

describe('a repeat', () => {
  it('of a message with a time or a count is stored once; another value under the same count is kept', async () => {
    const device = await aProbe();
    const [timed, counted, other] = ['{"t":"2026-05-26T08:30:00Z","v":{"a":1}}', '{"seq":5,"v":{"a":1}}', '{"seq":5,"v":{"a":2}}'];
    await says(device, 'up', timed, counted, timed, counted, other, '{ "v": {"a": 1}, "seq": 5 }');
    expect((await readings(device)).map(({ value }) => value).sort()).toEqual(['1', '1', '2']);
  });

  it('of a message with neither is a new one, unless it is marked as a repeat', async () => {
    const device = await aProbe();
    const payload = '{"v":{"a":1}}';
    await says(device, 'up', payload, payload);
    expect(await readings(device)).toHaveLength(2);
    await repeats(device, payload);
    expect(await readings(device)).toHaveLength(2);
  });

  it('that is marked is stored where the first never came, also within one commit', async () => {
    const device = await aProbe();
    const payload = '{"v":{"a":1}}';
    await repeats(device, payload, payload, '{"v":{"a":2}}');
    expect((await readings(device)).map(({ value }) => value).sort()).toEqual(['1', '2']);
  });
});

describe('quarantine', () => {
  it('keeps what was not understood, with its bytes and its reason, and acknowledges it', async () => {
    const device = await aProbe();
    await says(device, 'up', '{"v":', '[]', '{"v":{"a":"x"}}', '{"seq":-1,"v":{"a":1}}', '\u0000');
    const kept = await quarantineOf(device);
    expect(kept.map(({ reason }) => reason)).toEqual(['NOT_JSON', 'SHAPE_WRONG', 'NO_VALUES', 'SEQUENCE_INVALID', 'NOT_JSON']);
    expect(kept[0]).toMatchObject({ topic: `agri/v1/${device.name}/up`, payload: Buffer.from('{"v":') });
    expect(await readings(device)).toEqual([]);
  });

  it('keeps a log of which a part cannot be read, and the rest is readings', async () => {
    const device = await aProbe();
    await says(device, 'hist', '[{"seq":1,"v":{"a":1}}, 7, {"seq":2,"v":{"a":2}}]');
    expect(await readings(device)).toHaveLength(2);
    expect((await quarantineOf(device)).map(({ reason }) => reason)).toEqual(['SHAPE_WRONG']);
  });

  it('takes what the database refuses, and only that', async () => {
    const [good, bad] = [await aProbe(), await aProbe()];
    await asOwner(`ALTER TABLE reading_messages ADD CONSTRAINT for_this_test CHECK (channels <> '{"refused"}') NOT VALID`);
    const mqtt = await connected(app, good);
    const wrong = await connected(app, bad);
    await Promise.all([
      ...Array.from({ length: 20 }, (_, i) => mqtt.publishAsync(`agri/v1/${good.name}/up`, `{"seq":${i},"v":{"a":1}}`, { qos: 1 })),
      wrong.publishAsync(`agri/v1/${bad.name}/up`, '{"seq":1,"v":{"refused":1}}', { qos: 1 }),
    ]);
    await asOwner('ALTER TABLE reading_messages DROP CONSTRAINT for_this_test');
    await Promise.all([mqtt.endAsync(), wrong.endAsync()]);
    expect(await readings(good)).toHaveLength(20);
    expect(await readings(bad)).toEqual([]);
    expect((await quarantineOf(bad)).map(({ reason }) => reason)).toEqual(['NOT_STORABLE']);
  });
});

describe('a gateway', () => {
  const event = (devEui: string, name = 'up') => `application/app-1/device/${devEui}/event/${name}`;
  const up = (devEui: string, fCnt: number, value: number) =>
    JSON.stringify({ time: '2026-05-26T00:30:00.123456+00:00', deviceInfo: { devEui }, fCnt, object: { soil: { moisture: value } } });
  const anEui = () => randomBytes(8).toString('hex');

  it('speaks for the devices that are bound to it, by their DevEUI', async () => {
    const [gateway, devEui] = [await aProbe(), anEui()];
    const bound = await aProbe({ aliases: [devEui.toUpperCase()], gatewayId: gateway.id });
    const named = anEui();
    const byName = await aProbe({ deviceId: named, gatewayId: gateway.id });
    const mqtt = await connected(app, gateway);
    for (const [eui, value] of [
      [devEui, 33.7],
      [devEui, 33.7],
      [named, 1],
    ] as const) {
      await mqtt.publishAsync(event(eui), up(eui, 7, value), { qos: 1 });
    }
    await mqtt.publishAsync(event(devEui, 'join'), '{}', { qos: 1 });
    await mqtt.endAsync();
    expect(await readings(bound)).toMatchObject([
      { channel: 'soil.moisture', value: '33.7', measuredAt: '2026-05-26T00:30:00.123Z', timeSource: 'GATEWAY', sequence: '7' },
    ]);
    expect(await readings(byName)).toHaveLength(1);
    expect(await readings(gateway)).toEqual([]);
    expect(await quarantineOf(gateway)).toEqual([]);
  });

  it('is not believed about others, which harms none of its own', async () => {
    const [gateway, other, foreign, own, unknown] = [await aProbe(), await aProbe(), anEui(), anEui(), anEui()];
    const elsewhere = await aProbe({ aliases: [foreign], gatewayId: other.id });
    const bound = await aProbe({ aliases: [own], gatewayId: gateway.id });
    const mqtt = await connected(app, gateway);
    for (const eui of [foreign, unknown, own]) await mqtt.publishAsync(event(eui), up(eui, 1, 5), { qos: 1 });
    await mqtt.endAsync();
    expect((await quarantineOf(gateway)).map(({ reason }) => reason)).toEqual(['GATEWAY_NOT_BOUND', 'UNKNOWN_DEVICE']);
    expect(await readings(elsewhere)).toEqual([]);
    expect(await readings(bound)).toHaveLength(1);
  });
});

describe('many messages', () => {
  it('share commits, and none is lost or doubled', async () => {
    const MESSAGES = 2_000;
    const device = await aProbe();
    const mqtt = await connected(app, device);
    const publish = (i: number) => mqtt.publishAsync(`agri/v1/${device.name}/up`, `{"seq":${i},"v":{"a":${i},"b":"\\"{\\\\"}}`, { qos: 1 });
    await Promise.all(Array.from({ length: MESSAGES }, (_, i) => publish(i)));
    await mqtt.endAsync();
    const [stored] = await asOwner<{ messages: number; sequences: number; transactions: number }>(
      `SELECT count(*)::int AS messages, count(DISTINCT sequence)::int AS sequences, count(DISTINCT xmin::text)::int AS transactions
       FROM reading_messages WHERE device_id = $1`,
      [device.id],
    );
    expect(stored).toMatchObject({ messages: MESSAGES, sequences: MESSAGES });
    expect(stored?.transactions).toBeLessThan(MESSAGES / 10);
  });

  it('of a group that is larger than one statement are all stored', async () => {
    const LOGS = 8;
    const device = await aProbe();
    const mqtt = await connected(app, device);
    const log = (n: number) => JSON.stringify(Array.from({ length: 1_000 }, (_, i) => ({ seq: n * 1_000 + i, v: { a: i } })));
    await Promise.all(Array.from({ length: LOGS }, (_, n) => mqtt.publishAsync(`agri/v1/${device.name}/hist`, log(n), { qos: 1 })));
    await mqtt.endAsync();
    const [stored] = await asOwner<{ messages: number }>('SELECT count(*)::int AS messages FROM reading_messages WHERE device_id = $1', [
      device.id,
    ]);
    expect(stored).toEqual({ messages: LOGS * 1_000 });
  });
});
