import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The first start of all lays out a database, which takes some ten seconds on a small machine. */
const START_MS_MAX = 120_000;
/** After that a platform that does not drain is ended. */
const STOP_MS_MAX = 30_000;
const MAIN = fileURLToPath(new URL('../src/main.js', import.meta.url));

export interface Platform {
  readonly pid: number;
  /** Without trailing slash. */
  readonly url: string;
  readonly mqttUrl: string;
  readonly administratorKey: string;
  /** Resolves when the process has ended, with its exit code. */
  readonly ended: Promise<number | null>;
  /** Asks it to drain, and waits. Twice is harmless. */
  stop(): Promise<void>;
}

/**
 * Starts the platform as an operator would, and reads from its output where its doors are. Throws where it does not come up; what it complains about goes to stderr.
 * `asked` is raised when a person wants it to end: it then drains.
 */
export async function startPlatform(environment: Readonly<Record<string, string | undefined>>, asked: AbortSignal): Promise<Platform> {
  // A process group of its own: Ctrl-C in a terminal goes to the whole group, and PostgreSQL must outlive the platform's draining.
  const child = spawn(process.execPath, ['--enable-source-maps', '--max-semi-space-size=64', MAIN], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const { pid } = child;
  if (pid === undefined) throw new Error('The platform could not be started.');
  asked.addEventListener('abort', () => child.kill('SIGINT'));
  // The last resort: a demo that breaks in an unforeseen way leaves no platform behind.
  process.once('exit', () => child.kill('SIGINT'));
  const doors = await readDoors(child, ended).catch(async (error: unknown) => {
    await stop(child, ended);
    throw error;
  });
  return { pid, ...doors, ended, stop: () => stop(child, ended) };
}

async function readDoors(
  child: ChildProcess,
  ended: Promise<number | null>,
): Promise<Pick<Platform, 'url' | 'mqttUrl' | 'administratorKey'>> {
  let said = '';
  // What it complains about, a person sees at once.
  child.stderr?.on('data', (chunk: Buffer) => process.stderr.write(chunk));
  const told = new Promise<string>((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (/^ {2}Administrator .*\n/m.test(said)) resolve(said);
    });
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`The platform was not up after ${String(START_MS_MAX / 1_000)} seconds.\n${said}`)),
      START_MS_MAX,
    );
  });
  const broken = ended.then((code) => {
    throw new Error(`The platform ended with code ${String(code)} before it was up.`);
  });
  // Later, when the doors are known, its end is no error of the start.
  broken.catch(() => undefined);
  try {
    const output = await Promise.race([told, late, broken]);
    const find = (pattern: RegExp): string => {
      const found = pattern.exec(output)?.[1];
      if (found === undefined) throw new Error(`The platform did not print its doors:\n${output}`);
      return found;
    };
    return {
      url: find(/^ {2}GraphQL +(\S+)\/graphql$/m),
      mqttUrl: find(/^ {2}MQTT +(\S+)$/m),
      administratorKey: find(/^ {2}Administrator +(\S+)/m),
    };
  } finally {
    clearTimeout(timer);
  }
}

async function stop(child: ChildProcess, ended: Promise<number | null>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGINT');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await ended;
  clearTimeout(timer);
}
