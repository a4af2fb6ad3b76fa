import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { ReconcileService } from '../../../src/modules/income/index.js';
import type { NewPayment } from '../../../src/modules/ledger/index.js';
import { PaymentService } from '../../../src/modules/ledger/index.js';
import { SaleService } from '../../../src/modules/sales/index.js';
import { GraphService } from '../../../src/modules/traceability/index.js';
import { Database } from '../../../src/platform/database/database.js';
import type { SqlValue } from '../../../src/platform/database/tx.js';
import { Tx } from '../../../src/platform/database/tx.js';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import type { AnOrganisationAtWork } from '../../support/builders.js';
import {
  aDelivery,
  aHousehold,
  aKey,
  anOrganisationAtWork,
  aPlot,
  aPoorHousehold,
  aProduct,
  aSale,
  aTrade,
  kg,
  yuan,
  yuanPer,
} from '../../support/builders.js';
import type { TestDatabase } from '../../support/database.js';
import { createTestDatabase } from '../../support/database.js';
import type { GraphqlClient } from '../../support/graphql.js';
import { graphql } from '../../support/graphql.js';
import { startSheaf } from '../platform/sheaf-process.js';

type Input = Readonly<Record<string, unknown>>;

const WAIT_MS_MAX = 15_000;
const START_MS_MAX = 120_000;
const PAID = { status: 'PAID', paidAt: '2026-05-26T09:00:00+08:00' };

interface Attribution {
  readonly version: number;
  readonly toHouseholds: { readonly amount: string };
  readonly parties: readonly { readonly kind: string; readonly position: { readonly amount: string } }[];
}

/** The one line's attribution, once it has reached that version. */
async function attributed(client: GraphqlClient, saleId: string, version = 1): Promise<Attribution> {
  const untilMs = Date.now() + WAIT_MS_MAX;
  for (;;) {
    const { sale } = await client.query<{ sale: { status: string; lines: { attribution: Attribution | null }[] } }>(
      'query ($id: UUID!) { sale(id: $id) { status lines { attribution { version toHouseholds { amount } parties { kind position { amount } } } } } }',
      { id: saleId },
    );
    const attribution = sale.lines[0]?.attribution;
    if (sale.status === 'ATTRIBUTED' && attribution?.version === version) return attribution;
    if (Date.now() > untilMs) throw new Error(`The sale was not attributed in time: ${JSON.stringify(sale)}`);
    await delay(50);
  }
}

describe('a reconcile', () => {
  let world: TestApp;
  let database: Database;
  let reconciling: ReconcileService;
  beforeAll(async () => {
    world = await startTestApp();
    database = world.app.get(Database, { strict: false });
    reconciling = world.app.get(ReconcileService, { strict: false });
  });
  afterAll(() => world.stop());

  /** 100 kg of one household, paid at 4, sold on by its cooperative at 5, of which the mill has sold one kilogram at 10. */
  const aSoldKilogram = async (): Promise<{ cooperative: AnOrganisationAtWork; mill: AnOrganisationAtWork; saleId: string }> => {
    const [cooperative, mill] = [await anOrganisationAtWork(world.admin), await anOrganisationAtWork(world.admin, { kind: 'PROCESSOR' })];
    const household = await aPoorHousehold(world.admin, cooperative.id);
    const product = await aProduct(cooperative.manager, cooperative.id);
    const what = { productId: product.id, householdId: household.id, facilityId: cooperative.facilityId };
    const delivery = await aDelivery(cooperative.manager, what, { payment: PAID });
    const batch = { madeBy: { captureId: delivery.id } };
    await aTrade(cooperative, mill, { batch, quantity: kg('100'), price: yuanPer('KGM', '5.00') });
    const { id: saleId } = await aSale(mill, { batch, quantity: kg('1') });
    return { cooperative, mill, saleId };
  };

  it('finds the lines whose payments changed while the job that said so was lost', async () => {
    const { cooperative, mill, saleId } = await aSoldKilogram();
    await attributed(mill.manager, saleId);
    const [found] = await database.reader.query<{ step_id: string; payee_id: string }>(
      `SELECT step_id, payee_id FROM payments WHERE recorded_by = $1 AND kind = 'PURCHASE'`,
      [cooperative.id],
    );
    const premium: NewPayment = {
      id: randomUUID(),
      causeKind: 'EVENT',
      causeId: randomUUID(),
      stepId: found?.step_id ?? '',
      kind: 'PREMIUM',
      payer: { kind: 'ORGANISATION', id: cooperative.id },
      payee: { kind: 'HOUSEHOLD', id: found?.payee_id ?? '' },
      payeeMemberId: null,
      amountMinor: 5_000n,
      currency: 'CNY',
      status: 'PAID',
      method: null,
      at: { epochMs: Date.parse('2026-07-01T00:00:00Z'), offsetMinutes: 480 },
      causeOn: '2026-05-26',
      paidOn: '2026-07-01',
      evidence: [],
      recordedBy: cooperative.id,
    };
    // Recorded without a word to the queue.
    await database.transaction((tx) => world.app.get(PaymentService, { strict: false }).record(tx, [premium]));
    await reconciling.reconcile();
    expect((await attributed(mill.manager, saleId, 2)).toHouseholds).toEqual({ amount: '4.50' });
  });

  it('finds the sale whose job was lost', async () => {
    const { mill, saleId } = await aSoldKilogram();
    const first = await attributed(mill.manager, saleId);
    await database.reader.query(`UPDATE sales SET status = 'PENDING', pending_since = now() - interval '1 hour' WHERE id = $1`, [saleId]);
    await reconciling.reconcile();
    expect(await attributed(mill.manager, saleId)).toEqual(first);
  });

  it('finds what waits by an index, among a hundred thousand sales and holdings that do not', async () => {
    await database.transaction(async (tx) => {
      await tx.query(
        `INSERT INTO holdings (id, kind, holder_id, version, dimension, made, taken, created_at)
         SELECT gen_random_uuid(), 'SEASON', gen_random_uuid(), 1, 'MASS', 1, 0, now() FROM generate_series(1, 100000)`,
      );
      await tx.query(
        `INSERT INTO sales (id, seller_id, buyer_kind, sold_at, final, currency, particulars, status, recorded_at)
         SELECT gen_random_uuid(), gen_random_uuid(), 'CONSUMER', now(), true, 'CNY', '{}', 'ATTRIBUTED', now() FROM generate_series(1, 100000)`,
      );
    });
    const owner = new pg.Client({ connectionString: world.databaseUrl });
    await owner.connect();
    await owner.query('ANALYZE holdings, sales').finally(() => owner.end());
    const plans = new Explaining(database.reader.manager);
    await world.app.get(GraphService, { strict: false }).recomposed(plans, null, 1_000);
    await world.app.get(SaleService, { strict: false }).pendingSales(plans, { olderThanMs: 0, after: null, limit: 1_000 });
    expect(plans.plans).toHaveLength(2);
    for (const plan of plans.plans) {
      expect(plan).toMatch(/Index (Only )?Scan using (holdings_recomposed_at|sales_pending_since)/);
      expect(plan).not.toMatch(/Seq Scan/);
    }
  });
});

/** Asks for the plan of each statement instead of running it. */
class Explaining extends Tx {
  readonly plans: string[] = [];

  override async query<Row>(sql: string, parameters: readonly SqlValue[] = []): Promise<Row[]> {
    const rows = await super.query<{ readonly 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, parameters);
    this.plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
    return [];
  }
}

describe('a job that was lost between commit and queue', () => {
  let database: TestDatabase;
  let folder: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'sheaf-lost-job-'));
  });
  afterAll(async () => {
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it(
    'of a late delivery and of a raised season: kill -9 loses both, the reconcile corrects both sales, once',
    async () => {
      const VAULT_KEY_FILE = join(folder, 'vault.key');
      await writeFile(VAULT_KEY_FILE, randomBytes(32).toString('hex'));
      const ADMIN_API_KEY = 'a-key-for-the-lost-job-test';
      const sheaf = startSheaf({ DATABASE_URL: database.url, DATA_DIR: folder, VAULT_KEY_FILE, ADMIN_API_KEY });
      const { url } = await sheaf.started();
      const admin = graphql(url, ADMIN_API_KEY);
      const cooperative = await anOrganisationAtWork(admin);
      const { manager, facilityId } = cooperative;
      const { key } = await aKey(admin, cooperative.id);
      const [poor, other] = [await aPoorHousehold(admin, cooperative.id), await aHousehold(admin, cooperative.id)];
      const productId = (await aProduct(manager, cooperative.id)).id;
      const seasonId = randomUUID();
      await manager.mutate(
        'openSeason',
        {
          id: seasonId,
          product: { id: productId },
          plotIds: [(await aPlot(manager, poor.id)).id],
          name: 'Rice',
          from: '2026-03-01',
          expected: kg('100'),
          payments: [{ kind: 'LAND_RENT', payee: { householdId: poor.id }, amount: yuan('50.00'), ...PAID }],
        },
        'id',
      );
      const early = await aDelivery(manager, { productId, householdId: poor.id, facilityId }, { lot: 'LATE', payment: PAID });
      const drawn = await aDelivery(manager, { productId, householdId: poor.id, facilityId }, { lot: 'SEASON', seasonId, payment: PAID });
      const sell = async (captureId: string): Promise<string> =>
        (await aSale(cooperative, { batch: { madeBy: { captureId } }, quantity: kg('1') })).id;
      const [fromLate, fromSeason] = [await sell(early.id), await sell(drawn.id)];
      expect((await attributed(manager, fromLate)).toHouseholds).toEqual({ amount: '4.00' });
      // 100 of 100 kg expected: half a yuan of rent a kilogram.
      expect((await attributed(manager, fromSeason)).toHouseholds).toEqual({ amount: '4.50' });

      const delivery = (more: Input): Input => ({
        delivery: {
          id: randomUUID(),
          product: { id: productId },
          deliveredAt: '2026-05-26T08:30:00+08:00',
          facilityId,
          net: kg('100'),
          price: yuanPer('KGM', '3.00'),
          payment: PAID,
          grower: { householdId: other.id },
          ...more,
        },
      });
      await killBetweenCommitAndQueue(database.url, sheaf.child, 'SELECT count(*)::int = 4 AS done FROM deliveries', () =>
        manager.query('mutation ($items: [CaptureItem!]!) { capture(items: $items) { id status } }', {
          items: [delivery({ lot: 'LATE' }), delivery({ lot: 'NEXT', seasonId })],
        }),
      );
      await sheaf.ended();

      const again = await startTestApp({ database, env: { VAULT_KEY_FILE, ADMIN_API_KEY } });
      const owner = new pg.Client({ connectionString: database.url });
      await owner.connect();
      const one = async (sql: string): Promise<unknown> => (await owner.query<{ n: unknown }>(sql)).rows[0]?.n;
      const waiting = async (): Promise<unknown[]> => [
        await one("SELECT count(*)::int AS n FROM bullmq.job WHERE state <> 'completed'"),
        await one('SELECT count(*)::int AS n FROM holdings WHERE recomposed_at IS NOT NULL'),
      ];
      try {
        expect(await waiting()).toEqual([0, 2]);
        const reconciling = again.app.get(ReconcileService, { strict: false });
        await reconciling.reconcile();
        const client = again.as(key);
        // Half of the lot at 4, half at 3; and the rent over 200 kg.
        expect((await attributed(client, fromLate, 2)).toHouseholds).toEqual({ amount: '3.50' });
        expect((await attributed(client, fromSeason, 2)).toHouseholds).toEqual({ amount: '4.25' });
        const untilMs = Date.now() + WAIT_MS_MAX;
        while (String(await waiting()) !== '0,0' && Date.now() < untilMs) await delay(50);
        expect(await waiting()).toEqual([0, 0]);
        // Once: what nobody has changed since is not looked at again.
        await reconciling.reconcile();
        expect(await waiting()).toEqual([0, 0]);
        expect(await one('SELECT count(*)::int AS n FROM line_attributions')).toBe(4);
      } finally {
        await owner.end();
        await again.stop();
      }
    },
    START_MS_MAX,
  );
});

/**
 * Holds the queue's tables, so that what is committed cannot raise its jobs; ends the process as a power cut would once `done` says that the
 * commit is through, and with it the statements of its that wait.
 */
async function killBetweenCommitAndQueue(
  databaseUrl: string,
  child: { kill(signal: 'SIGKILL'): boolean },
  done: string,
  call: () => Promise<unknown>,
): Promise<void> {
  const [holder, looker] = [new pg.Client({ connectionString: databaseUrl }), new pg.Client({ connectionString: databaseUrl })];
  await Promise.all([holder.connect(), looker.connect()]);
  try {
    const { rows } = await holder.query<{ name: string }>(
      `SELECT format('bullmq.%I', tablename) AS name FROM pg_tables WHERE schemaname = 'bullmq'`,
    );
    await holder.query('BEGIN');
    await holder.query(`LOCK TABLE ${rows.map(({ name }) => name).join(', ')} IN ACCESS EXCLUSIVE MODE`);
    const answer = call().then(
      () => 'answered',
      () => 'no answer',
    );
    while ((await looker.query<{ done: boolean }>(done)).rows[0]?.done !== true) await delay(20);
    // Long enough to raise the jobs, were the tables free.
    await delay(300);
    child.kill('SIGKILL');
    expect(await answer).toBe('no answer');
    await looker.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0');
    await holder.query('ROLLBACK');
  } finally {
    await Promise.all([holder.end(), looker.end()]);
  }
}
