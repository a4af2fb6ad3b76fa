import { setTimeout as delay } from 'node:timers/promises';
import type { IClientOptions, IPublishPacket, IStream, MqttClient } from 'mqtt';
import { connect } from 'mqtt';
import type { Log } from '../logging/log.js';
import type { MqttMessage } from './mqtt-endpoint.js';
import { MQTT_DRAIN_MS_MAX, MQTT_PAYLOAD_BYTES_MAX, MQTT_TOPIC_BYTES_MAX } from './mqtt-endpoint.js';

export interface MqttSubscriptionOptions<Principal> {
  /** mqtt:// or mqtts://, with user and password where the broker asks for them. */
  readonly url: string;
  /** Names the session at the broker: the same one at every start, another one for every process. */
  readonly instanceName: string;
  /** Topic filters (MQTT 5, 4.7), which all processes share between them. */
  readonly topics: readonly string[];
  /** Who speaks: the broker, whose own access list says which device may publish what. */
  readonly principal: Principal;
  /** The message is acknowledged when this resolves. When it rejects, the broker is made to send again all that is not acknowledged. */
  readonly onMessage: (message: MqttMessage<Principal>) => Promise<void>;
  readonly log: Log;
  readonly nowMs?: () => number;
}

/** What happened since the start, for the metrics. */
export interface MqttSubscriptionCounts {
  stored: number;
  notStored: number;
  retained: number;
  outages: number;
}

/** Processes of this name get each message once between them (MQTT 5, 4.8.2). */
export const MQTT_SHARE_NAME = 'sheaf-ingest';
/**
 * How long the broker keeps a session, and the messages that wait in it, for a process that is away. A process that is taken away for good
 * leaves such a session behind, and brokers go on giving it its share until then.
 */
export const MQTT_SESSION_EXPIRY_S = 7 * 24 * 3_600;
/** Messages that the broker sends without hearing a PUBACK: two groups of a commit, one being written and one arriving. */
export const MQTT_RECEIVE_MAX = 4_000;
/** Memory of messages that wait for their commit; above it nothing is read from the broker. */
export const MQTT_WAITING_BYTES_MAX = 64 * 1_024 * 1_024;
export const MQTT_RECONNECT_MS_MIN = 500;
/** An outage of the database is no reason to have the same messages sent every moment. */
export const MQTT_RECONNECT_MS_MAX = 8_000;
export const MQTT_BROKER_CONNECT_MS_MAX = 10_000;
const MQTT_BROKER_KEEPALIVE_S = 30;
/** A PUBACK of reason 0 without properties (MQTT 5, 3.4). */
const PUBACK_BYTES = 4;
const REASON_SESSION_TAKEN_OVER = 0x8e;
const RETAIN_NOT_AT_SUBSCRIBE = 2;

/**
 * MQTT.js sends the PUBACK when `handleMessage` calls back, and reads the next packet only then: waiting for the commit inside it makes one
 * commit a message (measured: 855 messages/s), and stops its pings. So it is called back at once with an error, upon which MQTT.js sends no
 * PUBACK and reads on; the PUBACKs of a group are written here, after its commit, on the connection that brought the messages. This uses
 * public members only; a gate around the private `_sendPacket` is as fast and breaks with any release, and 64 clients that wait each for one
 * message make 64 sessions in which a broker parks messages when the process is away. The version is pinned, and the conformance suite
 * would see both failings: a PUBACK too early, and a pump that stands still.
 */
const ACKNOWLEDGED_LATER = new Error('acknowledged after the commit');

/** The platform as a subscriber of a broker that exists already. What it acknowledges to the broker is stored. */
export class MqttSubscription<Principal> {
  readonly counts: MqttSubscriptionCounts = { stored: 0, notStored: 0, retained: 0, outages: 0 };
  private client: MqttClient | null = null;
  private waiting = 0;
  private waitingBytes = 0;
  private readonly held: (() => void)[] = [];
  private acknowledged: number[] = [];
  private acknowledgedOn: IStream | null = null;
  private isAway = false;
  private stopping = false;

  constructor(private readonly options: MqttSubscriptionOptions<Principal>) {}

  /** Resolves when the broker has confirmed the subscriptions. Throws with a sentence for the operator, without the password. */
  async start(): Promise<void> {
    const client = connect(optionsOf(this.options));
    this.client = client;
    client.handleMessage = (packet, callback) => this.receive(client, packet, callback);
    const ready = new Promise<void>((resolve, reject) => {
      client.on('connect', () => void this.subscribe(client).then(resolve, (error: unknown) => this.refused(client, error, reject)));
      client.on('error', (error) => this.away(error, reject));
      client.on('close', () => this.away(new Error('the connection was closed'), reject));
      client.on('disconnect', ({ reasonCode }) => this.turnedOut(reasonCode));
    });
    try {
      await ready;
    } catch (error) {
      this.client = null;
      await client.endAsync(true);
      throw new Error(`The MQTT broker at ${brokerName(this.options.url)} cannot be used: ${reasonOf(error)}.`);
    }
  }

  /** Takes nothing new, lets what is being stored be stored and acknowledged, then leaves. The broker keeps the session, and what comes now. */
  async stop(): Promise<void> {
    const { client } = this;
    if (!client) return;
    this.client = null;
    this.stopping = true;
    const deadline = Date.now() + MQTT_DRAIN_MS_MAX;
    while (this.waiting > 0 && Date.now() < deadline) await delay(5);
    this.flush(client);
    await client.endAsync(!client.connected);
  }

  private async subscribe(client: MqttClient): Promise<void> {
    const filters = Object.fromEntries(
      // Retained messages are old news: not sent at subscribing, and marked where a broker sends them all the same (MQTT 5, 3.8.3.1).
      this.options.topics.map((topic) => [
        `$share/${MQTT_SHARE_NAME}/${topic}`,
        { qos: 1 as const, rap: false, rh: RETAIN_NOT_AT_SUBSCRIBE },
      ]),
    );
    await client.subscribeAsync(filters);
    if (this.isAway) this.options.log.write('info', 'The MQTT broker is back.', { broker: brokerName(this.options.url) });
    this.isAway = false;
  }

  private refused(client: MqttClient, error: unknown, reject: (error: unknown) => void): void {
    reject(error);
    if (this.stopping || !client.connected) return;
    this.options.log.write('error', 'The MQTT broker refuses the subscription.', {
      broker: brokerName(this.options.url),
      error: reasonOf(error),
    });
    this.askAgain(client, client.stream);
  }

  /** Told once an outage, not once an attempt. */
  private away(error: unknown, reject: (error: unknown) => void): void {
    reject(error);
    if (this.stopping || this.isAway) return;
    this.isAway = true;
    this.counts.outages += 1;
    this.options.log.write('warn', 'The MQTT broker is away.', { broker: brokerName(this.options.url), error: reasonOf(error) });
  }

  private turnedOut(reasonCode: number | undefined): void {
    if (reasonCode !== REASON_SESSION_TAKEN_OVER) return;
    this.options.log.write('error', 'Another process took over the session at the MQTT broker: each needs an INSTANCE_NAME of its own.', {
      instanceName: this.options.instanceName,
    });
  }

  private receive(client: MqttClient, packet: IPublishPacket, callback: (error?: Error) => void): void {
    if (packet.retain) {
      this.counts.retained += 1;
      callback();
      return;
    }
    // Not taken and not acknowledged: it waits in the session.
    if (this.stopping) {
      callback(ACKNOWLEDGED_LATER);
      return;
    }
    const { stream } = client;
    const bytes = Buffer.byteLength(packet.payload);
    this.waiting += 1;
    this.waitingBytes += bytes;
    void this.store(packet).then((isStored) => {
      this.waiting -= 1;
      this.waitingBytes -= bytes;
      if (this.waitingBytes <= MQTT_WAITING_BYTES_MAX) for (const proceed of this.held.splice(0)) proceed();
      if (!isStored) this.askAgain(client, stream);
      else if (packet.qos > 0) this.acknowledge(client, stream, packet.messageId ?? 0);
    });
    const proceed = (): void => callback(ACKNOWLEDGED_LATER);
    if (this.waitingBytes <= MQTT_WAITING_BYTES_MAX) proceed();
    else this.held.push(proceed);
  }

  private async store(packet: IPublishPacket): Promise<boolean> {
    const { topic, qos, dup, retain } = packet;
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    const receivedAtMs = (this.options.nowMs ?? Date.now)();
    try {
      await this.options.onMessage({ principal: this.options.principal, topic, payload, qos, dup, retain, receivedAtMs });
      this.counts.stored += 1;
      return true;
    } catch {
      this.counts.notStored += 1;
      return false;
    }
  }

  /** A server sends again only to a new connection (MQTT 5, 4.4). Each failure in a row doubles the time until then. */
  private askAgain(client: MqttClient, stream: IStream): void {
    if (client.stream !== stream || stream.destroyed) return;
    const afterMs = client.options.reconnectPeriod ?? MQTT_RECONNECT_MS_MIN;
    client.options.reconnectPeriod = Math.min(2 * afterMs, MQTT_RECONNECT_MS_MAX);
    stream.destroy();
  }

  /** Packet identifiers belong to a connection: what another one brought is sent again, recognised as stored, and acknowledged then. */
  private acknowledge(client: MqttClient, stream: IStream, messageId: number): void {
    client.options.reconnectPeriod = MQTT_RECONNECT_MS_MIN;
    if (client.stream !== stream) return;
    if (this.acknowledgedOn !== stream) this.acknowledged = [];
    this.acknowledgedOn = stream;
    this.acknowledged.push(messageId);
    // All of one commit in one write.
    if (this.acknowledged.length === 1) setImmediate(() => this.flush(client));
  }

  private flush(client: MqttClient): void {
    const messageIds = this.acknowledged;
    this.acknowledged = [];
    const { stream } = client;
    if (messageIds.length === 0 || stream !== this.acknowledgedOn || stream.destroyed) return;
    const packets = Buffer.alloc(messageIds.length * PUBACK_BYTES);
    messageIds.forEach((messageId, index) => {
      packets.writeUInt16BE(0x4002, index * PUBACK_BYTES);
      packets.writeUInt16BE(messageId, index * PUBACK_BYTES + 2);
    });
    stream.write(packets);
  }
}

/** The broker's address without user and password, for logs and as the name of who spoke. */
export function brokerName(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

function optionsOf({ url, instanceName }: { readonly url: string; readonly instanceName: string }): IClientOptions {
  const { protocol, hostname, port, username, password } = new URL(url);
  return {
    protocol: protocol === 'mqtts:' ? 'mqtts' : 'mqtt',
    // Brackets are a URL's way of writing an IPv6 address, not a resolver's.
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (protocol === 'mqtts:' ? 8883 : 1883) : Number(port),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    protocolVersion: 5,
    clientId: `${MQTT_SHARE_NAME}-${instanceName}`,
    clean: false,
    // Done here at every connection: another version may know more topics than the session does.
    resubscribe: false,
    keepalive: MQTT_BROKER_KEEPALIVE_S,
    connectTimeout: MQTT_BROKER_CONNECT_MS_MAX,
    reconnectPeriod: MQTT_RECONNECT_MS_MIN,
    reconnectOnConnackError: true,
    properties: {
      sessionExpiryInterval: MQTT_SESSION_EXPIRY_S,
      receiveMaximum: MQTT_RECEIVE_MAX,
      // A broker discards what is larger instead of sending it (MQTT 5, 3.1.2.11.4); the own endpoint refuses it as well.
      maximumPacketSize: MQTT_PAYLOAD_BYTES_MAX + 4 * MQTT_TOPIC_BYTES_MAX,
    },
  };
}

/** Where both families of an address refuse, the error of Node has no message of its own. */
function reasonOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string | number };
  return message || String(code ?? error);
}
