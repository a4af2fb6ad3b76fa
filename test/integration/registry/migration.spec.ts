import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { MIGRATIONS } from '../../../migrations/index.js';
import { migrate } from '../../../src/platform/database/data-source.js';
import { administer } from '../../support/database.js';

/** How many migrations come before the log. */
const BEFORE_THE_LOG = MIGRATIONS.findIndex((migration) => migration.name.startsWith('RegistryLog'));
const name = `test_${randomUUID().replaceAll('-', '')}`;
let url: string;

beforeAll(async () => {
  await administer(async (client) => {
    await client.query(`CREATE DATABASE ${name}`);
    const address = new URL(`postgres://${client.host}:${String(client.port)}/${name}`);
    address.username = client.user ?? '';
    address.password = (client as { password?: string }).password ?? '';
    url = address.href;
  });
});
afterAll(() =>
  administer(async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }),
);

const [organisation, cooperative] = [randomUUID(), randomUUID()];
const [first, second] = [randomUUID(), randomUUID()];
const day = (number: number): string => `2026-03-${String(number).padStart(2, '0')}T00:00:00Z`;

/** As the platform wrote it before there was a log: entries numbered by the table, with a gap where one was rolled back. */
async function fill(client: pg.Client): Promise<void> {
  const household = 'INSERT INTO households (id, area_code, registered_by, registered_at) VALUES ($1, $2, $3, $4)';
  await client.query(household, [first, '520381', organisation, day(1)]);
  await client.query(household, [second, '522723', organisation, day(4)]);
  const status = `INSERT INTO household_statuses (id, household_id, kind, valid_from, register, recorded_by, recorded_at)
    VALUES ($1, $2, $3, '2026-01-01', 'CN-MONITORING', $4, $5)`;
  await client.query(status, [randomUUID(), first, 'REGISTERED', organisation, day(2)]);
  await client.query('BEGIN');
  await client.query(status, [randomUUID(), first, 'MONITORED', organisation, day(3)]);
  await client.query('ROLLBACK');
  await client.query(status, [randomUUID(), first, 'EXITED', organisation, day(5)]);
  const membership = 'INSERT INTO memberships (id, household_id, cooperative_id, valid_from, recorded_at) VALUES ($1, $2, $3, $4, $5)';
  await client.query(membership, [randomUUID(), first, cooperative, '2020-01-01', day(3)]);
  await client.query(
    `INSERT INTO plots (id, owner_kind, owner_id, area_code, registered_by, registered_at) VALUES ($1, 'HOUSEHOLD', $2, '520381', $3, $4)`,
    [randomUUID(), first, organisation, day(6)],
  );
}

interface Row {
  readonly seq: string;
  readonly kind: string;
  readonly household_id: string | null;
  readonly concerns_id: string | null;
  readonly area_code: string;
}

describe('a database from before the log', () => {
  it('comes over in order, its entries with the numbers that snapshots name, everything else before them', async () => {
    await migrate(url, MIGRATIONS.slice(0, BEFORE_THE_LOG));
    await administer(fill, url);
    await migrate(url, MIGRATIONS);
    await administer(async (client) => {
      const { rows } = await client.query<Row>('SELECT seq, kind, household_id, concerns_id, area_code FROM registry_changes ORDER BY seq');
      expect(rows.map(({ seq, kind, household_id }) => [seq, kind, household_id])).toEqual([
        ['-3', 'HOUSEHOLD', first],
        ['-2', 'MEMBERSHIP', first],
        ['-1', 'HOUSEHOLD', second],
        ['0', 'PLOT', first],
        ['1', 'HOUSEHOLD_STATUS', first],
        ['3', 'HOUSEHOLD_STATUS', first],
      ]);
      expect(rows[1]).toMatchObject({ concerns_id: cooperative, area_code: '520381' });
      const { rows: entries } = await client.query<{ seq: string; kind: string }>('SELECT seq, kind FROM household_statuses ORDER BY seq');
      expect(entries.map(({ seq, kind }) => `${seq} ${kind}`)).toEqual(['1 REGISTERED', '3 EXITED']);
      const { rows: numbered } = await client.query('SELECT seq FROM households ORDER BY seq');
      expect(numbered).toEqual([{ seq: '-3' }, { seq: '-1' }]);
      const { rows: backwards } = await client.query(
        'SELECT 1 FROM (SELECT recorded_at < lag(recorded_at) OVER (ORDER BY seq) AS late FROM registry_changes) AS told WHERE late',
      );
      expect(backwards).toEqual([]);
      await expect(client.query('UPDATE memberships SET seq = 9')).rejects.toMatchObject({ code: 'SH001' });
    }, url);
  });
});
