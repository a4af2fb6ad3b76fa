import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { connectAsync } from 'mqtt';
import { Log } from '../../../src/platform/logging/log.js';
import type { MqttMessage } from '../../../src/platform/mqtt/mqtt-endpoint.js';
import { brokerName, MQTT_RECEIVE_MAX, MqttSubscription } from '../../../src/platform/mqtt/mqtt-subscription.js';
import type { Mosquitto } from '../../support/mosquitto.js';
import { describeWithMosquitto, freePort, startMosquitto } from '../../support/mosquitto.js';

const PROBE = 'probe-1';
const TOPIC = `agri/v1/${PROBE}/up`;

/** Stores in a list, when and if the test says so. */
class Store {
  readonly payloads: string[] = [];
  readonly offered: string[] = [];
  private readonly waiting: (() => void)[] = [];
  isOpen = true;

  readonly take = async ({ payload }: MqttMessage<string>): Promise<void> => {
    this.offered.push(payload.toString());
    if (!this.isOpen) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.payloads.push(payload.toString());
  };

  open(): void {
    this.isOpen = true;
    for (const proceed of this.waiting.splice(0)) proceed();
  }
}

describeWithMosquitto('a subscription at a broker', () => {
  let broker: Mosquitto;
  const closers: (() => Promise<unknown>)[] = [];
  // Each test its own: a broker goes on giving its share to the sessions that another one has left.
  beforeEach(async () => {
    broker = await startMosquitto([PROBE]);
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    await broker.stop();
  });

  const made = (store: Store, instanceName: string, url = broker.url) =>
    new MqttSubscription<string>({
      url,
      instanceName,
      topics: ['agri/v1/+/up'],
      principal: brokerName(url),
      onMessage: store.take,
      log: new Log('error'),
    });
  const subscribed = async (store: Store, instanceName: string) => {
    const subscription = made(store, instanceName);
    await subscription.start();
    closers.push(() => subscription.stop());
    return subscription;
  };
  const probe = async () => {
    const client = await connectAsync({ host: '127.0.0.1', port: broker.port, username: PROBE, password: broker.password });
    closers.push(() => client.endAsync(true));
    return client;
  };
  const until = async (condition: () => boolean): Promise<void> => {
    const deadline = Date.now() + 15_000;
    while (!condition()) {
      if (Date.now() > deadline) throw new Error('waited in vain');
      await delay(5);
    }
  };

  it('is refused at the start where the broker cannot be reached or does not know the password, which is not repeated', async () => {
    const nobody = await freePort();
    const refusals = await Promise.all(
      [`mqtt://u:hunter2@127.0.0.1:${String(nobody)}`, `mqtt://sheaf-ingest:hunter2@127.0.0.1:${String(broker.port)}`].map((url) =>
        made(new Store(), 'refused', url)
          .start()
          .then(() => '', String),
      ),
    );
    expect(refusals).toEqual([
      expect.stringContaining(`The MQTT broker at mqtt://127.0.0.1:${String(nobody)} cannot be used: connect ECONNREFUSED`),
      expect.stringMatching(/cannot be used: Connection refused: .*authorized/i),
    ]);
    expect(refusals.join()).not.toContain('hunter2');
  });

  it('reads on while messages wait for their commit, but not more than it has asked for', async () => {
    const store = new Store();
    store.isOpen = false;
    await subscribed(store, 'reads-on');
    const client = await probe();
    const count = MQTT_RECEIVE_MAX + 500;
    await Promise.all(Array.from({ length: count }, (_, i) => client.publishAsync(TOPIC, String(i), { qos: 1 })));
    await until(() => store.offered.length >= MQTT_RECEIVE_MAX);
    await delay(200);
    expect(store.offered).toHaveLength(MQTT_RECEIVE_MAX);
    store.open();
    await until(() => store.payloads.length >= count);
    expect(new Set(store.payloads).size).toBe(count);
  });

  it('takes a message that is published with the retain flag, and none that the broker had retained', async () => {
    const store = new Store();
    const client = await probe();
    await client.publishAsync(TOPIC, 'old', { qos: 1, retain: true });
    await subscribed(store, 'retained');
    await client.publishAsync(TOPIC, 'new', { qos: 1, retain: true });
    await until(() => store.payloads.length > 0);
    await delay(200);
    expect(store.payloads).toEqual(['new']);
    await client.publishAsync(TOPIC, '', { qos: 1, retain: true });
  });

  it('shares what comes with its siblings', async () => {
    const [one, two] = [new Store(), new Store()];
    await subscribed(one, 'one');
    await subscribed(two, 'two');
    const client = await probe();
    await Promise.all(Array.from({ length: 100 }, (_, i) => client.publishAsync(TOPIC, `shared ${String(i)}`, { qos: 1 })));
    const shared = () => [...one.payloads, ...two.payloads].filter((payload) => payload.startsWith('shared'));
    await until(() => shared().length >= 100);
    await delay(200);
    expect(new Set(shared()).size).toBe(100);
    expect(shared()).toHaveLength(100);
  });

  it('comes back after the broker was killed, and hears what comes then', async () => {
    const store = new Store();
    const subscription = await subscribed(store, 'comes-back');
    await broker.kill();
    await until(() => subscription.counts.outages === 1);
    await broker.restart();
    const client = await probe();
    await until(() => {
      void client.publishAsync(TOPIC, 'after', { qos: 1 });
      return store.payloads.includes('after');
    });
  });
});
