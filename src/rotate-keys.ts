import { appendFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MIGRATIONS } from '../migrations/index.js';
import type { Environment } from './platform/config/environment.js';
import { EnvironmentError, parseEnvironment } from './platform/config/environment.js';
import { KeyRotation } from './platform/crypto/key-rotation.js';
import { keyFileOf, keyIn } from './platform/crypto/keys.js';
import { fingerprint, MasterKeys } from './platform/crypto/master-keys.js';
import { pendingMigrations, requirePostgres } from './platform/database/data-source.js';
import { Database } from './platform/database/database.js';
import { EmbeddedPostgresServer } from './platform/embedded/embedded-postgres.js';
import { Log } from './platform/logging/log.js';

const USE = `npm run rotate-keys -- --to FILE
  FILE holds the new master key (openssl rand -hex 32). VAULT_KEY_FILE, DATABASE_URL and DATA_DIR are those of the platform, which may go on working.`;

/** The command: every data key is wrapped by the key in `--to FILE` instead of those of VAULT_KEY_FILE. Throws with a sentence for the operator. */
export async function rotateKeys(environment: Environment, toFile: string, say: (line: string) => void): Promise<void> {
  const log = new Log(environment.logLevel);
  const vaultKeyFile = environment.vaultKeyFile ?? (await keyFileOf(environment.dataDir, 'vault.key'));
  const key = await keyIn(toFile);
  const toMasterId = fingerprint(key);
  const masters = await withKey(await MasterKeys.read(vaultKeyFile), key, toMasterId, toFile, say);
  const { url, release } = await databaseOf(environment, log);
  try {
    await requirePostgres(url);
    const pending = await pendingMigrations(url, MIGRATIONS);
    if (pending.length > 0) throw new Error('The database is behind this version: start the platform once, then rotate.');
    const database = await Database.open(url, [], log);
    try {
      const done = await new KeyRotation(database, masters).run(toMasterId, (progress) =>
        say(`  ${String(progress.done)} wrapped anew, ${String(progress.rest)} to go`),
      );
      say(`Every data key is wrapped by the master key ${toMasterId} (${String(done)} in this run).`);
      say(`The other lines of ${vaultKeyFile} may go, at every process. Older backups of the database still need them.`);
    } finally {
      await database.close();
    }
  } finally {
    await release();
  }
}

/** Running processes find the new key as a further line of their file; the file of this machine gets it here. */
async function withKey(masters: MasterKeys, key: Uint8Array, id: string, toFile: string, say: (line: string) => void): Promise<MasterKeys> {
  if (masters.has(id)) return masters;
  // The last line of a file of the operator's may have no end.
  const line = `\n${Buffer.from(key).toString('hex')}\n`;
  await appendFile(masters.file, line).catch((error: unknown) => {
    throw new Error(
      `${masters.file} cannot be written (${String((error as NodeJS.ErrnoException).code)}): put the line of ${toFile} into it, at every process, and run this again.`,
    );
  });
  say(`The key of ${toFile} is now a further line of ${masters.file}. Where other machines run the platform, put it there too.`);
  return MasterKeys.read(masters.file);
}

/** The operator's, or the one in the box: that of a running platform, else started for this command. */
async function databaseOf({ databaseUrl, dataDir }: Environment, log: Log): Promise<{ url: string; release: () => Promise<void> }> {
  if (databaseUrl !== null) return { url: databaseUrl, release: () => Promise.resolve() };
  const directory = join(dataDir, 'postgres');
  const url = await EmbeddedPostgresServer.urlOfRunning(directory);
  if (url !== null) return { url, release: () => Promise.resolve() };
  const server = await EmbeddedPostgresServer.start({ directory, log });
  return { url: server.url, release: () => server.stop() };
}

async function main(args: readonly string[]): Promise<void> {
  const [option, file] = args;
  if (option !== '--to' || file === undefined || args.length > 2) throw new Error(USE);
  await rotateKeys(parseEnvironment(process.env), resolve(file), (line) => process.stdout.write(`${line}\n`));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof EnvironmentError || error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
