import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import type { AnOrganisationAtWork } from '../../support/builders.js';
import { aDelivery, aHousehold, anOrganisationAtWork, aPlot, aProduct, aTrade, jin, kg, yuanPer } from '../../support/builders.js';
import { RejectedRequest } from '../../support/graphql.js';

interface BatchView {
  readonly id: string;
  readonly lot: string;
  readonly digitalLink: string;
  readonly status: string;
  readonly made: { readonly value: string; readonly unit: string };
  readonly available: { readonly value: string };
}

interface Delivered {
  readonly id: string;
  readonly replayed: boolean;
  readonly event: {
    readonly id: string;
    readonly type: string;
    readonly action: string;
    readonly bizStep: string;
    readonly epcis: Record<string, unknown>;
  };
  readonly batch: BatchView;
}

const BATCH = 'id lot digitalLink status made { value unit } available { value }';
const DELIVERED = `id replayed event { id type action bizStep epcis } batch { ${BATCH} }`;

describe('recordDelivery', () => {
  let test: TestApp;
  let cooperative: AnOrganisationAtWork;
  let productId: string;
  let growers: string[];
  let database: pg.Client;

  beforeAll(async () => {
    test = await startTestApp();
    cooperative = await anOrganisationAtWork(test.admin);
    productId = (await aProduct(cooperative.manager, cooperative.id)).id;
    growers = [];
    for (let i = 0; i < 3; i += 1) growers.push((await aHousehold(cooperative.manager, cooperative.id)).id);
    database = new pg.Client({ connectionString: test.databaseUrl });
    await database.connect();
  });

  afterAll(async () => {
    await database.end();
    await test.stop();
  });

  const input = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
    id: randomUUID(),
    product: { id: productId },
    lot: `L${randomUUID().slice(0, 8)}`,
    deliveredAt: '2026-05-26T08:30:00+08:00',
    facilityId: cooperative.facilityId,
    grower: { householdId: growers[0] },
    net: jin('200'),
    price: yuanPer('jin', '3.00'),
    ...over,
  });
  const deliver = (over: Record<string, unknown> = {}): Promise<Delivered> =>
    cooperative.manager.mutate('recordDelivery', input(over), DELIVERED);
  const rejected = (over: Record<string, unknown>): Promise<string | null> => cooperative.manager.rejection('recordDelivery', input(over));

  it('makes an open lot with an event that is named by the hash of its content', async () => {
    const made = await deliver();
    expect(made.batch).toMatchObject({ status: 'OPEN', made: { value: '100', unit: 'KGM' }, available: { value: '100' } });
    expect(made.event).toMatchObject({ type: 'OBJECT', action: 'ADD', bizStep: 'commissioning' });
    expect(made.event.id).toMatch(/^ni:\/\/\/sha-256;[0-9a-f]{64}\?ver=CBV2\.0$/);
    expect(made.batch.digitalLink).toContain(`/10/${made.batch.lot}`);
  });

  it('keeps household, price and payment out of the event', async () => {
    const made = await deliver();
    const text = JSON.stringify(made.event.epcis);
    for (const secret of [growers[0]!, '3.00', 'CNY', 'PURCHASE']) expect(text).not.toContain(secret);
    expect(made.event.epcis['sheaf:deliveryDigest']).toMatch(/^[0-9a-f]{64}$/);
  });

  it('fills one lot from several growers', async () => {
    const lot = `L${randomUUID().slice(0, 8)}`;
    for (const [i, householdId] of growers.entries()) await deliver({ lot, grower: { householdId }, net: kg(String(i + 1)) });
    const made = await deliver({ lot, net: kg('4') });
    expect(made.batch.made.value).toBe('10');
    expect(made.event.bizStep).toBe('creating_class_instance');
  });

  it('answers the same id with the same content as the first time', async () => {
    const same = input();
    const first = await cooperative.manager.mutate<Delivered>('recordDelivery', same, DELIVERED);
    const again = await cooperative.manager.mutate<Delivered>('recordDelivery', same, DELIVERED);
    expect(again).toEqual({ ...first, replayed: true });
  });

  it('refuses the same id with other content and tells both hashes', async () => {
    const same = input();
    await cooperative.manager.mutate('recordDelivery', same, 'id');
    const error: unknown = await cooperative.manager.mutate('recordDelivery', { ...same, grade: 'A' }, 'id').catch((e: unknown) => e);
    expect(error).toBeInstanceOf(RejectedRequest);
    expect(error).toMatchObject({ code: 'CONFLICT', detail: { hash: expect.any(String), acceptedHash: expect.any(String) } });
  });

  it('lets a rejected id be mended and sent again', async () => {
    const id = randomUUID();
    expect(await rejected({ id, net: kg('0') })).toBe('QUANTITY_NOT_POSITIVE');
    expect((await deliver({ id, net: kg('1') })).replayed).toBe(false);
  });

  it('stores ten at the same moment once', async () => {
    const same = input();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => cooperative.manager.mutate<Delivered>('recordDelivery', same, DELIVERED)),
    );
    expect(answers.filter((answer) => !answer.replayed)).toHaveLength(1);
    expect(new Set(answers.map((answer) => answer.event.id)).size).toBe(1);
    expect(answers.every((answer) => answer.batch.made.value === '100')).toBe(true);
  });

  it('adds up what many deliver into one lot at once', async () => {
    const lot = `L${randomUUID().slice(0, 8)}`;
    const all = Array.from({ length: 20 }, (_, i) => deliver({ lot, net: kg('1.5'), grower: { householdId: growers[i % 3] } }));
    const batchId = (await Promise.all(all))[0]!.batch.id;
    const { batch } = await cooperative.manager.query<{ batch: BatchView }>(`query ($id: UUID!) { batch(ref: { id: $id }) { ${BATCH} } }`, {
      id: batchId,
    });
    expect(batch.made.value).toBe('30');
  });

  it('pays price × net, exactly, per the unit that was said', async () => {
    const { id } = await deliver({ net: kg('33.3'), price: yuanPer('jin', '3.05') });
    const { rows } = await database.query<{ amount_minor: string }>(
      'SELECT p.amount_minor FROM payments p JOIN deliveries d ON d.step_id = p.step_id WHERE d.id = $1',
      [id],
    );
    expect(rows).toEqual([{ amount_minor: '20313' }]);
  });

  it('keeps a delivery without a price as unpriced, which is not zero', async () => {
    const { id } = await deliver({ price: null });
    const { rows } = await database.query<{ unpriced: boolean; payments: string }>(
      'SELECT unpriced, (SELECT count(*) FROM payments p WHERE p.step_id = d.step_id) AS payments FROM deliveries d WHERE id = $1',
      [id],
    );
    expect(rows).toEqual([{ unpriced: true, payments: '0' }]);
  });

  it('holds net against gross, tare and deductions', async () => {
    const weighed = { gross: kg('105'), tare: kg('3'), deductions: [{ reason: 'moisture', quantity: kg('2') }] };
    expect((await deliver({ ...weighed, net: kg('100') })).batch.made.value).toBe('100');
    expect(await rejected({ ...weighed, net: kg('98') })).toBe('NET_WEIGHT_MISMATCH');
  });

  it('takes no delivery into a lot that was drawn from before, but one that was made before that', async () => {
    const lot = `L${randomUUID().slice(0, 8)}`;
    const { batch } = await deliver({ lot });
    const mill = await anOrganisationAtWork(test.admin, { kind: 'PROCESSOR' });
    await aTrade(cooperative, mill, { batch: { id: batch.id }, quantity: kg('40') });
    expect(await rejected({ lot, deliveredAt: '2026-05-29T08:00:00+08:00' })).toBe('LOT_CLOSED');
    expect((await deliver({ lot, deliveredAt: '2026-05-26T09:00:00+08:00' })).batch.made.value).toBe('200');
  });

  it('draws from the season, which grows when it gives more than was expected', async () => {
    const plot = await aPlot(cooperative.manager, growers[0]!);
    const season = randomUUID();
    await cooperative.manager.mutate(
      'openSeason',
      { id: season, product: { id: productId }, plotIds: [plot.id], name: 'Kiwi 2026', from: '2026-01-01', expected: kg('150') },
      'id seasonId event { type bizStep }',
    );
    await deliver({ seasonId: season, net: kg('100') });
    await deliver({ seasonId: season, net: kg('80') });
    const { rows } = await database.query<{ made: string; taken: string; quantity: string }>(
      `SELECT h.made, h.taken, o.quantity FROM seasons s JOIN holdings h ON h.id = s.holding_id JOIN step_outputs o ON o.step_id = s.step_id WHERE s.id = $1`,
      [season],
    );
    expect(rows).toEqual([{ made: '180000000', taken: '180000000', quantity: '180000000' }]);
  });

  it.each([
    ['a lot that is no lot', { lot: 'no spaces allowed' }, 'LOT_INVALID'],
    ['a unit nobody knows', { net: { value: '1', unit: 'bushel' } }, 'UNIT_UNKNOWN'],
    ['a price in another dimension', { price: yuanPer('LTR', '3.00') }, 'UNIT_MISMATCH'],
    ['a quantity below zero', { net: kg('-1') }, 'QUANTITY_NOT_POSITIVE'],
    ['digits finer than a milligram', { net: kg('0.0000001') }, 'QUANTITY_OUT_OF_RANGE'],
    ['an amount finer than the currency', { price: yuanPer('jin', '3.005') }, 'AMOUNT_TOO_FINE'],
    ['a currency nobody knows', { price: { amount: { amount: '1', currency: 'XYZ' }, per: 'jin' } }, 'CURRENCY_UNKNOWN'],
    ['a grower nobody knows', { grower: { householdId: '00000000-0000-4000-8000-000000000000' } }, 'NOT_FOUND'],
    ['a facility of somebody else', { facilityId: '00000000-0000-4000-8000-000000000000' }, 'NOT_FOUND'],
    ['a time to come', { deliveredAt: '2099-01-01T00:00:00+08:00' }, 'TIME_IN_FUTURE'],
    ['a time without an offset', { deliveredAt: '2026-05-26T08:30:00' }, 'BAD_INPUT'],
    ['two growers in one', { grower: { householdId: '00000000-0000-4000-8000-000000000000', outsider: 'x' } }, 'BAD_INPUT'],
  ])('refuses %s and stores nothing', async (_, over, code) => {
    const count = async (): Promise<string> => (await database.query<{ n: string }>('SELECT count(*) AS n FROM supply_events')).rows[0]!.n;
    const before = await count();
    expect(await rejected(over)).toBe(code);
    expect(await count()).toBe(before);
  });

  it('shows the batch to nobody who never had to do with it', async () => {
    const { batch } = await deliver();
    const stranger = await anOrganisationAtWork(test.admin);
    const seen = await stranger.manager.query<{ batch: unknown }>('query ($id: UUID!) { batch(ref: { id: $id }) { id } }', {
      id: batch.id,
    });
    expect(seen.batch).toBeNull();
  });

  it('refuses a delivery into the lot of another cooperative', async () => {
    const lot = `L${randomUUID().slice(0, 8)}`;
    await deliver({ lot });
    const other = await anOrganisationAtWork(test.admin);
    const grower = await aHousehold(other.manager, other.id);
    const error: unknown = await aDelivery(
      other.manager,
      { productId, householdId: grower.id, facilityId: other.facilityId },
      { lot },
    ).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'CUSTODY_WRONG' });
  });
});
