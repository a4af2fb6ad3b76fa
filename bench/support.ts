import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GraphqlClient } from '../demo/graphql-client.js';

const START_MS_MAX = 120_000;
const STOP_MS_MAX = 60_000;

/** What the file NAME.ts of a benchmark exports: `export const run: Benchmark = …`. It throws where a result is wrong; a figure that is only slow is printed, not thrown. */
export type Benchmark = (options: { readonly smoke: boolean }) => Promise<void>;

export interface Server {
  /** Without trailing slash; GraphQL is at `${url}/graphql`. */
  readonly url: string;
  readonly pid: number;
  readonly admin: GraphqlClient;
  /** The embedded database as its owner: for raw limits and for counting behind the platform's back. */
  readonly databaseUrl: string;
  /** Drains, and removes its data. Twice is harmless. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** The program, below dist; default: the platform itself, `src/main.js`. Another one must print the same lines when it is up. */
  readonly program?: string;
  /** Variables beside those set here. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * The platform in a process of its own, as an operator runs it, on a fresh embedded PostgreSQL with its durable defaults. The data lies below
 * BENCH_DIR, or the system's folder for temporary files; that must be a real disk, else commits cost nothing. BENCH_CPU_PROF names
 * a folder for a CPU profile of the process.
 */
export async function startServer({ program = 'src/main.js', env = {} }: ServerOptions = {}): Promise<Server> {
  const dataDir = await mkdtemp(join(process.env.BENCH_DIR ?? tmpdir(), 'sheaf-bench-'));
  // Run by root, PostgreSQL works as user postgres, who must get in.
  await chmod(dataDir, 0o755);
  const key = `bench_${randomBytes(24).toString('base64url')}`;
  const profile = process.env.BENCH_CPU_PROF;
  const child = spawn(
    process.execPath,
    ['--max-semi-space-size=64', ...(profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : ['--enable-source-maps']), below(program)],
    {
      env: {
        ...process.env,
        NODE_ENV: 'production',
        HOST: '127.0.0.1',
        PORT: '0',
        MQTT_PORT: '0',
        LOG_LEVEL: 'error',
        DATA_DIR: dataDir,
        ADMIN_API_KEY: key,
        // A throw-away database, whatever the shell is set up for.
        DATABASE_URL: undefined,
        REDIS_URL: undefined,
        MQTT_URL: undefined,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: process.platform !== 'win32',
    },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    await end(child, ended);
    await rm(dataDir, { recursive: true, force: true });
  };
  // The last resort: a benchmark that breaks leaves no platform behind.
  process.once('exit', () => child.kill('SIGINT'));
  try {
    const url = await doorOf(child, ended);
    return { url, pid: child.pid ?? 0, admin: new GraphqlClient(url, key), databaseUrl: await databaseUrlOf(dataDir), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A program of dist, seen from dist/bench. */
function below(program: string): string {
  return fileURLToPath(new URL(`../${program}`, import.meta.url));
}

async function doorOf(child: ChildProcess, ended: Promise<void>): Promise<string> {
  let said = '';
  const told = new Promise<string>((resolve) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const [, url] = /^ {2}GraphQL +(\S+)\/graphql$/m.exec(said) ?? [];
      if (url !== undefined && /^ {2}Administrator .*\n/m.test(said)) resolve(url.replace('localhost', '127.0.0.1'));
    });
  });
  const broken = ended.then(() => {
    throw new Error(`The server ended before it was up.\n${said}`);
  });
  broken.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The server was not up after ${String(START_MS_MAX / 1_000)} s.\n${said}`)), START_MS_MAX);
  });
  try {
    return await Promise.race([told, broken, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function databaseUrlOf(dataDir: string): Promise<string> {
  const directory = join(dataDir, 'postgres');
  const password = (await readFile(join(directory, 'password'), 'utf8')).trim();
  // The fourth line of postmaster.pid is the port.
  const port = (await readFile(join(directory, 'cluster', 'postmaster.pid'), 'utf8')).split('\n')[3]?.trim() ?? '';
  return `postgresql://postgres:${password}@127.0.0.1:${port}/sheaf`;
}

async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGINT');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await ended;
  clearTimeout(timer);
}

export interface LoadRequest {
  /** With the query string. Default: /graphql. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where there is one, the request is a POST of JSON; else a GET. */
  readonly body?: string;
}

export interface LoadOptions {
  readonly url: string;
  /** How many requests are under way at any moment, each on a connection of its own that is kept. */
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly durationMs: number;
  /** The next request; null ends the load before its time. */
  readonly next: () => LoadRequest | null;
  /** Looks at every answer, those of the warm-up too; what it throws ends the load. Default: anything but HTTP 200 throws. */
  readonly onAnswer?: (status: number, body: string, asked: LoadRequest) => void;
}

export interface LoadFigures {
  /** Answers that came within the measured time. */
  readonly requests: number;
  readonly perSecond: number;
  /** Of those, ascending. */
  readonly latenciesMs: Float64Array;
}

/** A closed loop: who got an answer asks at once again. Measured from the end of the warm-up, until the time is over. */
export async function load(options: LoadOptions): Promise<LoadFigures> {
  const { url, inFlight, warmUpMs, durationMs, next, onAnswer = requireOk } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  const latencies: number[] = [];
  const fromMs = performance.now() + warmUpMs;
  const untilMs = fromMs + durationMs;
  let lastMs = fromMs;
  const client = async (): Promise<void> => {
    while (performance.now() < untilMs) {
      const asked = next();
      if (asked === null) return;
      const startedMs = performance.now();
      const { status, body } = await send(agent, url, asked);
      const endedMs = performance.now();
      onAnswer(status, body, asked);
      if (endedMs >= fromMs && endedMs < untilMs) {
        latencies.push(endedMs - startedMs);
        lastMs = endedMs;
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: inFlight }, client));
  } finally {
    agent.destroy();
  }
  // Who ran out of requests stopped measuring there.
  const seconds = (performance.now() >= untilMs ? untilMs - fromMs : lastMs - fromMs) / 1_000;
  return {
    requests: latencies.length,
    perSecond: seconds > 0 ? latencies.length / seconds : 0,
    latenciesMs: Float64Array.from(latencies).sort(),
  };
}

function requireOk(status: number, body: string): void {
  if (status !== 200) throw new Error(`HTTP ${String(status)}: ${body.slice(0, 500)}`);
}

function send(agent: Agent, url: string, asked: LoadRequest): Promise<{ readonly status: number; readonly body: string }> {
  const { path = '/graphql', headers = {}, body } = asked;
  return new Promise((resolve, reject) => {
    const post = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
    const out = request(
      `${url}${path}`,
      { agent, method: body === undefined ? 'GET' : 'POST', headers: { ...headers, ...post } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
        answer.on('error', reject);
      },
    );
    out.on('error', reject);
    out.end(body);
  });
}

/** The value below which `share` (0 to 1) of the ascending values lie; NaN where there are none. */
export function percentile(ascending: ArrayLike<number>, share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? Number.NaN;
}

/** "  what ........ 5,432 deliveries/s   p50 12.3 ms, p99 45.6 ms   0.43 of raw" */
export function tell(
  what: string,
  perSecond: number,
  unit: string,
  more: { latenciesMs?: ArrayLike<number>; ratios?: readonly Ratio[] } = {},
): void {
  const { latenciesMs, ratios = [] } = more;
  const times = latenciesMs
    ? [`p50 ${percentile(latenciesMs, 0.5).toFixed(1)} ms, p99 ${percentile(latenciesMs, 0.99).toFixed(1)} ms`]
    : [];
  const parts = ratios.map(({ limit, limitPerSecond }) => `${(perSecond / limitPerSecond).toFixed(2)} of ${limit}`);
  const figure = Math.round(perSecond).toLocaleString('en').padStart(9);
  process.stdout.write(`  ${what.padEnd(52)}${figure} ${unit.padEnd(14)}${[...times, ...parts].join('   ')}\n`.replace(/ +\n$/, '\n'));
}

export interface Ratio {
  readonly limit: string;
  readonly limitPerSecond: number;
}
