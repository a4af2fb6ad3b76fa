import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectAsync } from 'mqtt';
import { ReadingService } from '../../../src/modules/sensing/index.js';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import type { AnOrganisationAtWork } from '../../support/builders.js';
import { aHousehold, aKey, anOrganisationAtWork, aPlot } from '../../support/builders.js';
import { administer } from '../../support/database.js';
import type { ADevice } from './field-device.js';
import { aDevice, connected, pageOfReadings, readingsOf } from './field-device.js';

let app: TestApp;
let cooperative: AnOrganisationAtWork;
let stranger: AnOrganisationAtWork;

beforeAll(async () => {
  app = await startTestApp();
  cooperative = await anOrganisationAtWork(app.admin);
  stranger = await anOrganisationAtWork(app.admin);
});

afterAll(() => app.stop());

const registration = (more: object = {}) => ({
  id: randomUUID(),
  deviceId: `probe-${randomUUID()}`,
  organisationId: cooperative.id,
  model: 'soil probe',
  ...more,
});

async function says(device: ADevice, ...messages: object[]): Promise<void> {
  const mqtt = await connected(app, device);
  for (const message of messages) await mqtt.publishAsync(`agri/v1/${device.name}/up`, JSON.stringify(message), { qos: 1 });
  await mqtt.endAsync();
}

describe('registerDevice', () => {
  it('shows secret and claim code once', async () => {
    const input = registration();
    const first = await cooperative.manager.mutate('registerDevice', input, 'id replayed secret claimCode');
    expect(first).toEqual({
      id: input.id,
      replayed: false,
      secret: expect.stringMatching(/^device_\S{30,}$/),
      claimCode: expect.stringMatching(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/),
    });
    const again = await cooperative.manager.mutate('registerDevice', input, 'id replayed secret claimCode');
    expect(again).toEqual({ id: input.id, replayed: true, secret: null, claimCode: null });
  });

  it('keeps neither secret nor claim code', async () => {
    const input = registration();
    const { secret, claimCode } = await cooperative.manager.mutate<Record<string, string>>('registerDevice', input, 'secret claimCode');
    await administer(async (db) => {
      const { rows } = await db.query<{ row: string }>('SELECT d::text AS row FROM devices d WHERE id = $1', [input.id]);
      const stored = rows[0]?.row ?? '';
      expect(stored).toContain(input.deviceId);
      for (const shown of [secret ?? '', claimCode ?? '']) {
        expect(stored).not.toContain(shown);
        expect(stored).not.toContain(Buffer.from(shown).toString('hex'));
      }
    }, app.databaseUrl);
  });

  it.each(['a/b', 'a+', '#', 'a b', 'a\u0007', '', 'x'.repeat(65)])('refuses the id %j', async (deviceId) => {
    expect(await cooperative.manager.rejection('registerDevice', registration({ deviceId }))).toBe('DEVICE_ID_INVALID');
  });

  it('gives a name and an alias to one device only, a DevEUI in whatever case', async () => {
    const alias = randomBytes(8).toString('hex');
    const { name } = await aDevice(cooperative.manager, cooperative.id, { aliases: [alias] });
    expect(await cooperative.manager.rejection('registerDevice', registration({ deviceId: name }))).toBe('ALREADY_EXISTS');
    expect(await cooperative.manager.rejection('registerDevice', registration({ aliases: [alias.toUpperCase()] }))).toBe('ALREADY_EXISTS');
  });

  it('takes a gateway of the same organisation only', async () => {
    const foreign = await aDevice(stranger.manager, stranger.id);
    expect(await cooperative.manager.rejection('registerDevice', registration({ gatewayId: foreign.id }))).toBe('NOT_FOUND');
  });

  it('acts for the own organisation only', async () => {
    expect(await stranger.manager.rejection('registerDevice', registration())).toBe('FORBIDDEN');
  });
});

describe('deployDevice', () => {
  const deployment = (deviceId: string, more: object = {}) => ({
    id: randomUUID(),
    deviceId,
    at: { facilityId: cooperative.facilityId },
    from: '2026-05-01T00:00:00+08:00',
    ...more,
  });
  const square = [
    [106, 26],
    [107, 26],
    [107, 27],
    [106, 26],
  ];

  it.each([
    [{ vehicle: 'A 12345' }, { vehicle: 'A 12345' }],
    [{ coverage: { type: 'Polygon', coordinates: [square] } }, { coverage: { type: 'Polygon', coordinates: [square] } }],
  ])('hangs a device at %j', async (at, told) => {
    const device = await aDevice(cooperative.manager, cooperative.id);
    const input = deployment(device.id, { at, channels: ['a', 'b'], depthCm: 30, to: '2026-09-01T00:00:00+08:00' });
    const selection = 'replayed deployment { id deviceId channels plotId facilityId vehicle coverage from to depthCm }';
    const answer = await cooperative.manager.mutate('deployDevice', input, selection);
    expect(answer).toEqual({
      replayed: false,
      deployment: {
        id: input.id,
        deviceId: device.id,
        channels: ['a', 'b'],
        plotId: null,
        facilityId: null,
        vehicle: null,
        coverage: null,
        from: '2026-04-30T16:00:00.000Z',
        to: '2026-08-31T16:00:00.000Z',
        depthCm: 30,
        ...told,
      },
    });
    expect(await cooperative.manager.mutate('deployDevice', input, 'replayed')).toEqual({ replayed: true });
  });

  it('refuses an end before the beginning, a place that is not there, and the device of another', async () => {
    const { id } = await aDevice(cooperative.manager, cooperative.id);
    const { manager } = cooperative;
    expect(await manager.rejection('deployDevice', deployment(id, { to: '2026-05-01T00:00:00+08:00' }))).toBe('DATES_OUT_OF_ORDER');
    expect(await manager.rejection('deployDevice', deployment(id, { at: { plotId: randomUUID() } }))).toBe('NOT_FOUND');
    expect(await manager.rejection('deployDevice', deployment(id, { at: { facilityId: stranger.facilityId } }))).toBe('NOT_FOUND');
    expect(await manager.rejection('deployDevice', deployment(id, { at: { coverage: { type: 'Point' } } }))).toBe('BAD_INPUT');
    expect(await manager.rejection('deployDevice', deployment(id, { channels: [] }))).toBe('BAD_INPUT');
    expect(await stranger.manager.rejection('deployDevice', deployment(id))).toBe('NOT_FOUND');
  });
});

describe('where a device hung', () => {
  it('decides whose plot a reading is of, channel by channel, also after a move', async () => {
    const household = await aHousehold(cooperative.manager, cooperative.id);
    const [first, second] = [await aPlot(cooperative.manager, household.id), await aPlot(cooperative.manager, household.id)];
    const device = await aDevice(cooperative.manager, cooperative.id);
    const deploy = (plotId: string, from: string, more: object = {}) =>
      cooperative.manager.mutate('deployDevice', { id: randomUUID(), deviceId: device.id, at: { plotId }, from, ...more }, 'id');
    await deploy(first.id, '2026-05-01T00:00:00Z');
    await deploy(second.id, '2026-05-10T00:00:00Z', { channels: ['deep'], to: '2026-05-20T00:00:00Z' });
    await says(
      device,
      { t: '2026-04-30T00:00:00Z', v: { top: 1 } },
      { t: '2026-05-05T00:00:00Z', v: { top: '2.0', deep: 3 } },
      { t: '2026-05-15T00:00:00Z', v: { top: 4, deep: '5 %' } },
    );
    const at = async (plotId: string) =>
      (await pageOfReadings(cooperative.manager, { plotId })).nodes.map(({ channel, value }) => `${channel} ${String(value)}`);
    expect(await at(first.id)).toEqual(['top 4', 'top 2.0', 'deep 3']);
    expect(await at(second.id)).toEqual(['deep 5']);
    expect((await readingsOf(cooperative.manager, device.id, { flags: ['BEFORE_DEPLOYMENT'] })).map(({ value }) => value)).toEqual(['1']);

    const sum = (plotIds: string[], to = '2026-06-01T00:00:00Z') =>
      app.app.get(ReadingService).summaries(plotIds, new Date('2026-05-01T00:00:00Z'), new Date(to));
    expect(await sum([first.id])).toEqual([
      expect.objectContaining({ channel: 'deep', unit: null, count: 1, mean: '3.00' }),
      {
        channel: 'top',
        unit: null,
        count: 2,
        min: '2.0',
        max: '4',
        mean: '3.000',
        firstAt: new Date('2026-05-05T00:00:00Z'),
        lastAt: new Date('2026-05-15T00:00:00Z'),
      },
    ]);
    expect(await sum([second.id])).toEqual([expect.objectContaining({ channel: 'deep', unit: '%', count: 1, min: '5' })]);
    expect(await sum([first.id], '2026-05-05T00:00:00Z')).toEqual([]);
    expect(await sum([])).toEqual([]);
  });
});

describe('who sees devices and readings', () => {
  it('the own organisation and those who oversee its area, nobody else', async () => {
    const device = await aDevice(cooperative.manager, cooperative.id, { aliases: [`imei-${randomUUID()}`] });
    await says(device, { seq: 1, v: { a: 1 } });
    const supervisor = await aKey(app.admin, cooperative.id, 'SUPERVISOR', { areaCode: '52' });
    const elsewhere = await aKey(app.admin, cooperative.id, 'SUPERVISOR', { areaCode: '11' });
    for (const client of [cooperative.manager, app.admin, supervisor.client]) expect(await readingsOf(client, device.id)).toHaveLength(1);
    for (const client of [stranger.manager, elsewhere.client]) {
      await expect(readingsOf(client, device.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect((await pageOfReadings(client, {})).nodes.filter(({ deviceId }) => deviceId === device.id)).toEqual([]);
    }
    const shop = await aKey(app.admin, cooperative.id, 'SHOP');
    await expect(readingsOf(shop.client, device.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(readingsOf(app.as(null), device.id)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('devices are listed page by page with what they last said', async () => {
    const organisation = await anOrganisationAtWork(app.admin);
    const made: ADevice[] = [];
    for (const letter of ['a', 'b', 'c']) {
      made.push(await aDevice(organisation.manager, organisation.id, { deviceId: `${letter}-${randomUUID()}` }));
    }
    const [first] = made;
    if (!first) throw new Error('no device');
    await says(first, { t: '2026-05-26T08:30:00+08:00', v: { a: 1 } });
    const mqtt = await connected(app, first);
    await mqtt.publishAsync(`agri/v1/${first.name}/state`, '{"battery":3.60,"fw":"1.4.2"}', { qos: 1, retain: true });
    await mqtt.endAsync();
    const list = (after: string | null) =>
      organisation.manager.query<{
        devices: {
          nodes: { deviceId: string; lastReadingAt: string; state: object }[];
          pageInfo: { endCursor: string; hasNextPage: boolean };
        };
      }>(
        `query ($after: String) { devices(first: 2, after: $after) {
           nodes { deviceId lastReadingAt state deployments { id } } pageInfo { endCursor hasNextPage } } }`,
        { after },
      );
    const one = (await list(null)).devices;
    const two = (await list(one.pageInfo.endCursor)).devices;
    expect([...one.nodes, ...two.nodes].map(({ deviceId }) => deviceId)).toEqual(made.map(({ name }) => name));
    expect([one.pageInfo.hasNextPage, two.pageInfo.hasNextPage]).toEqual([true, false]);
    expect(one.nodes[0]).toMatchObject({ lastReadingAt: '2026-05-26T00:30:00.000Z', state: { battery: '3.60', fw: '1.4.2' } });
    await expect(list('nonsense')).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});

describe('the MQTT door', () => {
  it('refuses a wrong secret and an unknown device, and lets a device in as soon as it is registered', async () => {
    const name = `probe-${randomUUID()}`;
    const enter = (username: string, password: string) =>
      connectAsync(`mqtt://127.0.0.1:${app.mqttPort}`, { username, password, clientId: username, reconnectPeriod: 0 }, false);
    await expect(enter(name, 'x')).rejects.toMatchObject({ code: 4 });
    const device = await aDevice(cooperative.manager, cooperative.id, { deviceId: name });
    await expect(enter(name, `${device.secret}x`)).rejects.toMatchObject({ code: 4 });
    await (await enter(name, device.secret)).endAsync();
  });

  it.each(['agri/v1/another/up', 'agri/v1/{name}/cmd', 'something/else'])('closes on the topic %s', async (topic) => {
    const device = await aDevice(cooperative.manager, cooperative.id);
    const mqtt = await connected(app, device);
    const closed = new Promise<void>((resolve) => mqtt.once('close', () => resolve()));
    mqtt.publish(topic.replace('{name}', device.name), '{"v":{"a":1}}', { qos: 1 }, () => undefined);
    await closed;
    await mqtt.endAsync(true);
    expect(await readingsOf(cooperative.manager, device.id)).toEqual([]);
  });

  it('a taken port is told with the variable to set', async () => {
    await expect(startTestApp({ env: { MQTT_PORT: String(app.mqttPort) } })).rejects.toThrow(/MQTT_PORT/);
  });
});
