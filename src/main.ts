import 'reflect-metadata';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { MIGRATIONS } from '../migrations/index.js';
import { AppModule, ENTITIES, MOVES } from './app.module.js';
import { derivedUuid } from './core/kernel/ids.js';
import { IdentityService, refuseDoorsWithoutPolicy } from './modules/identity/index.js';
import { ReadingSubscriber } from './modules/sensing/index.js';
import { Clock } from './platform/clock/clock.js';
import type { Environment } from './platform/config/environment.js';
import { EnvironmentError, parseEnvironment } from './platform/config/environment.js';
import { Settings } from './platform/config/settings.js';
import { newSecret } from './platform/crypto/sealing.js';
import { readSecrets } from './platform/crypto/secrets.js';
import { violatedConstraint } from './platform/database/database.js';
import { endConnectionsOnClose } from './platform/http/drain.js';
import { answerHealthOnly } from './platform/http/health-only.js';
import { handOverStreams } from './platform/http/streams.js';
import { ProblemFilter } from './platform/http/problem.filter.js';
import { Log } from './platform/logging/log.js';
import type { JobQueue } from './platform/queue/job-queue.js';
import { declaredJobTypes } from './platform/queue/job-type.js';
import type { Closers } from './platform/services.js';
import { openServices } from './platform/services.js';

/** Bodies of GraphQL calls and webhooks; a delivery is about 1 kB. */
export const BODY_BYTES_MAX = 2 * 1_024 * 1_024;
const ADMINISTRATION = { organisationId: derivedUuid('administration', 'organisation') };

export interface Running {
  readonly app: NestFastifyApplication;
  readonly url: string;
  /** Null without the role ingest. */
  readonly mqttPort: number | null;
  /** Null without the role api. Its file is null where ADMIN_API_KEY was given. */
  readonly administratorKey: { readonly key: string; readonly file: string | null } | null;
  /** Drains and lets go of everything; twice is harmless. */
  stop(): Promise<void>;
}

/** Starts the roles of this process. Throws with a sentence for the operator. */
export async function start(environment: Environment, options: { clock?: Clock } = {}): Promise<Running> {
  const log = new Log(environment.logLevel);
  const clock = options.clock ?? new Clock();
  const closers: Closers = [];
  const stop = async (): Promise<void> => {
    // The last opened is the first closed.
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const secrets = await readSecrets(environment);
    const services = await openServices(environment, log, { entities: ENTITIES, migrations: MIGRATIONS, moves: MOVES }, secrets, closers);
    const runtime = { environment, log, clock, secrets, ...services };
    const adapter = new FastifyAdapter({ bodyLimit: BODY_BYTES_MAX, routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 } });
    const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(runtime), adapter, {
      logger: log,
      rawBody: true,
      abortOnError: false,
    });
    closers.push(() => app.close());
    refuseJobsWithoutHandler(services.queue);
    app.useGlobalFilters(new ProblemFilter(log));
    endConnectionsOnClose(adapter.getInstance());
    handOverStreams(adapter.getInstance());
    if (!environment.roles.has('api')) answerHealthOnly(adapter.getInstance());
    const routes: string[] = [];
    adapter.getInstance().addHook('onRoute', (route) => {
      for (const method of [route.method].flat()) routes.push(`${method} ${route.url}`);
    });
    await listen(app, environment);
    refuseDoorsWithoutPolicy(app, routes);
    const url = `http://localhost:${String(portOf(app))}`;
    app.get(Settings).listensOn(portOf(app));
    const administratorKey = environment.roles.has('api') ? await ensureAdministrator(app, environment) : null;
    if (environment.roles.has('worker')) services.queue.startWorkers();
    const mqttPort = environment.roles.has('ingest') ? await listenToDevices(app, environment) : null;
    return { app, url, mqttPort, administratorKey, stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

/** Jobs that nobody does would pile up unseen. Every process checks, for any may raise them. */
function refuseJobsWithoutHandler(queue: JobQueue): void {
  const idle = queue.withoutHandler(declaredJobTypes());
  if (idle.length > 0) throw new Error(`These jobs have no handler (a *.processor.ts of some module registers it): ${idle.join(', ')}.`);
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

/** The own MQTT endpoint, and the broker of the operator beside it. Answers the port of the first. */
async function listenToDevices(app: NestFastifyApplication, environment: Environment): Promise<number> {
  const subscriber = app.get(ReadingSubscriber);
  const port = await subscriber.listen(environment.mqttPort, environment.host);
  if (environment.mqttUrl !== null) await subscriber.subscribe(environment.mqttUrl, environment.instanceName);
  return port;
}

function portOf(app: NestFastifyApplication): number {
  const address = app.getHttpServer().address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

/** ADMIN_API_KEY where given, else one made at the first start and kept beside the other keys. */
async function ensureAdministrator(
  app: NestFastifyApplication,
  environment: Environment,
): Promise<NonNullable<Running['administratorKey']>> {
  if (environment.adminApiKey !== null) {
    await storeAdministrator(app, environment.adminApiKey, environment);
    return { key: environment.adminApiKey, file: null };
  }
  const file = join(environment.dataDir, 'keys', 'admin-api-key');
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const kept = await readFile(file, 'utf8').catch(() => null);
  const key = kept?.trim() ?? newSecret('sheaf');
  // Written before it is stored: a crash between the two leaves a key that the next start stores, never one that nobody knows.
  if (kept === null) await writeFile(file, `${key}\n`, { mode: 0o600 });
  await storeAdministrator(app, key, environment);
  return { key, file };
}

async function storeAdministrator(app: NestFastifyApplication, key: string, { timeZoneDefault }: Environment): Promise<void> {
  const ids = { ...ADMINISTRATION, keyId: derivedUuid('administration', key) };
  const store = (): Promise<boolean> => app.get(IdentityService).ensureAdministrator(ids, key, timeZoneDefault);
  // Several processes of a first start write the same rows: who comes second finds them.
  await store().catch((error: unknown) => {
    if (violatedConstraint(error) === null) throw error;
    return store();
  });
}

/** The command: start, tell, and end in good order. */
async function main(): Promise<void> {
  const environment = parseEnvironment(process.env);
  const end = endInGoodOrder();
  const running = await start(environment);
  say('');
  const { url, mqttPort, administratorKey } = running;
  say('Sheaf is up.');
  if (administratorKey) {
    say(`  GraphQL        ${url}/graphql`);
    say(`  Pages          ${url}/`);
  } else say(`  Health         ${url}/health/ready`);
  if (mqttPort !== null) say(`  MQTT           mqtt://localhost:${String(mqttPort)}`);
  if (environment.roles.has('worker')) say('  Workers        at work');
  if (administratorKey) {
    say(`  Administrator  ${administratorKey.key}${administratorKey.file === null ? '' : `   (kept in ${administratorKey.file})`}`);
  }
  say('  Ctrl-C drains and stops.');
  end.of(running);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Listens from the beginning: a signal in the middle of a start waits for its end, else it would leave a PostgreSQL behind. */
function endInGoodOrder(): { of(running: Running): void } {
  let running: Running | null = null;
  let asked = false;
  const stop = (): void => {
    running?.stop().then(() => process.exit(0), fail);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (asked) return;
      asked = true;
      say('Stopping: requests, messages and jobs under way are finished first.');
      stop();
    });
  }
  return {
    of(started) {
      running = started;
      if (asked) stop();
    },
  };
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof EnvironmentError || error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) main().catch(fail);
