import { DomainError } from '../../core/kernel/errors.js';
import { isTimeZone } from '../../core/kernel/instant.js';
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
  const environment: Environment = {
    port: check('PORT', 3000, readPort),
    mqttPort: check('MQTT_PORT', 1883, readPort),
    host: check('HOST', '0.0.0.0', (text) => text),
    dataDir: resolve(check('DATA_DIR', './data', (text) => text)),
    databaseUrl: check<string | null>('DATABASE_URL', null, readDatabaseUrl),
    roles: check('ROLES', new Set(ROLES), readRoles),
    adminApiKey: check<string | null>('ADMIN_API_KEY', null, readAdminKey),
    publicUrl: check<string | null>('PUBLIC_URL', null, readPublicUrl),
    logLevel: check<LogLevel>('LOG_LEVEL', 'info', readLogLevel),
    timeZoneDefault: check('TZ_DEFAULT', 'Asia/Shanghai', readTimeZone),
  };
  if (environment.roles.size < ROLES.length) {
    problems.push('ROLES: fewer than all three roles need REDIS_URL, which this version does not use yet.');
  }
  for (const name of ['REDIS_URL', 'MQTT_URL']) {
    if (env[name]) problems.push(`${name}: this version runs on the embedded queue and MQTT endpoint only; unset it.`);
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
