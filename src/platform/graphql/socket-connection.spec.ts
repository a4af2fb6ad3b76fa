import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { WebSocket } from 'ws';
import { SocketAdmission } from './socket-admission.js';
import {
  SOCKET_IDLE_MS_MAX,
  SOCKET_MESSAGES_A_MINUTE_MAX,
  SOCKET_PING_MS,
  SOCKET_READMISSION_MS,
  SocketConnection,
} from './socket-connection.js';

/** The other end of a wire: it answers pings while it lives. */
class Peer extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  protocol = 'graphql-transport-ws';
  lives = true;
  closedWith: number | null = null;
  terminated = false;

  ping(): void {
    if (this.lives) this.emit('pong');
  }

  close(code: number): void {
    this.closedWith ??= code;
  }

  terminate(): void {
    this.terminated = true;
  }
}

interface Scene {
  readonly peer: Peer;
  readonly connection: SocketConnection;
  readonly heard: string[];
  readonly running: { subscriptions: Record<string, unknown> };
  readonly keys: Set<string>;
}

const all = new Set<SocketConnection>();

function aConnection(): Scene {
  const keys = new Set(['Bearer good']);
  const admission = new SocketAdmission();
  admission.register((authorization) => Promise.resolve(keys.has(authorization)));
  const peer = new Peer();
  const connection = new SocketConnection(peer as unknown as WebSocket, 'Bearer good', admission, all);
  all.add(connection);
  const heard: string[] = [];
  connection.speak((wire) => {
    wire.onMessage((text) => {
      heard.push(text);
      if (text === 'break') throw new Error('broken');
      return Promise.resolve();
    });
    return () => Promise.resolve();
  });
  return { peer, connection, heard, running: { subscriptions: {} }, keys };
}

const minutes = (count: number): Promise<void> => jest.advanceTimersByTimeAsync(count * 60_000);

beforeEach(() => void jest.useFakeTimers());
afterEach(() => {
  jest.useRealTimers();
  all.clear();
});

describe('a socket', () => {
  it('that gives no sign of life is cut', async () => {
    const { peer, connection, running } = aConnection();
    running.subscriptions['1'] = null;
    await connection.connect(running, null);
    await minutes(5);
    expect(peer.terminated).toBe(false);
    peer.lives = false;
    await jest.advanceTimersByTimeAsync(2 * SOCKET_PING_MS);
    expect(peer.terminated).toBe(true);
  });

  it('on which nothing is subscribed to is closed, and one with a subscription is not', async () => {
    const { peer, connection, running } = aConnection();
    running.subscriptions['1'] = null;
    await connection.connect(running, null);
    await minutes(10);
    expect(peer.closedWith).toBeNull();
    delete running.subscriptions['1'];
    await jest.advanceTimersByTimeAsync(SOCKET_IDLE_MS_MAX + 2 * SOCKET_PING_MS);
    expect(peer.closedWith).toBe(4408);
  });

  it('whose key is taken back is closed', async () => {
    const { peer, connection, running, keys } = aConnection();
    running.subscriptions['1'] = null;
    expect(await connection.connect(running, null)).toBe(true);
    await minutes(2);
    expect(peer.closedWith).toBeNull();
    keys.clear();
    await jest.advanceTimersByTimeAsync(SOCKET_READMISSION_MS);
    expect(peer.closedWith).toBe(4403);
  });

  it('does not connect with another key than a good one', async () => {
    const { connection, running } = aConnection();
    expect(await connection.connect(running, 'Bearer bad')).toBe(false);
  });

  it('that says too much in a minute is closed, and says as much in the next', async () => {
    const { peer, heard } = aConnection();
    const say = (count: number): void => {
      for (let i = 0; i < count; i += 1) peer.emit('message', Buffer.from('x'), false);
    };
    say(SOCKET_MESSAGES_A_MINUTE_MAX);
    await minutes(1);
    say(SOCKET_MESSAGES_A_MINUTE_MAX);
    expect([heard.length, peer.closedWith]).toEqual([2 * SOCKET_MESSAGES_A_MINUTE_MAX, null]);
    say(1);
    expect([heard.length, peer.closedWith]).toEqual([2 * SOCKET_MESSAGES_A_MINUTE_MAX, 4429]);
  });

  it('is closed where taking a message breaks, and stops its watches when it is cut', async () => {
    const { peer } = aConnection();
    peer.emit('message', Buffer.from('break'), false);
    await jest.advanceTimersByTimeAsync(0);
    expect(peer.closedWith).toBe(4500);
    expect(jest.getTimerCount()).toBeGreaterThan(0);
    peer.emit('close', 4500, Buffer.from(''));
    expect(jest.getTimerCount()).toBe(0);
  });
});
