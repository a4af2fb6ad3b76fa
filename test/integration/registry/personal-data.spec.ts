import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import { aDelivery, anOrganisationAtWork, aProduct, AREA, kg, yuan } from '../../support/builders.js';
import { administer } from '../../support/database.js';

/** Unlike anything else in the database, each in its own script. */
const PLANTED = {
  name: '罗春梅测试',
  childName: 'Wáng Xiǎomíng-Planted',
  nationalId: '520123198001014321',
  phone: '+86-139-5555-0142',
  outsider: 'Bamboo trader Zhang Planted',
} as const;

let world: TestApp;

beforeAll(async () => {
  world = await startTestApp();
});
afterAll(() => world.stop());

/** Every row of every table as text; bytes both as hexadecimal and as what they would read. */
async function dump(databaseUrl: string): Promise<{ readonly rows: number; readonly text: string }> {
  const texts: string[] = [];
  await administer(async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
       WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
    );
    for (const { name } of tables) {
      const { rows } = await client.query<Record<string, unknown>>(`SELECT * FROM ${name}`);
      for (const row of rows) {
        const read = Object.values(row).map((value) => (Buffer.isBuffer(value) ? value.toString('utf8') : JSON.stringify(value)));
        texts.push(`${name} ${read.join(' ')}`);
      }
    }
  }, databaseUrl);
  return { rows: texts.length, text: texts.join('\n') };
}

describe('names, national ids and phones', () => {
  it('stand in clear nowhere in the database, nor do names of outsiders', async () => {
    const coop = await anOrganisationAtWork(world.admin, { name: 'Planted cooperative' });
    const household = await coop.manager.mutate<{ id: string }>(
      'registerHousehold',
      {
        id: randomUUID(),
        areaCode: AREA,
        cooperativeId: coop.id,
        memberSince: '2026-01-01',
        members: [
          { id: randomUUID(), name: PLANTED.name, nationalId: PLANTED.nationalId, phone: PLANTED.phone, head: true },
          { id: randomUUID(), name: PLANTED.childName },
        ],
      },
      'id',
    );
    const { id: productId } = await aProduct(coop.manager, coop.id);
    const what = { productId, householdId: household.id, facilityId: coop.facilityId };
    await aDelivery(coop.manager, what);
    await aDelivery(coop.manager, what, { grower: { outsider: PLANTED.outsider } });
    // Refusals leave nothing behind either.
    expect(
      await coop.manager.rejection('registerHousehold', {
        id: randomUUID(),
        areaCode: '',
        members: [{ id: randomUUID(), name: PLANTED.name }],
      }),
    ).toBe('BAD_INPUT');
    await expect(
      aDelivery(coop.manager, what, { grower: { outsider: PLANTED.outsider }, net: kg('0'), price: { amount: yuan('1'), per: 'KGM' } }),
    ).rejects.toThrow();

    const { rows, text } = await dump(world.databaseUrl);
    // The dump sees what is there.
    expect(rows).toBeGreaterThan(10);
    expect(text).toContain('Planted cooperative');
    expect(text).toContain(household.id);
    for (const secret of Object.values(PLANTED)) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(JSON.stringify(secret).slice(1, -1));
      expect(text).not.toContain(Buffer.from(secret).toString('base64'));
      expect(text).not.toContain(Buffer.from(secret).toString('hex'));
    }
    expect(text).not.toMatch(/520123198001014321|13955550142/);
  });

  it('are not in the answers of a rejection', async () => {
    const coop = await anOrganisationAtWork(world.admin);
    const members = [{ id: randomUUID(), name: PLANTED.name, nationalId: PLANTED.nationalId.repeat(9), phone: PLANTED.phone }];
    const refused = await coop.manager
      .mutate('registerHousehold', { id: randomUUID(), areaCode: AREA, members }, 'id')
      .catch((error: unknown) => `${String(error)} ${JSON.stringify(error)}`);
    expect(refused).toContain('BAD_INPUT');
    for (const secret of Object.values(PLANTED)) expect(refused).not.toContain(secret);
  });
});
