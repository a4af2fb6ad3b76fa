import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import type { AnOrganisationAtWork } from '../../support/builders.js';
import { aHousehold, aKey, anOrganisationAtWork, aProduct, kg, yuan, yuanPer } from '../../support/builders.js';
import type { GraphqlClient } from '../../support/graphql.js';

type Input = Record<string, unknown>;

interface Result {
  readonly id: string;
  readonly status: string;
  readonly eventId: string | null;
  readonly batch: { readonly lot: string } | null;
  readonly error: { readonly code: string; readonly path: string[]; readonly retryable: boolean } | null;
}

describe('capture', () => {
  let test: TestApp;
  let cooperative: AnOrganisationAtWork;
  let productId: string;
  let householdId: string;
  let database: pg.Client;

  beforeAll(async () => {
    test = await startTestApp();
    cooperative = await anOrganisationAtWork(test.admin);
    productId = (await aProduct(cooperative.manager, cooperative.id)).id;
    householdId = (await aHousehold(cooperative.manager, cooperative.id)).id;
    database = new pg.Client({ connectionString: test.databaseUrl });
    await database.connect();
  });

  afterAll(async () => {
    await database.end();
    await test.stop();
  });

  const delivery = (over: Input = {}): Input => ({
    id: randomUUID(),
    product: { id: productId },
    lot: 'QUEUE-1',
    deliveredAt: '2026-05-26T08:30:00+08:00',
    grower: { householdId },
    net: kg('10'),
    price: yuanPer('jin', '3.00'),
    ...over,
  });
  const capture = async (items: Input[], client: GraphqlClient = cooperative.manager): Promise<Result[]> =>
    (
      await client.query<{ capture: Result[] }>(
        'mutation ($items: [CaptureItem!]!) { capture(items: $items) { id status eventId batch { lot } error { code path retryable } } }',
        { items },
      )
    ).capture;

  it('lets each item stand or fall alone, in the order in which it was sent', async () => {
    const [good, bad, last] = [delivery(), delivery({ net: kg('0') }), delivery()];
    const results = await capture([{ delivery: good }, { delivery: bad }, { delivery: last }]);
    expect(results.map(({ id, status }) => [id, status])).toEqual([
      [good['id'], 'ACCEPTED'],
      [bad['id'], 'REJECTED'],
      [last['id'], 'ACCEPTED'],
    ]);
    expect(results[1]).toMatchObject({ eventId: null, error: { code: 'QUANTITY_NOT_POSITIVE', retryable: false } });
    expect(results[0]).toMatchObject({ batch: { lot: 'QUEUE-1' }, error: null });
  });

  it('answers a queue that is sent again with REPLAYED, event by event', async () => {
    const items = Array.from({ length: 5 }, () => ({ delivery: delivery() }));
    const first = await capture(items);
    const again = await capture(items);
    expect(again).toEqual(first.map((result) => ({ ...result, status: 'REPLAYED' })));
  });

  it('counts a thousand items sent three times in random order over three lines once', async () => {
    const lot = 'QUEUE-1000';
    const items = Array.from({ length: 1_000 }, (_, i) => ({ delivery: delivery({ lot, net: kg(`${(i % 9) + 1}`) }) }));
    const shuffled = (seed: number): Input[] => [...items].sort((a, b) => order(a, seed) - order(b, seed));
    const send = async (queue: Input[]): Promise<void> => {
      for (let i = 0; i < queue.length; i += 100) await capture(queue.slice(i, i + 100));
    };
    await Promise.all([1, 2, 3].map((seed) => send(shuffled(seed))));
    const { rows } = await database.query<{ events: string; kg: string }>(
      `SELECT count(*) AS events, div(sum(d.net), 1000000) AS kg FROM deliveries d JOIN batches b ON b.id = d.batch_id WHERE b.lot = $1`,
      [lot],
    );
    const kilograms = items.reduce((sum, item) => sum + Number((item.delivery['net'] as { value: string }).value), 0);
    expect(rows).toEqual([{ events: '1000', kg: String(kilograms) }]);
  }, 120_000);

  it('names what an item before it made by that item’s id', async () => {
    const made = delivery({ lot: 'QUEUE-2' });
    const sale = {
      id: randomUUID(),
      sellerId: cooperative.id,
      soldAt: '2026-05-27T08:00:00+08:00',
      lines: [
        {
          ref: '1',
          quantity: kg('2'),
          gross: yuan('20.00'),
          allocations: [{ batch: { madeBy: { captureId: made['id'] } }, quantity: kg('2') }],
        },
      ],
    };
    expect((await capture([{ delivery: made }, { sale }])).map((result) => result.status)).toEqual(['ACCEPTED', 'ACCEPTED']);
  });

  it('gives an item no more rights than its own mutation', async () => {
    const village = await aKey(test.admin, cooperative.id, 'VILLAGE_WORKER');
    const [taken, refused] = await capture(
      [{ delivery: delivery() }, { aggregation: { id: randomUUID(), at: '2026-05-27T08:00:00+08:00', action: 'ADD', contents: [] } }],
      village.client,
    );
    expect([taken?.status, refused?.error?.code]).toEqual(['ACCEPTED', 'FORBIDDEN']);
  });

  it('has a limit of items', async () => {
    const items = Array.from({ length: 501 }, () => ({ delivery: delivery() }));
    await expect(capture(items)).rejects.toMatchObject({ code: 'TOO_MANY_ITEMS' });
  });
});

/** A repeatable shuffle: where an item stands depends on its id and the seed only. */
function order(item: Input, seed: number): number {
  const { id } = item['delivery'] as { id: string };
  return Number.parseInt(id.slice(seed, seed + 6).replace('-', '0'), 16);
}
