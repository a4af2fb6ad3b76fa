import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { AuthenticateError, Client, ConnectPacket, PublishPacket, Subscription } from 'aedes';
import { guardPacketLength } from './packet-length-guard.js';
import { StoringBroker } from './storing-broker.js';
import { Turnstile } from './turnstile.js';

export interface MqttMessage<Principal> {
  readonly principal: Principal;
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1 | 2;
  readonly dup: boolean;
  readonly retain: boolean;
  readonly receivedAtMs: number;
}

export interface MqttEndpointOptions<Principal> {
  /** 0 picks a free one. */
  readonly port: number;
  readonly host?: string;
  /** null refuses the credential; a rejection says that this cannot be decided now (the device tries again). */
  readonly authenticate: (username: string, password: string, clientId: string) => Promise<Principal | null>;
  /** Default: agri/v1/{username}/up, hist and state. */
  readonly authorizePublish?: (principal: Principal, topic: string) => boolean;
  /** Default: agri/v1/{username}/cmd, without wildcards. */
  readonly authorizeSubscribe?: (principal: Principal, topic: string) => boolean;
  /** The message is acknowledged when this resolves. When it rejects, the connection is closed, so that the device sends again. */
  readonly onMessage: (message: MqttMessage<Principal>) => Promise<void>;
  readonly connectionsMax?: number;
  readonly nowMs?: () => number;
}

/** What happened since the start, for the metrics. */
export interface MqttCounts {
  stored: number;
  notStored: number;
  refusedProtocol: number;
  refusedCredential: number;
  refusedTopic: number;
  refusedSize: number;
  refusedConnection: number;
}

export const MQTT_PAYLOAD_BYTES_MAX = 1_048_576;
export const MQTT_TOPIC_BYTES_MAX = 512;
export const MQTT_CONNECT_BYTES_MAX = 65_536;
export const MQTT_CLIENT_ID_LENGTH_MAX = 128;
export const MQTT_CONNECTIONS_MAX = 10_000;
/** Messages of one connection that wait for their commit; the next ones are read, but not handed on. */
export const MQTT_IN_FLIGHT_PER_CONNECTION_MAX = 256;
/** QoS 2 messages of one connection that wait for their PUBREL: aedes keeps them in memory. */
export const MQTT_QOS_2_OPEN_MAX = 16;
/** A client that asks for less watching than this gets this: half-open connections must end some day. */
export const MQTT_KEEPALIVE_S_MAX = 3_600;
export const MQTT_CONNECT_MS_MAX = 10_000;
export const MQTT_DRAIN_MS_MAX = 10_000;
/** Topic length, packet identifier, and some air; the payload itself is measured exactly. */
const PACKET_OVERHEAD_BYTES = MQTT_TOPIC_BYTES_MAX + 16;
const TCP_KEEPALIVE_MS = 60_000;
/** How many packets aedes hands on at a time; 100 by default, too few for groups of a commit. */
const BROKER_CONCURRENCY = 5_000;
const CONNACK_IDENTIFIER_REJECTED = 2;
const CONNACK_SERVER_UNAVAILABLE = 3;
const CONNACK_BAD_CREDENTIAL = 4;
const CONNACK_NOT_AUTHORIZED = 5;

interface Session<Principal> {
  readonly principal: Principal;
  readonly username: string;
  readonly turnstile: Turnstile;
}

/**
 * The platform as an MQTT 3.1 and 3.1.1 server of its own: a PUBACK means stored, because it leaves after `onMessage` resolved. A broker in
 * between would acknowledge on its own account.
 */
export class MqttEndpoint<Principal> {
  readonly counts: MqttCounts = {
    stored: 0,
    notStored: 0,
    refusedProtocol: 0,
    refusedCredential: 0,
    refusedTopic: 0,
    refusedSize: 0,
    refusedConnection: 0,
  };
  private readonly sessions = new WeakMap<Client, Session<Principal>>();
  private readonly sockets = new Set<Socket>();
  private server: Server | null = null;
  private broker: StoringBroker | null = null;
  private inFlight = 0;
  private stopping = false;

  constructor(private readonly options: MqttEndpointOptions<Principal>) {}

  get connections(): number {
    return this.sockets.size;
  }

  /** Resolves with the port in use. Throws an Error that names MQTT_PORT where it is taken. */
  async start(): Promise<number> {
    this.stopping = false;
    const broker = this.makeBroker();
    await broker.listen();
    this.broker = broker;
    const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: TCP_KEEPALIVE_MS }, (socket) =>
      this.accept(broker, socket),
    );
    server.maxConnections = this.options.connectionsMax ?? MQTT_CONNECTIONS_MAX;
    server.on('drop', () => (this.counts.refusedConnection += 1));
    this.server = server;
    try {
      return await listen(server, this.options.port, this.options.host);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Takes nothing new, lets what is being stored be stored and acknowledged, then closes every connection. */
  async stop(): Promise<void> {
    const { server, broker } = this;
    if (!server || !broker) return;
    this.server = null;
    this.broker = null;
    this.stopping = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const deadline = Date.now() + MQTT_DRAIN_MS_MAX;
    while (this.inFlight > 0 && Date.now() < deadline) await delay(5);
    // aedes writes the last PUBACKs in a later turn; ended sockets flush them before they close.
    await delay(5);
    for (const socket of this.sockets) socket.end();
    while (this.sockets.size > 0 && Date.now() < deadline && !isFlushed(this.sockets)) await delay(5);
    await new Promise<void>((resolve) => broker.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private makeBroker(): StoringBroker {
    const broker = new StoringBroker({
      concurrency: BROKER_CONCURRENCY,
      connectTimeout: MQTT_CONNECT_MS_MAX,
      queueLimit: MQTT_IN_FLIGHT_PER_CONNECTION_MAX,
      maxInflightInbound: MQTT_QOS_2_OPEN_MAX,
      // Checked here for 3.1 and 3.1.1 alike; aedes would hold 3.1 to 23 characters, of which real devices know nothing.
      maxClientsIdLength: Number.MAX_SAFE_INTEGER,
    });
    broker.preConnect = (client, packet, callback) => this.preConnect(client, packet, callback);
    broker.authenticate = (client, username, password, callback) => {
      void this.authenticate(client, username, password).then(
        (returnCode) => (returnCode === 0 ? callback(null, true) : callback(refusal(returnCode), null)),
        () => callback(refusal(CONNACK_SERVER_UNAVAILABLE), null),
      );
    };
    broker.authorizePublish = (client, packet, callback) => this.publish(client, packet, callback);
    broker.authorizeSubscribe = (client, subscription, callback) =>
      callback(null, this.maySubscribe(client, subscription) ? subscription : null);
    return broker;
  }

  private accept(broker: StoringBroker, socket: Socket): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    if (this.stopping) {
      socket.destroy();
      return;
    }
    let client: Client | null = null;
    const bytesMax = (): number =>
      client && this.sessions.has(client) ? MQTT_PAYLOAD_BYTES_MAX + PACKET_OVERHEAD_BYTES : MQTT_CONNECT_BYTES_MAX;
    guardPacketLength(socket, bytesMax, () => (this.counts.refusedSize += 1));
    client = broker.handle(socket);
  }

  private preConnect(_client: Client, packet: ConnectPacket, callback: (error: Error | null, success: boolean) => void): void {
    // aedes answers with CONNACK 1, unacceptable protocol version [MQTT-3.1.2-2].
    if (packet.protocolVersion !== 3 && packet.protocolVersion !== 4) this.counts.refusedProtocol += 1;
    if (!packet.keepalive || packet.keepalive > MQTT_KEEPALIVE_S_MAX) packet.keepalive = MQTT_KEEPALIVE_S_MAX;
    // Sessions are named by client id, and a second connection of a name ends the first [MQTT-3.1.4-2]: nobody may end another's.
    if (packet.clientId !== '') packet.clientId = `${packet.username ?? ''}/${packet.clientId}`;
    callback(null, true);
  }

  /** The return code of the CONNACK. */
  private async authenticate(client: Client, username: string | undefined, password: Buffer | undefined): Promise<number> {
    if (this.stopping) return CONNACK_SERVER_UNAVAILABLE;
    if (!username || !password) return this.refuseCredential(CONNACK_NOT_AUTHORIZED);
    const clientId = client.id.startsWith(`${username}/`) ? client.id.slice(username.length + 1) : '';
    if (clientId.length > MQTT_CLIENT_ID_LENGTH_MAX || (clientId === '' && !client.clean)) return CONNACK_IDENTIFIER_REJECTED;
    const principal = await this.options.authenticate(username, password.toString('utf8'), clientId);
    if (principal === null) return this.refuseCredential(CONNACK_BAD_CREDENTIAL);
    this.sessions.set(client, { principal, username, turnstile: new Turnstile(MQTT_IN_FLIGHT_PER_CONNECTION_MAX) });
    return 0;
  }

  private refuseCredential(returnCode: number): number {
    this.counts.refusedCredential += 1;
    return returnCode;
  }

  /** Also the way of last wills: the client is closed then, and nobody waits for an answer. An error closes the connection. */
  private publish(client: Client | null, packet: PublishPacket, callback: (error?: Error | null) => void): void {
    const session = client ? this.sessions.get(client) : undefined;
    // Who is shut out at the end did not vanish: its will stays unsaid, and what it sends now is sent again after the restart.
    const refused = session && !this.stopping ? this.refuse(session, packet) : new Error('not accepted');
    if (!session || refused) {
      callback(refused);
      return;
    }
    const receivedAtMs = (this.options.nowMs ?? Date.now)();
    this.inFlight += 1;
    session.turnstile.enter(() => {
      void this.store(session, packet, receivedAtMs).then((error) => {
        this.inFlight -= 1;
        session.turnstile.leave();
        callback(error);
      });
    });
  }

  private refuse(session: Session<Principal>, packet: PublishPacket): Error | null {
    if (Buffer.byteLength(packet.payload) > MQTT_PAYLOAD_BYTES_MAX) {
      this.counts.refusedSize += 1;
      return new Error('payload too large');
    }
    const { authorizePublish } = this.options;
    const { topic } = packet;
    const may =
      Buffer.byteLength(topic) <= MQTT_TOPIC_BYTES_MAX &&
      (authorizePublish ? authorizePublish(session.principal, topic) : isOwnTopic(session.username, topic, ['up', 'hist', 'state']));
    if (may) return null;
    this.counts.refusedTopic += 1;
    return new Error('topic refused');
  }

  private async store(session: Session<Principal>, packet: PublishPacket, receivedAtMs: number): Promise<Error | null> {
    const { topic, qos, retain } = packet;
    // A last will has no such flag.
    const dup = (packet as Partial<PublishPacket>).dup ?? false;
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    try {
      await this.options.onMessage({ principal: session.principal, topic, payload, qos, dup, retain, receivedAtMs });
      this.counts.stored += 1;
      return null;
    } catch (error) {
      this.counts.notStored += 1;
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  private maySubscribe(client: Client, { topic }: Subscription): boolean {
    const session = this.sessions.get(client);
    if (!session || this.stopping) return false;
    const { authorizeSubscribe } = this.options;
    const may = authorizeSubscribe ? authorizeSubscribe(session.principal, topic) : isOwnTopic(session.username, topic, ['cmd']);
    if (!may) this.counts.refusedTopic += 1;
    return may;
  }
}

function isOwnTopic(username: string, topic: string, kinds: readonly string[]): boolean {
  return kinds.some((kind) => topic === `agri/v1/${username}/${kind}`);
}

function refusal(returnCode: number): AuthenticateError {
  const error = new Error(`connection refused, return code ${returnCode}`);
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- aedes's codes are a const enum, which isolated modules cannot import
  return Object.assign(error, { returnCode });
}

function isFlushed(sockets: ReadonlySet<Socket>): boolean {
  return [...sockets].every((socket) => socket.destroyed || socket.writableFinished);
}

async function listen(server: Server, port: number, host: string | undefined): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.on('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(
        taken ? new Error(`Port ${port} is taken: set MQTT_PORT to a free one, or to 0 to have one picked.`, { cause: error }) : error,
      );
    });
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}
