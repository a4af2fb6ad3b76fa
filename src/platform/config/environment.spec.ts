import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Environment } from './environment.js';
import { ADMIN_API_KEY_LENGTH_MIN, EnvironmentError, parseEnvironment, ROLES } from './environment.js';

type Variables = Readonly<Record<string, string>>;

/** The names of the variables that are complained about, in the order of the complaints. */
function blamed(env: Variables): string[] {
  try {
    parseEnvironment(env);
    return [];
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems.map((problem) => problem.split(':')[0] ?? '');
    throw error;
  }
}

describe('parseEnvironment', () => {
  it('needs no variable at all', () => {
    expect(parseEnvironment({})).toEqual({
      port: 3000,
      mqttPort: 1883,
      host: '0.0.0.0',
      dataDir: resolve('data'),
      databaseUrl: null,
      redisUrl: null,
      mqttUrl: null,
      s3: null,
      instanceName: hostname(),
      mayMigrate: true,
      vaultKeyFile: null,
      blindIndexPepperFile: null,
      roles: new Set(['api', 'ingest', 'worker']),
      adminApiKey: null,
      publicUrl: null,
      logLevel: 'info',
      timeZoneDefault: 'Asia/Shanghai',
    } satisfies Environment);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(parseEnvironment({ PORT: '', ADMIN_API_KEY: ' ', PUBLIC_URL: '' })).toEqual(parseEnvironment({}));
  });

  it('reads what the operator has set', () => {
    const key = 'k'.repeat(ADMIN_API_KEY_LENGTH_MIN);
    expect(
      parseEnvironment({
        PORT: '0',
        MQTT_PORT: '0',
        HOST: '127.0.0.1',
        DATA_DIR: '/srv/sheaf',
        DATABASE_URL: 'postgresql://user:secret@db:5432/sheaf',
        REDIS_URL: 'rediss://user:secret@cache:6380/2',
        MQTT_URL: 'mqtts://user:secret@broker:8884',
        S3_URL: 'https://key:se%2Fcret@s3.example/sheaf/?region=cn-north-1',
        INSTANCE_NAME: 'ingest-1',
        ROLES: 'worker, api,ingest',
        MIGRATE: 'false',
        VAULT_KEY_FILE: '/run/secrets/vault.key',
        BLIND_INDEX_PEPPER_FILE: '/run/secrets/pepper',
        ADMIN_API_KEY: key,
        PUBLIC_URL: 'https://trace.example//',
        LOG_LEVEL: 'debug',
        TZ_DEFAULT: 'Africa/Abidjan',
      }),
    ).toEqual({
      port: 0,
      mqttPort: 0,
      host: '127.0.0.1',
      dataDir: '/srv/sheaf',
      databaseUrl: 'postgresql://user:secret@db:5432/sheaf',
      redisUrl: 'rediss://user:secret@cache:6380/2',
      mqttUrl: 'mqtts://user:secret@broker:8884',
      s3: { url: 'https://s3.example/sheaf', accessKeyId: 'key', secretAccessKey: 'se/cret', region: 'cn-north-1' },
      instanceName: 'ingest-1',
      mayMigrate: false,
      vaultKeyFile: '/run/secrets/vault.key',
      blindIndexPepperFile: '/run/secrets/pepper',
      roles: new Set(['api', 'ingest', 'worker']),
      adminApiKey: key,
      publicUrl: 'https://trace.example',
      logLevel: 'debug',
      timeZoneDefault: 'Africa/Abidjan',
    } satisfies Environment);
  });

  it('reports all bad variables at once', () => {
    const bad: Variables = {
      ROLES: 'api,cook',
      PORT: '65536',
      MQTT_PORT: 'mqtt',
      DATABASE_URL: 'mysql://db/sheaf',
      REDIS_URL: 'http://cache',
      MQTT_URL: 'ws://broker',
      S3_URL: 'https://s3.example/sheaf',
      INSTANCE_NAME: 'ingest/1',
      MIGRATE: 'perhaps',
      ADMIN_API_KEY: 'k'.repeat(ADMIN_API_KEY_LENGTH_MIN - 1),
      PUBLIC_URL: 'trace.example',
      LOG_LEVEL: 'loud',
      TZ_DEFAULT: 'Asia/Guiding',
      VAULT_KEY_FILE: '',
      BLIND_INDEX_PEPPER_FILE: '',
    };
    expect(blamed(bad)).toEqual(Object.keys(bad));
  });

  it.each<[string, Variables, string[]]>([
    ['a negative port', { PORT: '-1' }, ['PORT']],
    ['a port with a sign', { PORT: '+80' }, ['PORT']],
    ['a port in hexadecimal', { MQTT_PORT: '0x50' }, ['MQTT_PORT']],
    ['an address of another protocol', { PUBLIC_URL: 'ftp://trace.example' }, ['PUBLIC_URL']],
    ['some of the roles without the services by which they reach one another', { ROLES: 'api' }, ['ROLES', 'ROLES']],
    [
      'some of the roles without Redis',
      { ROLES: 'api', DATABASE_URL: 'postgres://db/sheaf', VAULT_KEY_FILE: 'k', BLIND_INDEX_PEPPER_FILE: 'p' },
      ['ROLES'],
    ],
    ['some of the roles without a database', { ROLES: 'ingest', REDIS_URL: 'redis://cache' }, ['ROLES']],
    [
      'a database of the operator without secrets of the operator',
      { DATABASE_URL: 'postgres://db/sheaf' },
      ['VAULT_KEY_FILE', 'BLIND_INDEX_PEPPER_FILE'],
    ],
    ['a Redis without a host', { REDIS_URL: 'redis:///0' }, ['REDIS_URL']],
    ['one port for two doors', { PORT: '8080', MQTT_PORT: '8080' }, ['PORT and MQTT_PORT']],
  ])('refuses %s', (_, env, names) => {
    expect(blamed(env)).toEqual(names);
  });

  it('lets both doors pick free ports', () => {
    expect(blamed({ PORT: '0', MQTT_PORT: '0' })).toEqual([]);
  });

  it('lets the roles run apart on a database and a Redis', () => {
    const services = { DATABASE_URL: 'postgres://db/sheaf', REDIS_URL: 'redis://cache', VAULT_KEY_FILE: 'k', BLIND_INDEX_PEPPER_FILE: 'p' };
    for (const role of ROLES) expect(parseEnvironment({ ...services, ROLES: role }).roles).toEqual(new Set([role]));
  });

  it('lets the devices’ door alone leave the migrations to others', () => {
    const services = { DATABASE_URL: 'postgres://db/sheaf', REDIS_URL: 'redis://cache', VAULT_KEY_FILE: 'k', BLIND_INDEX_PEPPER_FILE: 'p' };
    const may = (roles: string, more: Variables = {}): boolean => parseEnvironment({ ...services, ROLES: roles, ...more }).mayMigrate;
    expect([may('ingest'), may('api'), may('worker'), may('ingest,worker')]).toEqual([false, true, true, true]);
    expect([may('ingest', { MIGRATE: 'true' }), may('api', { MIGRATE: 'false' })]).toEqual([true, false]);
  });

  it('never repeats the secret in its complaint', () => {
    const secrets = {
      ADMIN_API_KEY: 'too-short-secret',
      DATABASE_URL: 'mysql://user:hunter2@db/sheaf',
      REDIS_URL: 'http://:hunter2@cache',
      MQTT_URL: 'ws://:hunter2@broker',
    };
    expect(() => parseEnvironment(secrets)).toThrow(EnvironmentError);
    expect(() => parseEnvironment(secrets)).not.toThrow(/too-short-secret|hunter2/);
  });
});
