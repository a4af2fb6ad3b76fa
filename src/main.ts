import 'reflect-metadata';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { MIGRATIONS } from '../migrations/index.js';
import { AppModule, ENTITIES } from './app.module.js';
import { derivedUuid } from './core/kernel/ids.js';
import { IdentityService, refuseDoorsWithoutPolicy } from './modules/identity/index.js';
import { ReadingSubscriber } from './modules/sensing/index.js';
import { Clock } from './platform/clock/clock.js';
import type { Environment } from './platform/config/environment.js';
import { EnvironmentError, parseEnvironment } from './platform/config/environment.js';
import { Settings } from './platform/config/settings.js';
import { keyOf } from './platform/crypto/keys.js';
import { newSecret } from './platform/crypto/sealing.js';
import { migrate } from './platform/database/data-source.js';
import { Database } from './platform/database/database.js';
import { EmbeddedPostgresServer } from './platform/embedded/embedded-postgres.js';
import { ProblemFilter } from './platform/http/problem.filter.js';
import { Log } from './platform/logging/log.js';
import { JobQueue } from './platform/queue/job-queue.js';

/** Bodies of GraphQL calls and webhooks; a delivery is about 1 kB. */
export const BODY_BYTES_MAX = 2 * 1_024 * 1_024;
const ADMINISTRATION = { organisationId: derivedUuid('administration', 'organisation'), keyId: derivedUuid('administration', 'first key') };

export interface Running {
  readonly app: NestFastifyApplication;
  readonly url: string;
  readonly mqttPort: number;
  /** Null where an earlier start made it, and where ADMIN_API_KEY was given. */
  readonly administratorKey: { readonly key: string; readonly file: string | null };
  /** Drains and lets go of everything; twice is harmless. */
  stop(): Promise<void>;
}

/** Starts all roles in this process. Throws with a sentence for the operator. */
export async function start(environment: Environment, options: { clock?: Clock } = {}): Promise<Running> {
  const log = new Log(environment.logLevel);
  const clock = options.clock ?? new Clock();
  const closers: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    // The last opened is the first closed.
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const databaseUrl = environment.databaseUrl ?? (await startEmbedded(environment, log, closers));
    const ran = await migrate(databaseUrl, MIGRATIONS);
    if (ran.length > 0) log.write('info', 'The database was migrated.', { migrations: ran.length });
    const database = await Database.open(databaseUrl, ENTITIES, log);
    closers.push(() => database.close());
    const queue = new JobQueue(databaseUrl, log);
    await queue.prepare();
    closers.push(() => queue.stop());
    const vaultKey = await keyOf(environment.dataDir, 'vault.key');
    const runtime = { environment, log, clock, database, queue, vaultKey };
    const adapter = new FastifyAdapter({ bodyLimit: BODY_BYTES_MAX, routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 } });
    const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(runtime), adapter, {
      logger: log,
      rawBody: true,
      abortOnError: false,
    });
    closers.push(() => app.close());
    app.useGlobalFilters(new ProblemFilter(log));
    const routes: string[] = [];
    adapter.getInstance().addHook('onRoute', (route) => {
      for (const method of [route.method].flat()) routes.push(`${method} ${route.url}`);
    });
    await listen(app, environment);
    refuseDoorsWithoutPolicy(app, routes);
    const url = `http://localhost:${String(portOf(app))}`;
    app.get(Settings).listensOn(portOf(app));
    const administratorKey = await ensureAdministrator(app, environment);
    queue.startWorkers();
    const mqttPort = await app.get(ReadingSubscriber).listen(environment.mqttPort, environment.host);
    return { app, url, mqttPort, administratorKey, stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

async function startEmbedded(environment: Environment, log: Log, closers: (() => Promise<void>)[]): Promise<string> {
  const server = await EmbeddedPostgresServer.start({ directory: join(environment.dataDir, 'postgres'), log });
  closers.push(() => server.stop());
  return server.url;
}

async function listen(app: NestFastifyApplication, environment: Environment): Promise<void> {
  try {
    await app.listen(environment.port, environment.host);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new Error(`Port ${String(environment.port)} is taken: set PORT to another one, or to 0 for a free one.`);
    if (code === 'EACCES') throw new Error(`Port ${String(environment.port)} is not open to this user: set PORT to one above 1023.`);
    throw error;
  }
}

function portOf(app: NestFastifyApplication): number {
  const address = app.getHttpServer().address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

/** ADMIN_API_KEY where given, else one made at the first start and kept beside the other keys. */
async function ensureAdministrator(app: NestFastifyApplication, environment: Environment): Promise<Running['administratorKey']> {
  const identity = app.get(IdentityService);
  const zone = environment.timeZoneDefault;
  if (environment.adminApiKey !== null) {
    const keyId = derivedUuid('administration', environment.adminApiKey);
    await identity.ensureAdministrator({ ...ADMINISTRATION, keyId }, environment.adminApiKey, zone);
    return { key: environment.adminApiKey, file: null };
  }
  const file = join(environment.dataDir, 'keys', 'admin-api-key');
  const kept = await readFile(file, 'utf8').catch(() => null);
  const key = kept?.trim() ?? newSecret('sheaf');
  // Written before it is stored: a crash between the two leaves a key that the next start stores, never one that nobody knows.
  if (kept === null) await writeFile(file, `${key}\n`, { mode: 0o600 });
  await identity.ensureAdministrator({ ...ADMINISTRATION, keyId: derivedUuid('administration', key) }, key, zone);
  return { key, file };
}

/** The command: start, tell, and end in good order. */
async function main(): Promise<void> {
  const environment = parseEnvironment(process.env);
  const running = await start(environment);
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  say('');
  say('Sheaf is up.');
  say(`  GraphQL        ${running.url}/graphql`);
  say(`  Pages          ${running.url}/`);
  say(`  MQTT           mqtt://localhost:${String(running.mqttPort)}`);
  say(
    `  Administrator  ${running.administratorKey.key}${running.administratorKey.file === null ? '' : `   (kept in ${running.administratorKey.file})`}`,
  );
  say('  Ctrl-C drains and stops.');
  let stopping = false;
  const end = (): void => {
    if (stopping) return;
    stopping = true;
    say('Stopping: requests, messages and jobs under way are finished first.');
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof EnvironmentError || error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) main().catch(fail);
