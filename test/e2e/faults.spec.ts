import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MqttClient } from 'mqtt';
import { connectAsync } from 'mqtt';
import pg from 'pg';
import type { AnOrganisationAtWork } from '../support/builders.js';
import { aDelivery, aHousehold, aKey, anOrganisationAtWork, aProduct, kg, yuan, yuanPer } from '../support/builders.js';
import type { GraphqlClient } from '../support/graphql.js';
import { graphql, RejectedRequest } from '../support/graphql.js';
import type { SheafProcess } from '../integration/platform/sheaf-process.js';
import { lives, postgresOf, startSheaf } from '../integration/platform/sheaf-process.js';

type Input = Record<string, unknown>;

const ADMIN_API_KEY = 'a-key-for-the-fault-test-only';
const LOT = 'FAULTS';
const START_MS_MAX = 120_000;
const LOAD_MS = 2_500;

/** What was said, what was answered, and where the platform is to be found now. */
interface Line {
  url: string;
  mqttPort: number;
}

/**
 * Clients that behave as the field does: each thing is sent until it is answered, under the same id; a reading until its PUBACK. What was
 * acknowledged once must be there once, whatever dies in between.
 */
class Field {
  readonly acknowledged = { deliveries: new Set<string>(), sales: new Set<string>(), readings: new Set<number>() };
  private running = true;
  private sequence = 0;

  constructor(
    private readonly line: Line,
    private readonly managerKey: string,
    private readonly device: { readonly name: string; readonly secret: string },
    private readonly make: { readonly delivery: (id: string) => Input; readonly sale: (id: string) => Input },
  ) {}

  work(): Promise<unknown> {
    return Promise.all([this.deliver(), this.deliver(), this.sell(), this.measure()]);
  }

  end(): void {
    this.running = false;
  }

  private async deliver(): Promise<void> {
    while (this.running) {
      const items = Array.from({ length: 10 }, () => ({ delivery: this.make.delivery(randomUUID()) }));
      const results = await this.untilAnswered((client) =>
        client.query<{ capture: { id: string; status: string }[] }>(
          'mutation ($items: [CaptureItem!]!) { capture(items: $items) { id status } }',
          { items },
        ),
      );
      for (const { id, status } of results.capture) {
        if (status === 'ACCEPTED' || status === 'REPLAYED') this.acknowledged.deliveries.add(id);
      }
    }
  }

  private async sell(): Promise<void> {
    while (this.running) {
      const id = randomUUID();
      await this.untilAnswered((client) => client.mutate('recordSale', this.make.sale(id), 'id'));
      this.acknowledged.sales.add(id);
    }
  }

  private async measure(): Promise<void> {
    let client: MqttClient | null = null;
    while (this.running) {
      const sequence = (this.sequence += 1);
      const t = new Date(Date.UTC(2026, 4, 1) + sequence * 60_000).toISOString().replace('Z', '+00:00');
      for (let stored = false; !stored;) {
        try {
          client ??= await this.connect();
          await within(
            2_000,
            client.publishAsync(`agri/v1/${this.device.name}/up`, JSON.stringify({ t, seq: sequence, v: { soil_temp: '21.5' } }), {
              qos: 1,
            }),
          );
          stored = true;
        } catch {
          client?.end(true);
          client = null;
          await delay(100);
        }
      }
      this.acknowledged.readings.add(sequence);
    }
    client?.end(true);
  }

  private async connect(): Promise<MqttClient> {
    const { name, secret } = this.device;
    const connecting = connectAsync({
      host: '127.0.0.1',
      port: this.line.mqttPort,
      username: name,
      password: secret,
      clientId: name,
      reconnectPeriod: 0,
      connectTimeout: 2_000,
    });
    const client = await within(3_000, connecting);
    client.on('error', () => undefined);
    return client;
  }

  /** Sent again under the same ids after every failure that is not a rejection of the input. */
  private async untilAnswered<T>(send: (client: GraphqlClient) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await within(10_000, send(graphql(this.line.url, this.managerKey)));
      } catch (error) {
        if (error instanceof RejectedRequest && !error.retryable) throw error;
        await delay(100);
      }
    }
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const stop = new AbortController();
  try {
    return await Promise.race([
      work,
      delay(ms, null, { signal: stop.signal }).then(() => {
        throw new Error('No answer in time.');
      }),
    ]);
  } finally {
    stop.abort();
  }
}

describe('what was acknowledged is there once', () => {
  let dataDir: string;
  let sheaf: SheafProcess;
  let line: Line;
  let field: Field;
  let work: Promise<unknown>;
  let cooperative: AnOrganisationAtWork;

  const start = async (): Promise<void> => {
    sheaf = startSheaf({ DATA_DIR: dataDir, ADMIN_API_KEY });
    const { url, mqttPort } = await sheaf.started();
    line = Object.assign((line as Line | undefined) ?? { url, mqttPort }, { url, mqttPort });
  };

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sheaf-faults-'));
    await chmod(dataDir, 0o755);
    await start();
    const admin = graphql(line.url, ADMIN_API_KEY);
    cooperative = await anOrganisationAtWork(admin);
    const { key } = await aKey(admin, cooperative.id);
    const productId = (await aProduct(cooperative.manager, cooperative.id)).id;
    const householdId = (await aHousehold(cooperative.manager, cooperative.id)).id;
    const stock = await aDelivery(
      cooperative.manager,
      { productId, householdId, facilityId: cooperative.facilityId },
      { net: kg('100000') },
    );
    const name = 'fault-probe';
    const { secret } = await cooperative.manager.mutate<{ secret: string }>(
      'registerDevice',
      { id: randomUUID(), deviceId: name, organisationId: cooperative.id, model: 'soil probe' },
      'secret',
    );
    const batch = { madeBy: { captureId: stock.id } };
    field = new Field(
      line,
      key,
      { name, secret },
      {
        delivery: (id) => ({
          id,
          product: { id: productId },
          lot: LOT,
          deliveredAt: '2026-05-26T08:30:00+08:00',
          grower: { householdId },
          net: kg('1'),
          price: yuanPer('KGM', '3.33'),
        }),
        sale: (id) => ({
          id,
          sellerId: cooperative.id,
          soldAt: '2026-06-01T12:00:00+08:00',
          lines: [{ ref: '1', quantity: kg('0.5'), gross: yuan('5.03'), allocations: [{ batch, quantity: kg('0.5') }] }],
        }),
      },
    );
    work = field.work();
  }, START_MS_MAX);

  afterAll(async () => {
    field.end();
    await work.catch(() => undefined);
    const postgres = await postgresOf(dataDir).catch(() => null);
    sheaf.child.kill('SIGTERM');
    await within(20_000, sheaf.ended()).catch(() => sheaf.child.kill('SIGKILL'));
    if (postgres && (await lives(postgres.pid))) process.kill(postgres.pid, 'SIGKILL');
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }, START_MS_MAX);

  it(
    'through kill -9 of the platform, of PostgreSQL, and of both',
    async () => {
      await delay(LOAD_MS);
      sheaf.child.kill('SIGKILL');
      await sheaf.ended();
      await start();
      await delay(LOAD_MS);
      process.kill((await postgresOf(dataDir)).pid, 'SIGKILL');
      await delay(LOAD_MS * 2);
      const postgres = await postgresOf(dataDir);
      sheaf.child.kill('SIGKILL');
      process.kill(postgres.pid, 'SIGKILL');
      await sheaf.ended();
      await start();
      await delay(LOAD_MS);
      field.end();
      await work;

      const { deliveries, sales, readings } = field.acknowledged;
      expect([deliveries.size > 50, sales.size > 10, readings.size > 50]).toEqual([true, true, true]);
      const database = new pg.Client({ connectionString: (await postgresOf(dataDir)).url });
      await database.connect();
      try {
        const one = async (sql: string, values: unknown[] = []): Promise<unknown> =>
          (await database.query<{ n: unknown }>(sql, values)).rows[0]?.n;
        expect(await one('SELECT count(*)::int AS n FROM deliveries WHERE id = ANY($1::uuid[])', [[...deliveries]])).toBe(deliveries.size);
        expect(await one('SELECT count(*)::int AS n FROM sales WHERE id = ANY($1::uuid[])', [[...sales]])).toBe(sales.size);
        expect(
          await one('SELECT count(DISTINCT sequence)::int AS n FROM reading_messages WHERE sequence = ANY($1::bigint[])', [[...readings]]),
        ).toBe(readings.size);
        // Once: what was sent again after a lost answer made nothing more.
        expect(await one('SELECT count(*)::int AS n FROM reading_messages')).toBe(
          await one('SELECT count(DISTINCT sequence)::int AS n FROM reading_messages'),
        );
        expect(
          await one('SELECT (sum(h.made) / 1000000)::int AS n FROM holdings h JOIN batches b ON b.id = h.batch_id WHERE b.lot = $1', [LOT]),
        ).toBe(await one('SELECT count(*)::int AS n FROM deliveries d JOIN batches b ON b.id = d.batch_id WHERE b.lot = $1', [LOT]));
        expect(await one("SELECT count(*)::int AS n FROM payments WHERE kind = 'PURCHASE'")).toBe(
          await one('SELECT count(*)::int AS n FROM deliveries'),
        );
        await everySaleAttributed(one);
        // The books: every sale's net, once, and the totals posted are the exact ones rounded.
        expect(await one("SELECT sum(posted_minor)::int AS n FROM running_totals WHERE book = 'ATTRIBUTION'")).toBe(
          await one('SELECT sum(net_minor)::int AS n FROM sale_lines'),
        );
        expect(
          await one(
            'SELECT count(*)::int AS n FROM running_totals WHERE abs(exact_scaled - posted_minor::numeric * 1000000000000000000) > 500000000000000000',
          ),
        ).toBe(0);
      } finally {
        await database.end();
      }
    },
    4 * START_MS_MAX,
  );
});

/** A job lost between commit and enqueue is found by the reconcile of the next minute. */
async function everySaleAttributed(one: (sql: string) => Promise<unknown>): Promise<void> {
  for (let waited = 0; waited < 150; waited += 1) {
    if ((await one("SELECT count(*)::int AS n FROM sales WHERE status <> 'ATTRIBUTED'")) === 0) return;
    await delay(1_000);
  }
  expect(await one("SELECT count(*)::int AS n FROM sales WHERE status <> 'ATTRIBUTED'")).toBe(0);
}
