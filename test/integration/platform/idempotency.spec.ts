import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import type { AnOrganisationAtWork } from '../../support/builders.js';
import { aHousehold, anOrganisationAtWork, aProduct, kg, yuanPer } from '../../support/builders.js';
import { administer } from '../../support/database.js';

interface Answer {
  readonly id: string;
  readonly replayed: boolean;
  readonly event: { readonly id: string };
}

let world: TestApp;
let coop: AnOrganisationAtWork;
let input: Readonly<Record<string, unknown>>;

beforeAll(async () => {
  world = await startTestApp();
  coop = await anOrganisationAtWork(world.admin);
  const { id: productId } = await aProduct(coop.manager, coop.id);
  const { id: householdId } = await aHousehold(coop.manager, coop.id);
  input = {
    product: { id: productId },
    deliveredAt: '2026-05-26T08:30:00+08:00',
    facilityId: coop.facilityId,
    grower: { householdId },
    net: kg('100'),
    price: yuanPer('KGM', '4.00'),
  };
});
afterAll(() => world.stop());

const deliver = (id: string, lot: string, net = '100'): Promise<Answer> =>
  coop.manager.mutate('recordDelivery', { ...input, id, lot, net: kg(net) }, 'id replayed event { id }');

async function counted(captureId: string): Promise<Record<string, string>> {
  let found: Record<string, string> = {};
  await administer(async (client) => {
    const { rows } = await client.query<Record<string, string>>(
      `SELECT (SELECT count(*)::text FROM supply_events WHERE capture_id = $1) AS events,
              (SELECT count(*)::text FROM deliveries WHERE id = $1) AS deliveries,
              (SELECT count(*)::text FROM client_requests WHERE id = $1) AS answers`,
      [captureId],
    );
    found = rows[0] ?? {};
  }, world.databaseUrl);
  return found;
}

describe('a capture', () => {
  it('sent ten times at the same moment makes one event; nine are replayed and answered alike', async () => {
    const id = randomUUID();
    const answers = await Promise.all(Array.from({ length: 10 }, () => deliver(id, 'TEN')));
    expect(answers.filter(({ replayed }) => replayed)).toHaveLength(9);
    expect(new Set(answers.map(({ event }) => event.id)).size).toBe(1);
    expect(await counted(id)).toEqual({ events: '1', deliveries: '1', answers: '1' });
  });

  it('of which two versions come at the same moment is one of the two, and the other a conflict', async () => {
    const id = randomUUID();
    const outcomes = await Promise.allSettled([deliver(id, 'TWO', '100'), deliver(id, 'TWO', '101')]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'CONFLICT' } });
    expect(await counted(id)).toEqual({ events: '1', deliveries: '1', answers: '1' });
  });

  it('that is refused binds nothing', async () => {
    const id = randomUUID();
    await expect(deliver(id, 'THREE', '0')).rejects.toMatchObject({ code: 'QUANTITY_NOT_POSITIVE' });
    expect(await counted(id)).toEqual({ events: '0', deliveries: '0', answers: '0' });
    expect(await deliver(id, 'THREE')).toMatchObject({ id, replayed: false });
  });

  it('is the same whatever the order of its fields, and whether an empty one is null or absent', async () => {
    const id = randomUUID();
    await deliver(id, 'FOUR');
    const turned = Object.fromEntries(Object.entries({ ...input, id, lot: 'FOUR', net: kg('100'), gross: null }).reverse());
    expect(await coop.manager.mutate('recordDelivery', turned, 'replayed')).toEqual({ replayed: true });
  });
});
