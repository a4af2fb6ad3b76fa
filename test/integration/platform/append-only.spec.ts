import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { Database } from '../../../src/platform/database/database.js';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import { aDelivery, anOrganisationAtWork, aPoorHousehold, aProduct, aSale, kg } from '../../support/builders.js';
import { administer } from '../../support/database.js';

/** What may never change: every event, every fact about money and people, every answer given. */
const APPEND_ONLY = [
  'agreements',
  'attribution_passes',
  'client_requests',
  'deliveries',
  'deployments',
  'file_names',
  'household_statuses',
  'journals',
  'line_attributions',
  'logistic_unit_entries',
  'memberships',
  'payment_facts',
  'payments',
  'plantings',
  'quarantined_messages',
  'reading_messages',
  'registry_changes',
  'sale_allocations',
  'sale_lines',
  'sale_proposals',
  'shipment_lines',
  'step_inputs',
  'steps',
  'supply_events',
  'unknown_origins',
  'webhook_deliveries',
];

const REFUSED = 'SH001';

let world: TestApp;

beforeAll(async () => {
  world = await startTestApp();
  const coop = await anOrganisationAtWork(world.admin);
  const { id: productId } = await aProduct(coop.manager, coop.id);
  const { id: householdId } = await aPoorHousehold(world.admin, coop.id);
  const delivery = await aDelivery(coop.manager, { productId, householdId, facilityId: coop.facilityId });
  await aSale(coop, { batch: { madeBy: { captureId: delivery.id } }, quantity: kg('2') });
});
afterAll(() => world.stop());

const asOwner = (body: (client: pg.Client) => Promise<void>): Promise<void> => administer(body, world.databaseUrl);

async function sqlStateOf(client: pg.Client, sql: string): Promise<string | null> {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await client.query('ROLLBACK');
  }
}

describe('append-only tables', () => {
  it('are those that are listed, and each has both triggers', async () => {
    await asOwner(async (client) => {
      const { rows } = await client.query<{ name: string; triggers: string }>(
        `SELECT c.relname AS name, count(*)::text AS triggers FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
         WHERE t.tgname IN ('append_only', 'append_only_truncate') AND t.tgenabled <> 'D' GROUP BY c.relname ORDER BY c.relname`,
      );
      expect(rows).toEqual(APPEND_ONLY.map((name) => ({ name, triggers: '2' })));
    });
  });

  it.each(APPEND_ONLY)('%s refuses TRUNCATE to its owner', async (table) => {
    await asOwner(async (client) => {
      expect(await sqlStateOf(client, `TRUNCATE ${table} CASCADE`)).toBe(REFUSED);
    });
  });

  it.each([
    'client_requests',
    'deliveries',
    'household_statuses',
    'memberships',
    'payments',
    'sale_lines',
    'sale_allocations',
    'steps',
    'supply_events',
  ])('%s, with rows in it, refuses UPDATE and DELETE to its owner', async (table) => {
    await asOwner(async (client) => {
      const { rows } = await client.query<{ column_name: string }>(
        'SELECT column_name FROM information_schema.columns WHERE table_name = $1 AND is_generated = $2 AND is_identity = $3 LIMIT 1',
        [table, 'NEVER', 'NO'],
      );
      const column = rows[0]?.column_name ?? '';
      expect((await client.query(`SELECT 1 FROM ${table}`)).rowCount).toBeGreaterThan(0);
      expect(await sqlStateOf(client, `UPDATE ${table} SET ${column} = ${column}`)).toBe(REFUSED);
      expect(await sqlStateOf(client, `DELETE FROM ${table}`)).toBe(REFUSED);
    });
  });
});

describe('the application’s connection', () => {
  it('works as sheaf_app, who owns no table and may not become one who does', async () => {
    const database = world.app.get(Database, { strict: false });
    const [row] = await database.reader.query<{ role: string; owned: string; super: boolean }>(
      `SELECT current_user AS role,
         (SELECT count(*)::text FROM pg_class WHERE relowner = current_user::regrole) AS owned,
         (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS super`,
    );
    expect(row).toEqual({ role: 'sheaf_app', owned: '0', super: false });
  });

  it.each([
    ['UPDATE supply_events SET id = id', '42501'],
    ['DELETE FROM supply_events', '42501'],
    ['TRUNCATE supply_events', '42501'],
    ['ALTER TABLE supply_events DISABLE TRIGGER ALL', '42501'],
    ['DROP TABLE supply_events', '42501'],
    ['CREATE TABLE mine (id int)', '42501'],
    ['DELETE FROM organisations', '42501'],
    ['UPDATE api_keys SET role = role', '42501'],
    ["SELECT pg_read_file('postgresql.conf')", '42501'],
  ])('is refused %s', async (sql, code) => {
    const database = world.app.get(Database, { strict: false });
    await expect(database.reader.query(sql)).rejects.toMatchObject({ code });
  });

  it('may add', async () => {
    const database = world.app.get(Database, { strict: false });
    const insert =
      "INSERT INTO client_requests (id, organisation_id, kind, content_hash, answer) VALUES ($1, $1, 'test', repeat('0', 64), '{}')";
    await database.reader.query(insert, [randomUUID()]);
    expect((await database.reader.query("SELECT 1 FROM client_requests WHERE kind = 'test'")).length).toBe(1);
  });
});
