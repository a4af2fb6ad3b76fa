import { DomainError } from '../../core/kernel/errors.js';
import { isTimeZone } from '../../core/kernel/instant.js';
import type { S3Place } from '../files/s3-blob-store.js';
import { hostname } from 'node:os';
import { resolve } from 'node:path';

export const ROLES = ['api', 'ingest', 'worker'] as const;
export type ProcessRole = (typeof ROLES)[number];

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What the operator has decided: the only place that reads the environment is parseEnvironment. */
export interface Environment {
  readonly port: number;
  readonly mqttPort: number;
  readonly host: string;
  readonly dataDir: string;
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
  /** A broker to subscribe to beside the own endpoint; may hold user and password. */
  readonly mqttUrl: string | null;
  /** The bucket that keeps files; null: a folder below dataDir. */
  readonly s3: S3Place | null;
  /** Tells this process from its siblings, at every start the same. */
  readonly instanceName: string;
  /** Whether this process brings the database up to date; else it refuses a database that is behind. */
  readonly mayMigrate: boolean;
  /** Null: made under DATA_DIR at the first start. */
  readonly vaultKeyFile: string | null;
  /** Likewise. */
  readonly blindIndexPepperFile: string | null;
  readonly roles: ReadonlySet<ProcessRole>;
  readonly adminApiKey: string | null;
  /** Without trailing slash; null: http://localhost:{real port}. */
  readonly publicUrl: string | null;
  readonly logLevel: LogLevel;
  readonly timeZoneDefault: string;
}

/** Every problem of the environment at once, so that an operator mends them in one go. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';

  constructor(readonly problems: readonly string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/** An API key that an administrator chose: long enough that it cannot be guessed. */
export const ADMIN_API_KEY_LENGTH_MIN = 24;

/** Reads the variables of design/api.graphql. Throws EnvironmentError with all problems. */
export function parseEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const problems: string[] = [];
  const check = <T>(name: string, fallback: T, read: (text: string) => T): T => {
    const text = env[name]?.trim();
    if (text === undefined || text === '') return fallback;
    try {
      return read(text);
    } catch (error) {
      problems.push(`${name}: ${error instanceof DomainError || error instanceof Error ? error.message : String(error)}`);
      return fallback;
    }
  };
  const roles = check('ROLES', new Set(ROLES), readRoles);
  const environment: Environment = {
    port: check('PORT', 3000, readPort),
    mqttPort: check('MQTT_PORT', 1883, readPort),
    host: check('HOST', '0.0.0.0', (text) => text),
    dataDir: resolve(check('DATA_DIR', './data', (text) => text)),
    databaseUrl: check<string | null>('DATABASE_URL', null, readDatabaseUrl),
    redisUrl: check<string | null>('REDIS_URL', null, readRedisUrl),
    mqttUrl: check<string | null>('MQTT_URL', null, readMqttUrl),
    s3: check<S3Place | null>('S3_URL', null, readS3Url),
    instanceName: check('INSTANCE_NAME', hostname(), readInstanceName),
    roles,
    mayMigrate: check('MIGRATE', roles.has('api') || roles.has('worker'), readBoolean),
    vaultKeyFile: check<string | null>('VAULT_KEY_FILE', null, (text) => resolve(text)),
    blindIndexPepperFile: check<string | null>('BLIND_INDEX_PEPPER_FILE', null, (text) => resolve(text)),
    adminApiKey: check<string | null>('ADMIN_API_KEY', null, readAdminKey),
    publicUrl: check<string | null>('PUBLIC_URL', null, readPublicUrl),
    logLevel: check<LogLevel>('LOG_LEVEL', 'info', readLogLevel),
    timeZoneDefault: check('TZ_DEFAULT', 'Asia/Shanghai', readTimeZone),
  };
  if (environment.roles.size < ROLES.length) {
    for (const name of ['DATABASE_URL', 'REDIS_URL']) {
      if (!isSet(env[name])) problems.push(`ROLES: fewer than all three need ${name}, by which the processes reach one another.`);
    }
  }
  const secretFiles = { VAULT_KEY_FILE: environment.vaultKeyFile, BLIND_INDEX_PEPPER_FILE: environment.blindIndexPepperFile };
  for (const [name, file] of Object.entries(secretFiles)) {
    if (!isSet(env['DATABASE_URL']) || file !== null) continue;
    problems.push(
      `${name}: needed with DATABASE_URL: a file of 32 random bytes in hexadecimal (openssl rand -hex 32), kept apart from the database.`,
    );
  }
  if (environment.port !== 0 && environment.port === environment.mqttPort) problems.push('PORT and MQTT_PORT: one port cannot serve both.');
  if (problems.length > 0) throw new EnvironmentError(problems);
  return environment;
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new Error(`"${text}" is no port (0 to 65535; 0 picks a free one).`);
  return port;
}

function readDatabaseUrl(text: string): string {
  if (!/^postgres(ql)?:\/\/.+/.test(text)) throw new Error('this is no postgresql:// URL.');
  return text;
}

function readRedisUrl(text: string): string {
  if (!/^rediss?:\/\/[^/]+/.test(text) || !URL.canParse(text)) throw new Error('this is no redis:// or rediss:// URL.');
  return text;
}

function readMqttUrl(text: string): string {
  if (!/^mqtts?:\/\/[^/]+\/?$/.test(text) || !URL.canParse(text)) throw new Error('this is no mqtt:// or mqtts:// URL.');
  return text;
}

/** https://KEY:SECRET@host/bucket?region=…; path style, which every server that speaks S3 knows. */
function readS3Url(text: string): S3Place {
  const url = URL.canParse(text) ? new URL(text) : null;
  const bucket = url?.pathname.replaceAll(/^\/|\/$/g, '') ?? '';
  if (!url || !/^https?:$/.test(url.protocol) || url.username === '' || url.password === '' || bucket === '') {
    throw new Error('this is no URL of the form https://KEY:SECRET@host/bucket?region=REGION.');
  }
  return {
    url: `${url.protocol}//${url.host}/${bucket}`,
    accessKeyId: decodeURIComponent(url.username),
    secretAccessKey: decodeURIComponent(url.password),
    region: url.searchParams.get('region') ?? 'us-east-1',
  };
}

function readInstanceName(text: string): string {
  if (!/^[0-9A-Za-z._-]{1,64}$/.test(text)) throw new Error('1 to 64 of the letters a to z, digits, dot, hyphen and underscore.');
  return text;
}

function readBoolean(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new Error(`"${text}" is neither true nor false.`);
  return text === 'true';
}

function isSet(text: string | undefined): boolean {
  return text !== undefined && text.trim() !== '';
}

function readRoles(text: string): Set<ProcessRole> {
  const words = text.split(',').map((word) => word.trim());
  const unknown = words.filter((word) => !(ROLES as readonly string[]).includes(word));
  if (unknown.length > 0) throw new Error(`"${unknown.join(', ')}" is no role; the roles are ${ROLES.join(', ')}.`);
  return new Set(ROLES.filter((role) => words.includes(role)));
}

function readAdminKey(text: string): string {
  if (text.length < ADMIN_API_KEY_LENGTH_MIN) throw new Error(`at least ${ADMIN_API_KEY_LENGTH_MIN} characters.`);
  return text;
}

function readPublicUrl(text: string): string {
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new Error('an http or https URL.');
  return text.replace(/\/+$/, '');
}

function readLogLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text);
  if (!level) throw new Error(`"${text}" is no level; the levels are ${LOG_LEVELS.join(', ')}.`);
  return level;
}

function readTimeZone(text: string): string {
  if (!isTimeZone(text)) throw new Error(`"${text}" is no IANA time zone.`);
  return text;
}
