/* eslint-disable jest/no-export, jest/valid-title, jest/valid-describe-callback -- this is what specs are made with, not a spec */
import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, it } from '@jest/globals';
import { Redis } from 'ioredis';

const START_MS_MAX = 10_000;

/** A Redis of the test's own, in memory only. */
export interface TestRedis {
  /** The number of a database, 0 to 15, keeps the keys of several tests apart. */
  urlOf(database?: number): string;
  /** Runs one command, as its administrator. */
  command(name: string, ...args: string[]): Promise<unknown>;
  /** Ends it as a power cut would; `revive` starts it again, empty, on the same port. */
  kill(): Promise<void>;
  revive(): Promise<void>;
  stop(): Promise<void>;
}

const isInstalled = spawnSync('redis-server', ['--version']).status === 0;
const isRequired = !['', '0', 'false'].includes(process.env['CI'] ?? '');

/** Runs the block where a redis-server is found; else one skipped test, or in CI a failing one, so that green never means "not run". */
export function describeOnRedis(title: string, block: () => void): void {
  if (isInstalled) {
    describe(title, block);
    return;
  }
  describe(title, () => {
    if (isRequired) {
      it('finds redis-server', () => {
        throw new Error('No redis-server in the PATH: install it (apt-get install redis-server).');
      });
    } else {
      // eslint-disable-next-line jest/no-disabled-tests -- the one way to show in the report that nothing ran
      it.skip('skipped: no Redis', () => undefined);
    }
  });
}

export async function startTestRedis(...options: string[]): Promise<TestRedis> {
  const port = await freePort();
  let child = await launch(port, options);
  const command = async (name: string, ...args: string[]): Promise<unknown> => ask(port, name, ...args);
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  return {
    urlOf: (database = 0) => `redis://127.0.0.1:${String(port)}/${String(database)}`,
    command,
    kill: () => end('SIGKILL'),
    revive: async () => {
      child = await launch(port, options);
    },
    stop: () => end('SIGTERM'),
  };
}

async function launch(port: number, options: readonly string[]): Promise<ChildProcess> {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', '/tmp', ...options];
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const deadline = Date.now() + START_MS_MAX;
  while ((await ask(port, 'PING').catch(() => null)) !== 'PONG') {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`redis-server did not start:\n${said}`);
    await delay(20);
  }
  return child;
}

async function ask(port: number, name: string, ...args: string[]): Promise<unknown> {
  const redis = new Redis({ port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await redis.call(name, ...args);
  } finally {
    if (redis.status === 'ready') await redis.quit();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  server.close();
  await once(server, 'close');
  return port;
}
