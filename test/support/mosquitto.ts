/* eslint-disable jest/no-export, jest/valid-title, jest/valid-describe-callback -- this is what specs are made with, not a spec */
import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, it } from '@jest/globals';

const PATHS = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto', '/usr/local/sbin/mosquitto', '/opt/homebrew/sbin/mosquitto'] as const;
const START_MS_MAX = 10_000;
/** The user of the example's access list. */
const SUBSCRIBER = 'sheaf-ingest';

export interface Mosquitto {
  readonly port: number;
  /** As the ingest role is told it. */
  readonly url: string;
  /** Of everybody: of SUBSCRIBER and of the users it was started with. */
  readonly password: string;
  /** Starts it again after a kill, on the same port and data. */
  restart(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** MOSQUITTO_PATH, or where Debian and others put it; null where there is none. */
export function mosquittoPath(): string | null {
  return [process.env['MOSQUITTO_PATH'], ...PATHS].find((path) => path !== undefined && path !== '' && existsSync(path)) ?? null;
}

/** Runs the block where a Mosquitto is found; else one skipped test, or in CI a failing one, so that green never means "not run". */
export function describeWithMosquitto(title: string, block: () => void): void {
  if (mosquittoPath() !== null) {
    describe(title, block);
    return;
  }
  describe(title, () => {
    if (!['', '0', 'false'].includes(process.env['CI'] ?? '')) {
      it('finds Mosquitto', () => {
        throw new Error('No Mosquitto: install it (apt-get install mosquitto), or set MOSQUITTO_PATH.');
      });
    } else {
      // eslint-disable-next-line jest/no-disabled-tests -- the one way to show in the report that nothing ran
      it.skip('skipped: no Mosquitto', () => undefined);
    }
  });
}

/** The broker of docker-compose.yml, with its configuration and access list, on a free port and a folder of its own. */
export async function startMosquitto(users: readonly string[] = []): Promise<Mosquitto> {
  const folder = await mkdtemp(join(tmpdir(), 'sheaf-mosquitto-'));
  const port = await freePort();
  const password = 'password of everybody';
  const files = { passwords: join(folder, 'passwords'), acl: join(folder, 'acl'), conf: join(folder, 'mosquitto.conf') };
  await writeFile(files.passwords, [SUBSCRIBER, ...users].map((user) => `${user}:${password}\n`).join(''));
  execFileSync('mosquitto_passwd', ['-U', files.passwords]);
  await writeFile(files.acl, await readFile('deploy/mosquitto.acl.example', 'utf8'));
  const conf = (await readFile('deploy/mosquitto.conf', 'utf8'))
    .replace('listener 1883', `listener ${String(port)} 127.0.0.1`)
    .replace('/mosquitto/secrets/passwords', files.passwords)
    .replace('/mosquitto/secrets/acl', files.acl)
    .replace('/mosquitto/data/', `${folder}/`);
  await writeFile(files.conf, conf);
  // Started by root it works as user mosquitto, who must get in and write there.
  await chmod(folder, 0o777);
  for (const file of Object.values(files)) await chmod(file, 0o644);
  let running = await run(files.conf, port);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    running.child.kill(signal);
    await running.ended;
  };
  return {
    port,
    url: `mqtt://${SUBSCRIBER}:${encodeURIComponent(password)}@127.0.0.1:${String(port)}`,
    password,
    kill: () => end('SIGKILL'),
    async restart() {
      running = await run(files.conf, port);
    },
    async stop() {
      await end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function run(conf: string, port: number): Promise<{ readonly child: ChildProcess; readonly ended: Promise<void> }> {
  const child = spawn(mosquittoPath() ?? 'mosquitto', ['-c', conf], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const ended = once(child, 'close').then(() => undefined);
  const deadline = Date.now() + START_MS_MAX;
  while (!(await isOpen(port))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`Mosquitto did not start:\n${said}`);
    await delay(20);
  }
  return { child, ended };
}

async function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(() => resolve(true)));
    socket.once('error', () => resolve(false));
  });
}

/** Free at this moment: the next who asks may take it as well. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
