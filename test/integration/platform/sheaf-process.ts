import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** An own process that starts the platform as the operator does, from the sources as they stand. */
export interface SheafProcess {
  readonly child: ChildProcess;
  /** What it has said on both streams until now. */
  said(): string;
  /** Resolves with the addresses that it prints; rejects with what it said when it ends before. */
  started(): Promise<{ readonly url: string; readonly mqttPort: number; readonly key: string }>;
  /** The exit code; null where a signal ended it. */
  ended(): Promise<number | null>;
}

/** `ownGroup`: as a shell starts it, which sends Ctrl-C to the program and all that it has started: `process.kill(-pid)`. */
export function startSheaf(env: Readonly<Record<string, string>>, { ownGroup = false } = {}): SheafProcess {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--import', './test/support/typescript.mjs', 'src/main.ts'],
    {
      env: { ...process.env, NODE_OPTIONS: '', HOST: '127.0.0.1', PORT: '0', MQTT_PORT: '0', LOG_LEVEL: 'error', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: ownGroup,
    },
  );
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)));
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return {
    child,
    said: () => text,
    ended: () => exited,
    async started() {
      while (child.exitCode === null && child.signalCode === null) {
        const [, url] = /GraphQL\s+(\S+)\/graphql/.exec(text) ?? [];
        const [, mqttPort] = /MQTT\s+mqtt:\/\/localhost:(\d+)/.exec(text) ?? [];
        const [, key] = /Administrator\s+(\S+)/.exec(text) ?? [];
        if (url !== undefined && mqttPort !== undefined && key !== undefined && text.includes('Ctrl-C')) {
          return { url: url.replace('localhost', '127.0.0.1'), mqttPort: Number(mqttPort), key };
        }
        await delay(50);
      }
      throw new Error(`It ended before it was up:\n${text}`);
    },
  };
}

/** The PostgreSQL that runs, or ran, under this DATA_DIR. */
export interface OwnPostgres {
  readonly pid: number;
  readonly url: string;
}

export async function postgresOf(dataDir: string): Promise<OwnPostgres> {
  const [pid = '', , , port = ''] = (await readFile(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8')).split('\n');
  const password = (await readFile(join(dataDir, 'postgres', 'password'), 'utf8')).trim();
  return { pid: Number(pid), url: `postgresql://postgres:${password}@127.0.0.1:${port.trim()}/sheaf` };
}

/** False once the process is gone, or is a zombie that nobody has waited for. */
export async function lives(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => '');
  return !/\) Z /.test(stat);
}
