import { hash } from 'node:crypto';
import type { WebSocket as Wire } from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';
import type { SocketAdmission } from './socket-admission.js';

/** Of one key, in one process. */
export const SOCKETS_OF_A_KEY_MAX = 50;
export const SUBSCRIPTIONS_OF_A_SOCKET_MAX = 50;
/** Messages that a client sends in a minute. */
export const SOCKET_MESSAGES_A_MINUTE_MAX = 300;
/** How long a socket may stay open on which nothing is subscribed to. */
export const SOCKET_IDLE_MS_MAX = 60_000;
/** How often the peer is asked for a sign of life; who gives none until the next time is gone. */
export const SOCKET_PING_MS = 15_000;
/** How often the key is looked up again. */
export const SOCKET_READMISSION_MS = 30_000;

/** Close codes of graphql-transport-ws, and 4408 and 4429 in the sense of HTTP's 408 and 429. */
export const CLOSE = { INTERNAL: 4_500, BAD_REQUEST: 4_400, FORBIDDEN: 4_403, IDLE: 4_408, TOO_MANY: 4_429 } as const;

/** What the protocol keeps of a connection: the subscriptions that run, by their ids. */
export interface RunningSubscriptions {
  readonly subscriptions: Readonly<Record<string, unknown>>;
}

/** One socket: its limits, its signs of life, and whose it is. */
export class SocketConnection {
  /** Told in the upgrade's header, or with ConnectionInit. */
  authorization: string | null;
  private readonly timers: NodeJS.Timeout[] = [];
  private keyHash: string | null = null;
  private messages = 0;
  private running: RunningSubscriptions | null = null;
  private idleSince = performance.now();
  private alive = true;

  constructor(
    private readonly client: WebSocket,
    authorization: string | null,
    private readonly admission: SocketAdmission,
    private readonly all: ReadonlySet<SocketConnection>,
  ) {
    this.authorization = authorization;
  }

  /** `open` is the protocol's side: it is given the wire, and answers what is to be told when it is cut. */
  speak(open: (wire: Wire) => (code: number, reason: string) => Promise<void>): void {
    const { client } = this;
    const closed = open({
      protocol: client.protocol,
      send: (data) =>
        new Promise((resolve, reject) => {
          if (client.readyState !== client.OPEN) resolve();
          else client.send(data, (error) => (error ? reject(error) : resolve()));
        }),
      close: (code, reason) => this.close(code ?? CLOSE.INTERNAL, reason ?? ''),
      onMessage: (hear) => {
        client.on('message', (data, isBinary) => void this.hear(hear, data, isBinary));
      },
    });
    // What is wrong with a frame closes the socket by itself.
    client.on('error', () => undefined);
    client.on('pong', () => (this.alive = true));
    client.once('close', (code, reason) => {
      for (const timer of this.timers) clearInterval(timer);
      void closed(code, reason.toString());
    });
    this.every(SOCKET_PING_MS, () => this.ping());
    this.every(60_000, () => (this.messages = 0));
    this.every(SOCKET_READMISSION_MS, () => void this.readmit());
  }

  /** True where the key is good and has not too many sockets already; `told` is the key that came with ConnectionInit. */
  async connect(running: RunningSubscriptions, told: string | null): Promise<boolean> {
    this.authorization = told ?? this.authorization;
    if (!(await this.admission.admits(this.authorization))) return false;
    const keyHash = hash('sha256', this.authorization ?? '', 'base64');
    const own = [...this.all].filter((other) => other.keyHash === keyHash);
    if (own.length >= SOCKETS_OF_A_KEY_MAX) {
      this.close(CLOSE.TOO_MANY, 'Too many connections');
      return false;
    }
    this.keyHash = keyHash;
    this.running = running;
    return true;
  }

  close(code: number, reason: string): void {
    this.client.close(code, reason);
  }

  private async hear(hear: (data: string) => Promise<void>, data: RawData, isBinary: boolean): Promise<void> {
    this.messages += 1;
    if (this.messages > SOCKET_MESSAGES_A_MINUTE_MAX) {
      this.close(CLOSE.TOO_MANY, 'Too many messages');
      return;
    }
    if (isBinary) {
      this.close(CLOSE.BAD_REQUEST, 'Text only');
      return;
    }
    try {
      await hear((data as Buffer).toString('utf8'));
    } catch {
      this.close(CLOSE.INTERNAL, 'Internal error');
    }
  }

  private ping(): void {
    if (Object.keys(this.running?.subscriptions ?? {}).length > 0) this.idleSince = performance.now();
    if (performance.now() - this.idleSince > SOCKET_IDLE_MS_MAX) this.close(CLOSE.IDLE, 'Idle');
    else if (!this.alive) this.client.terminate();
    else {
      this.alive = false;
      this.client.ping();
    }
  }

  private async readmit(): Promise<void> {
    // Before ConnectionInit there is nobody to look up; that has a limit of its own.
    if (this.keyHash === null) return;
    // A database that is away for a moment takes no key back.
    const good = await this.admission.admits(this.authorization).catch(() => true);
    if (!good) this.close(CLOSE.FORBIDDEN, 'Forbidden');
  }

  private every(ms: number, work: () => void): void {
    this.timers.push(setInterval(work, ms).unref());
  }
}
