import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MIGRATIONS } from '../../../migrations/index.js';
import { migrate } from '../../../src/platform/database/data-source.js';
import { administer } from '../../support/database.js';

let name: string;
let url: string;

beforeEach(async () => {
  name = `test_${randomUUID().replaceAll('-', '')}`;
  const address = new URL(process.env['SHEAF_TEST_POSTGRES_URL'] ?? '');
  address.pathname = `/${name}`;
  url = address.href;
  await administer(async (client) => {
    await client.query(`CREATE DATABASE ${name}`);
  });
});
afterEach(() =>
  administer(async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }),
);

/** Tables, columns, indexes, constraints, triggers and grants, as text. */
async function shape(): Promise<string> {
  let text = '';
  await administer(async (client) => {
    for (const sql of [
      "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns WHERE table_schema = 'public'",
      "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
      "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
      'SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal',
      "SELECT table_name, grantee, privilege_type FROM information_schema.role_table_grants WHERE table_schema = 'public'",
      'SELECT name FROM migrations ORDER BY id',
    ]) {
      const { rows } = await client.query<Record<string, unknown>>(sql);
      text += `${rows
        .map((row) => JSON.stringify(row))
        .sort()
        .join('\n')}\n\n`;
    }
  }, url);
  return text;
}

const NAMES = MIGRATIONS.map((migration) => new migration().name);

describe('migrations', () => {
  it('run once: the second time there is nothing to do, and nothing changes', async () => {
    expect(await migrate(url, MIGRATIONS)).toEqual(NAMES);
    const before = await shape();
    expect(await migrate(url, MIGRATIONS)).toEqual([]);
    expect(await shape()).toBe(before);
  });

  it('started ten times at once run once', async () => {
    const ran = await Promise.all(Array.from({ length: 10 }, () => migrate(url, MIGRATIONS)));
    expect(ran.flat()).toEqual(NAMES);
    expect(ran.filter((names) => names.length > 0)).toHaveLength(1);
  });

  it('that were interrupted go on where they stopped', async () => {
    const half = MIGRATIONS.slice(0, 3);
    expect(await migrate(url, half)).toEqual(NAMES.slice(0, 3));
    expect(await migrate(url, MIGRATIONS)).toEqual(NAMES.slice(3));
  });
});
