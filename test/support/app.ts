import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '../../src/core/kernel/sha256.js';
import { start } from '../../src/main.js';
import type { Running } from '../../src/main.js';
import type { Clock } from '../../src/platform/clock/clock.js';
import { parseEnvironment } from '../../src/platform/config/environment.js';
import type { TestDatabase } from './database.js';
import { createTestDatabase } from './database.js';
import type { GraphqlClient } from './graphql.js';
import { graphql } from './graphql.js';

export interface TestApp {
  readonly app: Running['app'];
  /** Without trailing slash. */
  readonly url: string;
  /** 0 without the role ingest. */
  readonly mqttPort: number;
  readonly adminKey: string;
  readonly databaseUrl: string;
  /** Asks as the administrator. */
  readonly admin: GraphqlClient;
  /** Asks as the bearer of this key; null: as a stranger. */
  as(key: string | null): GraphqlClient;
  /** Drains, and drops the database unless the caller brought it. */
  stop(): Promise<void>;
}

export interface TestAppOptions {
  /** Variables beside those that the harness sets, as the operator would set them. */
  readonly env?: Readonly<Record<string, string>>;
  /** A clock that the test moves. */
  readonly clock?: Clock;
  /** For a second life on the same data; the caller drops it. */
  readonly database?: TestDatabase;
}

/** The real application, all roles, in this process, on a database, ports and a DATA_DIR of its own. */
export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const database = options.database ?? (await createTestDatabase());
  const dataDir = await mkdtemp(join(tmpdir(), 'sheaf-data-'));
  // On one database always the same secrets, as an operator would have it: a second life must read what the first has sealed.
  const vaultKeyFile = join(dataDir, 'vault.key');
  await writeFile(vaultKeyFile, sha256Hex(`vault of ${database.url}`), { mode: 0o600 });
  const pepperFile = join(dataDir, 'blind-index.pepper');
  await writeFile(pepperFile, sha256Hex(`pepper of ${database.url}`), { mode: 0o600 });
  const adminKey = `admin_${randomBytes(24).toString('base64url')}`;
  const letGo = async (): Promise<void> => {
    if (options.database === undefined) await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const environment = parseEnvironment({
      DATABASE_URL: database.url,
      HOST: '127.0.0.1',
      PORT: '0',
      MQTT_PORT: '0',
      DATA_DIR: dataDir,
      VAULT_KEY_FILE: vaultKeyFile,
      BLIND_INDEX_PEPPER_FILE: pepperFile,
      ADMIN_API_KEY: adminKey,
      LOG_LEVEL: 'error',
      ...options.env,
    });
    const running = await start(environment, options.clock ? { clock: options.clock } : {});
    const key = running.administratorKey?.key ?? adminKey;
    const as = (key: string | null): GraphqlClient => graphql(running.url, key);
    return {
      app: running.app,
      url: running.url,
      mqttPort: running.mqttPort ?? 0,
      adminKey: key,
      databaseUrl: database.url,
      admin: as(key),
      as,
      stop: () => running.stop().finally(letGo),
    };
  } catch (error) {
    await letGo();
    throw error;
  }
}
