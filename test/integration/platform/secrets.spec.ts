import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalJson } from '../../../src/core/kernel/canonical-json.js';
import { sha256Hex } from '../../../src/core/kernel/sha256.js';
import { parseEnvironment } from '../../../src/platform/config/environment.js';
import { DataKeys } from '../../../src/platform/crypto/data-keys.js';
import { newKey } from '../../../src/platform/crypto/envelope.js';
import { fingerprint } from '../../../src/platform/crypto/master-keys.js';
import { Database } from '../../../src/platform/database/database.js';
import { rotateKeys } from '../../../src/rotate-keys.js';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import { anOrganisation, AREA } from '../../support/builders.js';
import type { TestDatabase } from '../../support/database.js';
import { administer, createTestDatabase } from '../../support/database.js';

let folder: string;
let database: TestDatabase;
let vaultKeyFile: string;
let pepperFile: string;
const keys = { first: newKey(), second: newKey(), third: newKey() };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sheaf-secrets-'));
  database = await createTestDatabase();
  [vaultKeyFile, pepperFile] = [join(folder, 'vault.key'), join(folder, 'pepper')];
  await writeFile(vaultKeyFile, keys.first.toString('hex'));
  await writeFile(pepperFile, newKey().toString('hex'));
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const started = (env: Readonly<Record<string, string>> = {}): Promise<TestApp> =>
  startTestApp({ database, env: { VAULT_KEY_FILE: vaultKeyFile, BLIND_INDEX_PEPPER_FILE: pepperFile, ...env } });

async function rows<Row extends object>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
  let found: Row[] = [];
  await administer(async (client) => {
    found = (await client.query<Row>(sql, parameters)).rows;
  }, database.url);
  return found;
}

const wrappedBy = async (): Promise<string[]> =>
  (await rows<{ id: string }>('SELECT DISTINCT master_id AS id FROM vault_keys ORDER BY 1')).map(({ id }) => id);

async function fileOf(name: string, key: Uint8Array): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, Buffer.from(key).toString('hex'));
  return file;
}

describe('the secret files', () => {
  it('must be those by which the database was filled, else nothing starts', async () => {
    await (await started()).stop();
    const other = await fileOf('other.key', newKey());
    await expect(started({ VAULT_KEY_FILE: other })).rejects.toThrow(`${other} lacks the master key ${fingerprint(keys.first)}`);
    await expect(started({ BLIND_INDEX_PEPPER_FILE: other })).rejects.toThrow('BLIND_INDEX_PEPPER_FILE is not the one');
    await (await started()).stop();
  });
});

describe('what a client sent', () => {
  it('is kept as a hash under a key, and one of an earlier version is brought under it, with its replays answered', async () => {
    let world = await started();
    const { id } = await anOrganisation(world.admin);
    await world.stop();
    const [kept] = await rows<{ content_hash: string; hash_version: number }>(
      'SELECT content_hash, hash_version FROM client_requests WHERE id = $1',
      [id],
    );
    const input = {
      id,
      name: `Cooperative ${id.slice(0, 8)}`,
      kind: 'COOPERATIVE',
      areaCode: AREA,
      timeZone: 'Asia/Shanghai',
      currency: 'CNY',
    };
    const plain = sha256Hex(canonicalJson(input));
    expect(kept).toEqual({ content_hash: expect.not.stringMatching(plain), hash_version: 2 });

    // As the version before has left it.
    await administer(async (client) => {
      await client.query('ALTER TABLE client_requests DISABLE TRIGGER append_only');
      await client.query('UPDATE client_requests SET content_hash = $1, hash_version = 1 WHERE id = $2', [plain, id]);
      await client.query('ALTER TABLE client_requests ENABLE TRIGGER append_only');
    }, database.url);
    world = await started();
    try {
      expect(await rows('SELECT content_hash, hash_version FROM client_requests WHERE id = $1', [id])).toEqual([kept]);
      expect(await world.admin.mutate('registerOrganisation', input, 'replayed')).toEqual({ replayed: true });
      expect(await world.admin.rejection('registerOrganisation', { ...input, name: 'Another' })).toBe('CONFLICT');
      // The rule holds again.
      await expect(rows('UPDATE client_requests SET hash_version = 1')).rejects.toMatchObject({ code: 'SH001' });
      // Where it was not moved, it is understood all the same.
      await administer(async (client) => {
        await client.query('ALTER TABLE client_requests DISABLE TRIGGER append_only');
        await client.query('UPDATE client_requests SET content_hash = $1, hash_version = 1 WHERE id = $2', [plain, id]);
        await client.query('ALTER TABLE client_requests ENABLE TRIGGER append_only');
      }, database.url);
      expect(await world.admin.mutate('registerOrganisation', input, 'replayed')).toEqual({ replayed: true });
      expect(await world.admin.rejection('registerOrganisation', { ...input, name: 'Another' })).toBe('CONFLICT');
    } finally {
      await world.stop();
    }
  });
});

describe('rotating the master key', () => {
  it('wraps every data key anew while the platform works, and opens the same afterwards', async () => {
    const world = await started();
    try {
      const dataKeys = world.app.get(DataKeys, { strict: false });
      const db = world.app.get(Database, { strict: false });
      const subjects = Array.from({ length: 4_500 }, () => randomUUID());
      const made = await db.transaction((tx) => dataKeys.make(tx, subjects));
      const said: string[] = [];
      const environment = parseEnvironment({
        DATABASE_URL: database.url,
        VAULT_KEY_FILE: vaultKeyFile,
        BLIND_INDEX_PEPPER_FILE: pepperFile,
      });
      const going = new AbortController();
      const during: string[] = [];
      const working = (async () => {
        while (!going.signal.aborted) {
          const id = randomUUID();
          await db.transaction((tx) => dataKeys.make(tx, [id]));
          during.push(id);
        }
      })();
      await rotateKeys(environment, await fileOf('second.key', keys.second), (line) => said.push(line));
      going.abort();
      await working;
      expect(said.join('\n')).toContain(`Every data key is wrapped by the master key ${fingerprint(keys.second)}`);
      expect(await wrappedBy()).toEqual([fingerprint(keys.second)]);
      expect(during.length).toBeGreaterThan(0);

      const opened = await dataKeys.of(db.reader, [...subjects, ...during]);
      expect(opened.size).toBe(subjects.length + during.length);
      for (const [subject, key] of made) expect(opened.get(subject)?.equals(key)).toBe(true);
      // The file has both; the first line is not needed any more.
      expect((await readFile(vaultKeyFile, 'utf8')).trim().split(/\s+/)).toHaveLength(2);
    } finally {
      await world.stop();
    }
    await writeFile(vaultKeyFile, keys.second.toString('hex'));
    await (await started()).stop();
  });

  it('that was interrupted goes on where it stopped, and a second time does nothing', async () => {
    const environment = parseEnvironment({ DATABASE_URL: database.url, VAULT_KEY_FILE: vaultKeyFile, BLIND_INDEX_PEPPER_FILE: pepperFile });
    const third = await fileOf('third.key', keys.third);
    let lines = 0;
    const interrupted = rotateKeys(environment, third, () => {
      lines += 1;
      if (lines === 2) throw new Error('The power went.');
    });
    await expect(interrupted).rejects.toThrow('The power went.');
    expect(await wrappedBy()).toEqual([fingerprint(keys.second), fingerprint(keys.third)].sort());
    // Half is wrapped by the one, half by the other: the platform starts all the same.
    await (await started()).stop();
    const said: string[] = [];
    await rotateKeys(environment, third, (line) => said.push(line));
    expect(await wrappedBy()).toEqual([fingerprint(keys.third)]);
    await rotateKeys(environment, third, (line) => said.push(line));
    expect(said.at(-2)).toContain('(0 in this run)');
  });

  it('refuses to go back to a master key that was retired', async () => {
    const environment = parseEnvironment({ DATABASE_URL: database.url, VAULT_KEY_FILE: vaultKeyFile, BLIND_INDEX_PEPPER_FILE: pepperFile });
    await expect(rotateKeys(environment, join(folder, 'second.key'), () => undefined)).rejects.toThrow('has been retired');
    expect(await wrappedBy()).toEqual([fingerprint(keys.third)]);
  });
});
