import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import type { AnOrganisationAtWork } from '../../support/builders.js';
import { aHousehold, anOrganisationAtWork, aPlot, aProduct, kg, yuanPer } from '../../support/builders.js';
import type { GraphqlClient } from '../../support/graphql.js';

type Input = Record<string, unknown>;

interface Result {
  readonly id: string;
  readonly status: string;
  readonly eventId: string | null;
  readonly batch: { readonly id: string } | null;
  readonly error: { readonly code: string; readonly detail: Record<string, unknown> | null; readonly path: string[] | null } | null;
}

/** Consecutive deliveries of one call are one group: one transaction, each with its own result. */
describe('a group of deliveries', () => {
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
    for (let i = 0; i < 2; i += 1) growers.push((await aHousehold(cooperative.manager, cooperative.id)).id);
    database = new pg.Client({ connectionString: test.databaseUrl });
    await database.connect();
  });

  afterAll(async () => {
    await database.end();
    await test.stop();
  });

  const aLot = (): string => `L${randomUUID().slice(0, 8)}`;
  const delivery = (over: Input = {}): Input => ({
    id: randomUUID(),
    product: { id: productId },
    lot: aLot(),
    deliveredAt: '2026-05-26T08:30:00+08:00',
    grower: { householdId: growers[0] },
    net: kg('10'),
    price: yuanPer('KGM', '4.00'),
    ...over,
  });
  const capture = async (deliveries: Input[], client: GraphqlClient = cooperative.manager): Promise<Result[]> =>
    (
      await client.query<{ capture: Result[] }>(
        'mutation ($items: [CaptureItem!]!) { capture(items: $items) { id status eventId batch { id } error { code detail path } } }',
        { items: deliveries.map((one) => ({ delivery: one })) },
      )
    ).capture;
  const verdicts = (results: readonly Result[]): string[] => results.map(({ status, error }) => error?.code ?? status);

  it('takes an id that stands in it twice once, and refuses it with other content', async () => {
    const one = delivery();
    const results = await capture([one, one, { ...one, grade: 'B' }]);
    expect(verdicts(results)).toEqual(['ACCEPTED', 'REPLAYED', 'CONFLICT']);
    expect(results[1]?.eventId).toBe(results[0]?.eventId);
    expect(results[2]?.error?.detail).toMatchObject({ hash: expect.any(String), acceptedHash: expect.any(String) });
  });

  it('leaves an id free that was refused before in the same group', async () => {
    const id = randomUUID();
    expect(verdicts(await capture([delivery({ id, net: kg('0') }), delivery({ id, net: kg('1') })]))).toEqual([
      'QUANTITY_NOT_POSITIVE',
      'ACCEPTED',
    ]);
  });

  it('opens a new lot with its first delivery only, and knows when it is no longer of one grower', async () => {
    const lot = aLot();
    const results = await capture([
      delivery({ lot }),
      delivery({ lot }),
      delivery({ lot, grower: { householdId: growers[1] } }),
      delivery({ lot }),
    ]);
    expect(new Set(results.map((result) => result.batch?.id)).size).toBe(1);
    const { rows } = await database.query<{ biz_step: string; custody_model: string }>(
      `SELECT e.biz_step, s.custody_model FROM supply_events e JOIN steps s ON s.event_id = e.id WHERE e.id = ANY($1) ORDER BY e.seq`,
      [results.map((result) => result.eventId)],
    );
    expect(rows).toEqual([
      { biz_step: 'commissioning', custody_model: 'IDENTITY_PRESERVED' },
      { biz_step: 'creating_class_instance', custody_model: 'IDENTITY_PRESERVED' },
      { biz_step: 'creating_class_instance', custody_model: 'SEGREGATED' },
      { biz_step: 'creating_class_instance', custody_model: 'SEGREGATED' },
    ]);
  });

  it('draws from one season as often as it is named', async () => {
    const plot = await aPlot(cooperative.manager, growers[0] ?? '');
    const seasonId = randomUUID();
    const season = { id: seasonId, product: { id: productId }, plotIds: [plot.id], name: 'Kiwi', from: '2026-01-01', expected: kg('25') };
    await cooperative.manager.mutate('openSeason', season, 'id');
    expect(verdicts(await capture([1, 2, 3].map(() => delivery({ seasonId }))))).toEqual(['ACCEPTED', 'ACCEPTED', 'ACCEPTED']);
    const { rows } = await database.query(
      `SELECT h.made, h.taken, o.quantity FROM seasons s JOIN holdings h ON h.id = s.holding_id JOIN step_outputs o ON o.step_id = s.step_id WHERE s.id = $1`,
      [seasonId],
    );
    expect(rows).toEqual([{ made: '30000000', taken: '30000000', quantity: '30000000' }]);
  });

  it('stores nothing of what it refuses: no lot, no outsider', async () => {
    const counts = async (): Promise<unknown> =>
      (await database.query('SELECT (SELECT count(*) FROM batches) AS batches, (SELECT count(*) FROM outsiders) AS outsiders')).rows;
    const before = await counts();
    const refused = { grower: { outsider: `Trader ${randomUUID()}` }, deliveredAt: '2099-01-01T00:00:00+08:00' };
    expect(verdicts(await capture([delivery(refused), delivery({ net: kg('0') })]))).toEqual(['TIME_IN_FUTURE', 'QUANTITY_NOT_POSITIVE']);
    expect(await counts()).toEqual(before);
  });

  it('refuses a payment id that is taken, in the group or before it, and nothing beside it', async () => {
    const paymentId = randomUUID();
    const paid = (): Input => delivery({ payment: { id: paymentId } });
    expect(verdicts(await capture([paid(), delivery(), paid()]))).toEqual(['ACCEPTED', 'ACCEPTED', 'CONFLICT']);
    expect(verdicts(await capture([paid(), delivery()]))).toEqual(['CONFLICT', 'ACCEPTED']);
  });

  it('says where in the input the fault lies', async () => {
    const nobody = { householdId: '00000000-0000-4000-8000-000000000000' };
    const terms = {
      payees: [
        { payee: { householdId: growers[0] }, part: '0.5' },
        { payee: nobody, part: '0.5' },
      ],
    };
    const results = await capture([delivery({ grower: nobody }), delivery({ collectedBy: nobody }), delivery({ payment: terms })]);
    expect(results.map(({ error }) => error?.path)).toEqual([['grower'], ['collectedBy'], ['payment', 'payees', '1', 'payee']]);
  });

  it('is isolated from the one delivery that the database refuses', async () => {
    const lot = aLot();
    await database.query("ALTER TABLE deliveries ADD CONSTRAINT nothing_of_grade_x CHECK (grade <> 'X') NOT VALID");
    try {
      const results = await capture([delivery({ lot }), delivery({ lot, grade: 'X' }), delivery({ lot }), delivery({ lot })]);
      expect(verdicts(results)).toEqual(['ACCEPTED', 'INTERNAL', 'ACCEPTED', 'ACCEPTED']);
    } finally {
      await database.query('ALTER TABLE deliveries DROP CONSTRAINT nothing_of_grade_x');
    }
    const { rows } = await database.query('SELECT h.made FROM holdings h JOIN batches b ON b.id = h.batch_id WHERE b.lot = $1', [lot]);
    expect(rows).toEqual([{ made: '30000000' }]);
  });

  it('may be of several organisations, each with its own lots', async () => {
    const other = await anOrganisationAtWork(test.admin);
    const own = (await aProduct(other.manager, other.id)).id;
    const grower = await aHousehold(other.manager, other.id);
    const lot = aLot();
    const theirs = { product: { id: own }, grower: { householdId: grower.id } };
    await capture([delivery({ lot })]);
    const [ours, their] = await Promise.all([
      capture(Array.from({ length: 20 }, () => delivery({ lot }))),
      capture(
        [...Array.from({ length: 20 }, () => delivery({ lot, ...theirs })), delivery({ lot, grower: { householdId: grower.id } })],
        other.manager,
      ),
    ]);
    expect(new Set(verdicts(ours))).toEqual(new Set(['ACCEPTED']));
    expect(new Set(verdicts(their.slice(0, 20)))).toEqual(new Set(['ACCEPTED']));
    expect(verdicts(their.slice(20))).toEqual(['CUSTODY_WRONG']);
    expect(their[0]?.batch?.id).not.toBe(ours[0]?.batch?.id);
  });
});
