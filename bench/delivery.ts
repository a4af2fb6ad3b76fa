import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { GraphqlClient } from '../demo/graphql-client.js';
import { rawInsertsPerSecond } from './raw-inserts.js';
import type { ProcessorTime } from './processor-time.js';
import { processorTime } from './processor-time.js';
import type { Benchmark, LoadRequest, Server } from './support.js';
import { load, startServer, tell } from './support.js';

/** A smartphone's queue after an hour at the scales. */
const ITEMS_PER_CALL = 20;
const CALLS_IN_FLIGHT = 16;
const SINGLES_IN_FLIGHT = 64;
const GROUP = ITEMS_PER_CALL * CALLS_IN_FLIGHT;
const COOPERATIVES = 8;
const GROWERS_PER_COOPERATIVE = 25;
const LOTS_PER_COOPERATIVE = 4;
const AREA = '520123';

const CAPTURE =
  'mutation ($items: [CaptureItem!]!) { capture(items: $items) { id status eventId batch { id lot } error { code message path retryable } } }';
const SINGLE = 'mutation ($input: RecordDeliveryInput!) { recordDelivery(input: $input) { id replayed event { id } batch { id lot } } }';

interface Cooperative {
  readonly key: string;
  readonly productId: string;
  readonly facilityId: string;
  readonly growers: readonly string[];
}

interface Sent {
  deliveries: number;
  grams: bigint;
}

/** Deliveries into the lots of several cooperatives, in calls of an offline queue and one by one, against what server and database could do at most. */
export const run: Benchmark = async ({ smoke }) => {
  const times = { warmUpMs: smoke ? 0 : 3_000, durationMs: smoke ? 120_000 : 8_000 };
  const server = await startServer();
  let calls: number;
  let singles: number;
  let raw: number;
  try {
    const cooperatives = await registerCooperatives(server.admin);
    const sent: Sent = { deliveries: 0, grams: 0n };
    const before = await processorTime(server.pid);
    const captured = await load({
      ...times,
      url: server.url,
      inFlight: CALLS_IN_FLIGHT,
      next: limited(smoke ? 2 * CALLS_IN_FLIGHT : Infinity, () => captureCall(cooperatives, sent)),
      onAnswer: requireAccepted(ITEMS_PER_CALL),
    });
    calls = captured.perSecond * ITEMS_PER_CALL;
    const spent = { before, after: await processorTime(server.pid), deliveries: sent.deliveries };
    await requireStored(server, sent);
    const single = await load({
      ...times,
      url: server.url,
      inFlight: SINGLES_IN_FLIGHT,
      next: limited(smoke ? 2 * SINGLES_IN_FLIGHT : Infinity, () => singleCall(cooperatives, sent)),
      onAnswer: requireRecorded,
    });
    singles = single.perSecond;
    await requireStored(server, sent);
    raw = await rawInsertsPerSecond(server.databaseUrl, GROUP, smoke ? 2 : 60);
    process.stdout.write(`  ${String(sent.deliveries)} deliveries, each there once, to the last gram\n`);
    if (smoke) return;
    tell('rows alone, straight into the same tables', raw, 'deliveries/s');
    tell('capture, 20 an item list, 16 calls in flight', calls, 'deliveries/s', {
      latenciesMs: captured.latenciesMs,
      ratios: [{ limit: 'rows alone', limitPerSecond: raw }],
    });
    tellSpent(spent);
    tell('recordDelivery, 64 in flight', singles, 'mutations/s', {
      latenciesMs: single.latenciesMs,
      ratios: [{ limit: 'rows alone', limitPerSecond: raw }],
    });
  } finally {
    await server.stop();
  }
  await againstNothing({ calls, singles, ...times });
};

/** What a delivery of the calls costs in processor time: other work on the machine changes that less than it changes the rate. */
function tellSpent({ before, after, deliveries }: { before: ProcessorTime | null; after: ProcessorTime | null; deliveries: number }): void {
  if (!before || !after || deliveries === 0) return;
  const microseconds = (seconds: number): string => `${((seconds * 1e6) / deliveries).toFixed(0)} µs`;
  const [own, database] = [after.own - before.own, after.descendants - before.descendants];
  process.stdout.write(`  processor time of a delivery: ${microseconds(own)} in the platform, ${microseconds(database)} in PostgreSQL\n`);
}

/** The same calls to the same server, where recording takes no time. */
async function againstNothing(real: { calls: number; singles: number; warmUpMs: number; durationMs: number }): Promise<void> {
  const empty = await startServer({ program: 'bench/empty-server.js' });
  try {
    const cooperatives = await registerCooperatives(empty.admin);
    const { warmUpMs, durationMs } = real;
    const nothing: Sent = { deliveries: 0, grams: 0n };
    const captured = await load({
      url: empty.url,
      warmUpMs,
      durationMs: durationMs / 2,
      inFlight: CALLS_IN_FLIGHT,
      next: () => captureCall(cooperatives, nothing),
      onAnswer: requireAccepted(ITEMS_PER_CALL),
    });
    const single = await load({
      url: empty.url,
      warmUpMs,
      durationMs: durationMs / 2,
      inFlight: SINGLES_IN_FLIGHT,
      next: () => singleCall(cooperatives, nothing),
      onAnswer: requireRecorded,
    });
    const emptyCalls = captured.perSecond * ITEMS_PER_CALL;
    tell('empty resolver, capture', emptyCalls, 'deliveries/s', { latenciesMs: captured.latenciesMs });
    tell('empty resolver, recordDelivery', single.perSecond, 'mutations/s', { latenciesMs: single.latenciesMs });
    tell('capture', real.calls, 'deliveries/s', { ratios: [{ limit: 'empty resolver', limitPerSecond: emptyCalls }] });
    tell('recordDelivery', real.singles, 'mutations/s', { ratios: [{ limit: 'empty resolver', limitPerSecond: single.perSecond }] });
  } finally {
    await empty.stop();
  }
}

async function registerCooperatives(admin: GraphqlClient): Promise<Cooperative[]> {
  const all: Cooperative[] = [];
  for (let i = 0; i < COOPERATIVES; i += 1) {
    const organisation = await admin.mutate('registerOrganisation', {
      id: randomUUID(),
      name: `Cooperative ${String(i + 1)}`,
      kind: 'COOPERATIVE',
      areaCode: AREA,
      timeZone: 'Asia/Shanghai',
      currency: 'CNY',
    });
    const organisationId = organisation.id;
    const made = await admin.mutate<{ key: string }>('createApiKey', { id: randomUUID(), organisationId, role: 'MANAGER' }, 'id key');
    const manager = admin.withKey(made.key);
    const facility = await manager.mutate('registerFacility', {
      id: randomUUID(),
      organisationId,
      name: 'Weighing station',
      kind: 'COLLECTION_POINT',
      areaCode: AREA,
    });
    const product = await manager.mutate('registerProduct', { id: randomUUID(), organisationId, name: 'Kiwi', baseUnit: 'KGM' });
    const growers = await Promise.all(Array.from({ length: GROWERS_PER_COOPERATIVE }, (_, n) => grower(manager, organisationId, n)));
    all.push({ key: made.key, productId: product.id, facilityId: facility.id, growers });
  }
  return all;
}

async function grower(manager: GraphqlClient, cooperativeId: string, n: number): Promise<string> {
  const household = {
    id: randomUUID(),
    areaCode: AREA,
    cooperativeId,
    memberSince: '2020-01-01',
    members: [{ id: randomUUID(), name: `Grower ${String(n)}`, head: true }],
  };
  return (await manager.mutate('registerHousehold', household)).id;
}

function captureCall(cooperatives: readonly Cooperative[], sent: Sent): LoadRequest {
  const cooperative = pick(cooperatives);
  const items = Array.from({ length: ITEMS_PER_CALL }, () => ({ delivery: delivery(cooperative, sent) }));
  return ask(cooperative, CAPTURE, { items });
}

function singleCall(cooperatives: readonly Cooperative[], sent: Sent): LoadRequest {
  const cooperative = pick(cooperatives);
  return ask(cooperative, SINGLE, { input: delivery(cooperative, sent) });
}

function ask({ key }: Cooperative, query: string, variables: object): LoadRequest {
  return { headers: { authorization: `Bearer ${key}` }, body: JSON.stringify({ query, variables }) };
}

function delivery({ productId, facilityId, growers }: Cooperative, sent: Sent): object {
  const n = sent.deliveries;
  const net = 20_000 + (n % 997) * 100;
  sent.deliveries += 1;
  sent.grams += BigInt(net);
  const kilograms = (grams: number): object => ({ value: (grams / 1_000).toFixed(1), unit: 'KGM' });
  return {
    id: randomUUID(),
    product: { id: productId },
    lot: `DAY-${String(n % LOTS_PER_COOPERATIVE)}`,
    deliveredAt: '2026-05-26T08:30:00+08:00',
    facilityId,
    grower: { householdId: growers[n % growers.length] },
    gross: kilograms(net + 1_500),
    tare: kilograms(1_500),
    net: kilograms(net),
    grade: 'A',
    price: { amount: { amount: '3.00', currency: 'CNY' }, per: 'jin' },
  };
}

function pick<T>(all: readonly T[]): T {
  const one = all[Math.floor(Math.random() * all.length)];
  if (one === undefined) throw new Error('There is nothing to pick from.');
  return one;
}

/** The requests, up to so many. */
function limited(count: number, next: () => LoadRequest): () => LoadRequest | null {
  let left = count;
  return () => {
    left -= 1;
    return left < 0 ? null : next();
  };
}

function requireAccepted(items: number): (status: number, body: string) => void {
  return (status, body) => {
    const accepted = body.split('"status":"ACCEPTED"').length - 1;
    if (status !== 200 || accepted !== items)
      throw new Error(`HTTP ${String(status)}, ${String(accepted)} accepted: ${body.slice(0, 1_000)}`);
  };
}

function requireRecorded(status: number, body: string): void {
  if (status !== 200 || !body.includes('"replayed":false')) throw new Error(`HTTP ${String(status)}: ${body.slice(0, 1_000)}`);
}

/** Every delivery that was sent is there once, and lots, holdings, payments and journals agree with it. */
async function requireStored(server: Server, sent: Sent): Promise<void> {
  const client = new pg.Client({ connectionString: server.databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, string>>(
      `SELECT (SELECT count(*) FROM deliveries) AS deliveries,
              (SELECT count(*) FROM supply_events) AS events,
              (SELECT div(sum(net), 1000) FROM deliveries) AS grams,
              (SELECT div(sum(made), 1000) FROM holdings) AS held,
              (SELECT div(sum(quantity), 1000) FROM step_outputs) AS flowed,
              (SELECT count(DISTINCT p.cause_id) FROM payments p) AS paid,
              (SELECT count(*) FROM payments p WHERE NOT EXISTS (SELECT FROM journals j WHERE j.id = p.journal_id)) AS unbooked,
              (SELECT sum(p.amount_minor)::bigint FROM payments p)
                - (SELECT sum(amount) FROM journals, unnest(amounts_minor) AS amount WHERE amount > 0)::bigint AS misbooked`,
    );
    const [deliveries, grams] = [String(sent.deliveries), String(sent.grams)];
    const expected = { deliveries, events: deliveries, grams, held: grams, flowed: grams, paid: deliveries, unbooked: '0', misbooked: '0' };
    const found = JSON.stringify(rows[0]);
    if (found !== JSON.stringify(expected)) throw new Error(`Stored is ${found}, sent was ${JSON.stringify(expected)}.`);
  } finally {
    await client.end();
  }
}
