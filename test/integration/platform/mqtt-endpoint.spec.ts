import { connect as connectSocket, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { IClientOptions, MqttClient } from 'mqtt';
import { connect, connectAsync } from 'mqtt';
import type { MqttEndpointOptions, MqttMessage } from '../../../src/platform/mqtt/mqtt-endpoint.js';
import { MQTT_CONNECT_BYTES_MAX, MQTT_PAYLOAD_BYTES_MAX, MqttEndpoint } from '../../../src/platform/mqtt/mqtt-endpoint.js';

type Message = MqttMessage<string>;

/** Stores in a list, when and if the test says so. */
class Store {
  readonly messages: Message[] = [];
  readonly opened: (() => void)[] = [];
  gated = false;
  failures = 0;

  readonly take = async (message: Message): Promise<void> => {
    if (this.gated) await new Promise<void>((resolve) => this.opened.push(resolve));
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('the database is away');
    }
    this.messages.push(message);
  };

  open(): void {
    this.gated = false;
    for (const resolve of this.opened.splice(0)) resolve();
  }

  get payloads(): string[] {
    return this.messages.map(({ payload }) => payload.toString('utf8'));
  }
}

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function endpoint(options: Partial<MqttEndpointOptions<string>> = {}) {
  const store = new Store();
  const made = new MqttEndpoint<string>({
    port: 0,
    host: '127.0.0.1',
    authenticate: (username, password) => Promise.resolve(password === `secret of ${username}` ? `principal ${username}` : null),
    onMessage: store.take,
    ...options,
  });
  const port = await made.start();
  closers.push(() => made.stop());
  return { endpoint: made, store, port };
}

const optionsOf = (port: number, username: string, more: IClientOptions = {}): IClientOptions => ({
  host: '127.0.0.1',
  port,
  username,
  password: `secret of ${username}`,
  clientId: username,
  reconnectPeriod: 0,
  ...more,
});

async function device(port: number, username: string, more: IClientOptions = {}): Promise<MqttClient> {
  const client = await connectAsync(optionsOf(port, username, more));
  client.on('error', () => undefined);
  closers.push(() => client.endAsync(true));
  return client;
}

/** What the CONNACK said, or 'closed'. */
function refusalOf(port: number, options: IClientOptions): Promise<unknown> {
  return new Promise((resolve) => {
    const client = connect({ host: '127.0.0.1', port, reconnectPeriod: 0, ...options });
    closers.push(() => client.endAsync(true));
    client.on('connect', () => resolve('accepted'));
    client.on('error', (error) => resolve((error as { code?: unknown }).code ?? error.message));
    client.on('close', () => resolve('closed'));
  });
}

const closed = (client: MqttClient): Promise<void> => new Promise((resolve) => client.once('close', () => resolve()));

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited in vain');
    await delay(5);
  }
}

async function rawSocket(port: number): Promise<{ socket: Socket; received: Buffer[]; ended: Promise<void> }> {
  const socket = connectSocket(port, '127.0.0.1');
  const received: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => received.push(chunk));
  socket.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  closers.push(() => Promise.resolve(socket.destroy()));
  return { socket, received, ended };
}

describe('acknowledgement', () => {
  it.each([1, 2] as const)('a QoS %i publish is acknowledged only after it was stored', async (qos) => {
    const { store, port } = await endpoint();
    store.gated = true;
    const client = await device(port, 'probe-1');
    let acknowledged = false;
    const publishing = client.publishAsync('agri/v1/probe-1/up', '{"v":{"a":1}}', { qos }).then(() => (acknowledged = true));
    await until(() => store.opened.length === 1);
    await delay(50);
    expect(acknowledged).toBe(false);
    store.open();
    await publishing;
    expect(store.messages).toEqual([
      {
        principal: 'principal probe-1',
        topic: 'agri/v1/probe-1/up',
        payload: Buffer.from('{"v":{"a":1}}'),
        qos,
        dup: false,
        retain: false,
        receivedAtMs: expect.any(Number),
      },
    ]);
  });

  it('many messages of one connection wait for one commit together', async () => {
    const { store, port } = await endpoint();
    store.gated = true;
    const client = await device(port, 'probe-1');
    const publishing = Promise.all(Array.from({ length: 100 }, (_, i) => client.publishAsync('agri/v1/probe-1/up', String(i), { qos: 1 })));
    await until(() => store.opened.length === 100);
    store.open();
    await publishing;
    expect(store.payloads).toEqual(Array.from({ length: 100 }, (_, i) => String(i)));
  });

  it('what was not stored is not acknowledged, and comes again after reconnecting', async () => {
    const { endpoint: made, store, port } = await endpoint();
    store.failures = 1;
    const client = await device(port, 'probe-1', { reconnectPeriod: 20, clean: false });
    let acknowledged = false;
    const publishing = client.publishAsync('agri/v1/probe-1/up', 'again', { qos: 1 }).then(() => (acknowledged = true));
    await closed(client);
    expect(acknowledged).toBe(false);
    expect(store.messages).toEqual([]);
    await publishing;
    expect(store.messages).toHaveLength(1);
    expect(store.payloads).toEqual(['again']);
    expect(made.counts).toMatchObject({ stored: 1, notStored: 1 });
  });

  it('stores QoS 0 and what is published with retain set, and keeps no copy', async () => {
    const { store, port } = await endpoint({ authorizeSubscribe: () => true });
    const client = await device(port, 'probe-1');
    await client.publishAsync('agri/v1/probe-1/up', 'zero', { qos: 0 });
    await client.publishAsync('agri/v1/probe-1/state', 'kept', { qos: 1, retain: true, dup: true });
    expect(store.messages.map(({ qos, retain, dup }) => [qos, retain, dup])).toEqual([
      [0, false, false],
      [1, true, true],
    ]);
    const heard: string[] = [];
    client.on('message', (topic) => heard.push(topic));
    await client.subscribeAsync('agri/#');
    await client.publishAsync('agri/v1/probe-1/up', 'one', { qos: 1 });
    await delay(50);
    expect(heard).toEqual([]);
  });

  it('stores the last will of a device that vanishes, not of one that says goodbye or is shut out at the end', async () => {
    const { endpoint: made, store, port } = await endpoint();
    const will = { topic: 'agri/v1/probe-1/state', payload: Buffer.from('{"online":0}'), qos: 1 as const, retain: true };
    await (await device(port, 'probe-1', { will })).endAsync();
    const vanishing = await device(port, 'probe-1', { will });
    vanishing.stream.destroy();
    await until(() => store.messages.length > 0);
    expect(store.messages).toMatchObject([{ topic: 'agri/v1/probe-1/state', retain: true, dup: false }]);
    await device(port, 'probe-1', { will });
    await made.stop();
    expect(store.payloads).toEqual(['{"online":0}']);
  });

  it('a foreign last will is not stored', async () => {
    const { endpoint: made, store, port } = await endpoint();
    const client = await device(port, 'probe-1', { will: { topic: 'agri/v1/probe-2/state', payload: Buffer.from('{}'), qos: 1 } });
    client.stream.destroy();
    await until(() => made.counts.refusedTopic === 1);
    expect(store.messages).toEqual([]);
  });

  it('a stop lets what is being stored be stored and acknowledged, and takes nothing new', async () => {
    const { endpoint: made, store, port } = await endpoint();
    store.gated = true;
    const client = await device(port, 'probe-1');
    const publishing = client.publishAsync('agri/v1/probe-1/up', 'last', { qos: 1 });
    await until(() => store.opened.length === 1);
    const stopping = made.stop();
    expect(await refusalOf(port, optionsOf(port, 'probe-2'))).toBe('ECONNREFUSED');
    store.open();
    await publishing;
    await stopping;
    expect(store.payloads).toEqual(['last']);
    expect(made.connections).toBe(0);
  });
});

describe('refusals', () => {
  it('a wrong password is CONNACK 4, no credential CONNACK 5, and nothing is stored', async () => {
    const { endpoint: made, port } = await endpoint();
    expect(await refusalOf(port, optionsOf(port, 'probe-1', { password: 'wrong' }))).toBe(4);
    expect(await refusalOf(port, { clientId: 'probe-1' })).toBe(5);
    expect(made.counts.refusedCredential).toBe(2);
  });

  it('a credential that cannot be checked now is CONNACK 3', async () => {
    const { port } = await endpoint({ authenticate: () => Promise.reject(new Error('the database is away')) });
    expect(await refusalOf(port, optionsOf(port, 'probe-1'))).toBe(3);
  });

  it('an MQTT 5 CONNECT is answered with return code 1 of MQTT 3.1.1, and counted', async () => {
    const { endpoint: made, port } = await endpoint();
    const { socket, received, ended } = await rawSocket(port);
    const connectOf5 = [0x10, 0x10, 0, 4, ...Buffer.from('MQTT'), 5, 0x02, 0, 60, 0, 0, 3, ...Buffer.from('abc')];
    socket.write(Buffer.from(connectOf5));
    await ended;
    expect(Buffer.concat(received)).toEqual(Buffer.from([0x20, 2, 0, 1]));
    expect(made.counts.refusedProtocol).toBe(1);
    expect(await refusalOf(port, optionsOf(port, 'probe-1', { protocolVersion: 5 }))).not.toBe('accepted');
  });

  it('MQTT 3.1 is spoken too, also with a long client id', async () => {
    const { store, port } = await endpoint();
    const client = await device(port, 'probe-1', { protocolVersion: 3, protocolId: 'MQIsdp', clientId: 'a'.repeat(60) });
    await client.publishAsync('agri/v1/probe-1/up', 'old', { qos: 1 });
    expect(store.payloads).toEqual(['old']);
  });

  it.each(['agri/v1/probe-2/up', 'agri/v1/probe-1/cmd', 'agri/v1/probe-1/up/more', 'farm/1', '$SYS/x'])(
    'a publish to %s ends the connection, unacknowledged and unstored',
    async (topic) => {
      const { endpoint: made, store, port } = await endpoint();
      const client = await device(port, 'probe-1');
      const ended = closed(client);
      let acknowledged = false;
      client.publishAsync(topic, 'x', { qos: 1 }).then(
        () => (acknowledged = true),
        () => undefined,
      );
      await ended;
      expect(acknowledged).toBe(false);
      expect(store.messages).toEqual([]);
      expect(made.counts.refusedTopic).toBe(1);
    },
  );

  it('the right to a topic is asked of the principal', async () => {
    const { store, port } = await endpoint({
      authorizePublish: (principal, topic) => principal === 'principal gateway' && topic === 'application/1',
    });
    await (await device(port, 'gateway')).publishAsync('application/1', 'frame', { qos: 1 });
    expect(store.payloads).toEqual(['frame']);
  });

  it('a device may hear its own commands and nothing else', async () => {
    const { port } = await endpoint();
    const client = await device(port, 'probe-1');
    expect(await client.subscribeAsync('agri/v1/probe-1/cmd', { qos: 1 })).toMatchObject([{ qos: 1 }]);
    for (const topic of ['agri/v1/probe-2/cmd', 'agri/v1/+/cmd', '#', '$SYS/#', 'agri/v1/probe-1/up']) {
      await expect(client.subscribeAsync(topic)).rejects.toThrow();
    }
  });

  it('a device that takes the client id of another does not end its connection', async () => {
    const { store, port } = await endpoint();
    const first = await device(port, 'probe-1', { clientId: 'same' });
    const second = await device(port, 'probe-2', { clientId: 'same' });
    await second.publishAsync('agri/v1/probe-2/up', 'two', { qos: 1 });
    await first.publishAsync('agri/v1/probe-1/up', 'one', { qos: 1 });
    expect(store.payloads).toEqual(['two', 'one']);
  });

  it('a device that connects again replaces its own older connection', async () => {
    const { port } = await endpoint();
    const older = await device(port, 'probe-1');
    const ended = closed(older);
    await device(port, 'probe-1');
    await ended;
    expect(older.connected).toBe(false);
  });

  it('a payload of a mebibyte is taken; one byte more ends the connection', async () => {
    const { endpoint: made, store, port } = await endpoint();
    const client = await device(port, 'probe-1');
    await client.publishAsync('agri/v1/probe-1/up', Buffer.alloc(MQTT_PAYLOAD_BYTES_MAX, 0x20), { qos: 1 });
    expect(store.messages.map(({ payload }) => payload.length)).toEqual([MQTT_PAYLOAD_BYTES_MAX]);
    const ended = closed(client);
    client.publishAsync('agri/v1/probe-1/up', Buffer.alloc(MQTT_PAYLOAD_BYTES_MAX + 1, 0x20), { qos: 1 }).catch(() => undefined);
    await ended;
    expect(store.messages).toHaveLength(1);
    expect(made.counts.refusedSize).toBe(1);
  });

  it('a stranger that announces a long packet is cut off at its header', async () => {
    const { endpoint: made, port } = await endpoint();
    const { socket, ended } = await rawSocket(port);
    expect(MQTT_CONNECT_BYTES_MAX).toBeLessThan(2_097_151);
    socket.write(Buffer.from([0x10, 0xff, 0xff, 0x7f]));
    await ended;
    expect(made.counts.refusedSize).toBe(1);
  });

  it('bytes that are no MQTT end their connection and no other', async () => {
    const { store, port } = await endpoint();
    const client = await device(port, 'probe-1');
    const { socket, ended } = await rawSocket(port);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await ended;
    await client.publishAsync('agri/v1/probe-1/up', 'fine', { qos: 1 });
    expect(store.payloads).toEqual(['fine']);
  });

  it('connections above the limit are dropped and counted', async () => {
    const { endpoint: made, port } = await endpoint({ connectionsMax: 1 });
    await device(port, 'probe-1');
    expect(await refusalOf(port, optionsOf(port, 'probe-2'))).not.toBe('accepted');
    expect(made.counts.refusedConnection).toBe(1);
  });
});

describe('start', () => {
  it('names MQTT_PORT where the port is taken, and starts once it is free', async () => {
    const { endpoint: first, port } = await endpoint();
    const second = new MqttEndpoint<string>({
      port,
      host: '127.0.0.1',
      authenticate: () => Promise.resolve('p'),
      onMessage: () => Promise.resolve(),
    });
    await expect(second.start()).rejects.toThrow(/MQTT_PORT/);
    await first.stop();
    expect(await second.start()).toBe(port);
    await second.stop();
  });
});
