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

  it('finds the sale whose job was lost', async () => {
    const { mill, saleId } = await aSoldKilogram();
    const first = await attributed(mill.manager, saleId);
    await database.reader.query(`UPDATE sales SET status = 'PENDING', pending_since = now() - interval '1 hour' WHERE id = $1`, [saleId]);
    await reconciling.reconcile();
    expect(await attributed(mill.manager, saleId)).toEqual(first);
  });

  it('finds the sale whose fee was settled, and the one whose growers were paid, when the jobs that said so were lost', async () => {
    const { cooperative, mill, saleId } = await aSoldKilogram();
    await attributed(mill.manager, saleId);
    const [delivered] = await database.reader.query<{ step_id: string; payee_id: string }>(
      `SELECT step_id, payee_id FROM payments WHERE recorded_by = $1 AND kind = 'PURCHASE'`,
      [cooperative.id],
    );
    const common = {
      id: randomUUID(),
      payeeMemberId: null,
      currency: 'CNY',
      status: 'PAID',
      method: null,
      at: { epochMs: Date.parse('2026-07-01T00:00:00Z'), offsetMinutes: 480 },
      causeOn: '2026-05-26',
      paidOn: '2026-07-01',
      evidence: [],
    } as const;
    const premium: NewPayment = {
      ...common,
      causeKind: 'EVENT',
      causeId: randomUUID(),
      stepId: delivered?.step_id ?? '',
      kind: 'PREMIUM',
      payer: { kind: 'ORGANISATION', id: cooperative.id },
      payee: { kind: 'HOUSEHOLD', id: delivered?.payee_id ?? '' },
      amountMinor: 5_000n,
      recordedBy: cooperative.id,
    };
    const fee: NewPayment = {
      ...common,
      id: randomUUID(),
      causeKind: 'SALE',
      causeId: saleId,
      stepId: null,
      kind: 'FEE',
      payer: { kind: 'ORGANISATION', id: mill.id },
      payee: { kind: 'OUTSIDER', id: randomUUID() },
      amountMinor: 30n,
      recordedBy: mill.id,
    };
    const payments = world.app.get(PaymentService, { strict: false });
    const silently = (late: NewPayment): Promise<void> =>
      database.transaction((tx) => payments.recordLate(Object.create(tx, { afterCommit: { value: () => undefined } }) as Tx, [late]));
    await silently(premium);
    await reconciling.reconcile();
    expect((await attributed(mill.manager, saleId, 2)).toHouseholds).toEqual({ amount: '4.50' });
    await silently(fee);
    await reconciling.reconcile();
    const { parties } = await attributed(mill.manager, saleId, 3);
    expect(parties.filter(({ kind }) => kind === 'OUTSIDER').map(({ position }) => position.amount)).toEqual(['0.30']);
    const untilMs = Date.now() + WAIT_MS_MAX;
    while ((await payments.announced(database.reader, null, 1)).length > 0 && Date.now() < untilMs) await delay(50);
    expect(await payments.announced(database.reader, null, 1)).toEqual([]);
  });

  it('asks what waits by an index, and reads no table of twenty thousand rows whole', async () => {
    await database.transaction(async (tx) => {
      await tx.query(
        `INSERT INTO holdings (id, kind, holder_id, version, dimension, made, taken, created_at)
         SELECT gen_random_uuid(), 'SEASON', gen_random_uuid(), 1, 'MASS', 1, 0, now() FROM generate_series(1, 20000)`,
      );
      await tx.query(
        `INSERT INTO sales (id, seller_id, buyer_kind, sold_at, final, currency, particulars, status, recorded_at)
         SELECT gen_random_uuid(), gen_random_uuid(), 'CONSUMER', now(), true, 'CNY', '{}', 'ATTRIBUTED', now() FROM generate_series(1, 20000)`,
      );
    });
    await database.transaction((tx) =>
      tx.query('INSERT INTO payment_changes (step_id) SELECT gen_random_uuid() FROM generate_series(1, 20000)'),
    );
    const owner = new pg.Client({ connectionString: world.databaseUrl });
    await owner.connect();
    await owner.query('ANALYZE holdings, sales, payment_changes').finally(() => owner.end());
    const plans = await database.transaction(async (tx) => {
      const explaining = new Explaining(tx.manager);
      await world.app.get(GraphService, { strict: false }).recomposed(explaining, null, 1_000);
      await world.app.get(SaleService, { strict: false }).pendingSales(explaining, { olderThanMs: 0, after: null, limit: 1_000 });
      await world.app.get(PaymentService, { strict: false }).announced(explaining, null, 1_000);
      return explaining.plans;
    });
    expect(plans).toHaveLength(3);
    for (const plan of plans) {
      expect(plan).toMatch(/Index (Only )?Scan using (holdings_recomposed_at|sales_pending_since|payment_changes_pkey)/);
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
    'of a late delivery, a raised season and a late payment: kill -9 loses all three, the reconcile corrects each sale once',
    async () => {
      const VAULT_KEY_FILE = join(folder, 'vault.key');
      await writeFile(VAULT_KEY_FILE, randomBytes(32).toString('hex'));
      const BLIND_INDEX_PEPPER_FILE = join(folder, 'blind-index.pepper');
      await writeFile(BLIND_INDEX_PEPPER_FILE, randomBytes(32).toString('hex'));
      const secrets = { VAULT_KEY_FILE, BLIND_INDEX_PEPPER_FILE };
      const ADMIN_API_KEY = 'a-key-for-the-lost-job-test';
      const sheaf = startSheaf({ DATABASE_URL: database.url, DATA_DIR: folder, ...secrets, ADMIN_API_KEY });
      const { url } = await sheaf.started();
      const admin = graphql(url, ADMIN_API_KEY);
      const cooperative = await anOrganisationAtWork(admin);
      const { manager, facilityId } = cooperative;
      const { key } = await aKey(admin, cooperative.id);
      const [poor, other] = [await aPoorHousehold(admin, cooperative.id), await aHousehold(admin, cooperative.id)];
      const productId = (await aProduct(manager, cooperative.id)).id;
      const plotId = (await aPlot(manager, poor.id)).id;
      const rent = { kind: 'LAND_RENT', payee: { householdId: poor.id }, amount: yuan('50.00'), ...PAID };
      const soldFrom = async (lot: string, more: Input = {}): Promise<string> => {
        const what = { productId, householdId: poor.id, facilityId };
        const { id: captureId } = await aDelivery(manager, what, { lot, payment: PAID, ...more });
        return (await aSale(cooperative, { batch: { madeBy: { captureId } }, quantity: kg('1') })).id;
      };
      const soldFromSeason = async (seasonId: string, payments: unknown[]): Promise<string> => {
        const season = {
          id: seasonId,
          product: { id: productId },
          plotIds: [plotId],
          name: 'Rice',
          from: '2026-03-01',
          expected: kg('100'),
        };
        await manager.mutate('openSeason', { ...season, payments }, 'id');
        return soldFrom(seasonId.slice(0, 8), { seasonId });
      };
      const [raised, paidLater] = [randomUUID(), randomUUID()];
      const sales = [await soldFrom('LATE'), await soldFromSeason(raised, [rent]), await soldFromSeason(paidLater, [])];
      const reached = async (client: GraphqlClient, version: number): Promise<string[]> => {
        const found = [];
        for (const saleId of sales) found.push((await attributed(client, saleId, version)).toHouseholds.amount);
        return found;
      };
      expect(await reached(manager, 1)).toEqual(['4.00', '4.50', '4.00']);

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
      const planting = {
        id: randomUUID(),
        seasonId: paidLater,
        product: { id: productId },
        plotId,
        plantedAt: '2026-03-20T08:00:00+08:00',
      };
      const committed = 'SELECT (SELECT count(*) FROM deliveries) = 5 AND (SELECT count(*) FROM plantings) = 1 AS done';
      await killBetweenCommitAndQueue(database.url, sheaf.child, committed, [
        manager.query.bind(manager, 'mutation ($items: [CaptureItem!]!) { capture(items: $items) { id status } }', {
          items: [delivery({ lot: 'LATE' }), delivery({ lot: 'NEXT', seasonId: raised })],
        }),
        manager.mutate.bind(manager, 'recordPlanting', { ...planting, payments: [rent] }, 'id'),
      ]);
      await sheaf.ended();

      const again = await startTestApp({ database, env: { ...secrets, ADMIN_API_KEY } });
      const owner = new pg.Client({ connectionString: database.url });
      await owner.connect();
      const one = async (sql: string): Promise<unknown> => (await owner.query<{ n: unknown }>(sql)).rows[0]?.n;
      const waiting = async (): Promise<unknown[]> => [
        await one(`SELECT count(*)::int AS n FROM (${JOBS_LEFT}) AS jobs`),
        await one('SELECT count(*)::int AS n FROM holdings WHERE recomposed_at IS NOT NULL'),
        await one('SELECT count(*)::int AS n FROM payment_changes'),
      ];
      try {
        expect(await waiting()).toEqual([0, 2, 1]);
        const reconciling = again.app.get(ReconcileService, { strict: false });
        await reconciling.reconcile();
        // Half of the lot at 4, half at 3; the rent over 200 kg instead of 100; a rent of which nothing was known.
        expect(await reached(again.as(key), 2)).toEqual(['3.50', '4.25', '4.50']);
        const untilMs = Date.now() + WAIT_MS_MAX;
        while (String(await waiting()) !== '0,0,0' && Date.now() < untilMs) await delay(50);
        // Once: what nobody has changed since is not looked at again.
        await reconciling.reconcile();
        expect(await waiting()).toEqual([0, 0, 0]);
        expect(await one('SELECT count(*)::int AS n FROM line_attributions')).toBe(6);
      } finally {
        await owner.end();
        await again.stop();
      }
    },
    START_MS_MAX,
  );
});

const JOBS_LEFT = "SELECT FROM bullmq.job WHERE state <> 'completed'";

/**
 * Holds the queue's tables, so that what is committed cannot raise its jobs; ends the process as a power cut would once `committed` says that the
 * commits are through, and with it the statements of its that wait.
 */
async function killBetweenCommitAndQueue(
  databaseUrl: string,
  child: { kill(signal: 'SIGKILL'): boolean },
  committed: string,
  calls: readonly (() => Promise<unknown>)[],
): Promise<void> {
  const [holder, looker] = [new pg.Client({ connectionString: databaseUrl }), new pg.Client({ connectionString: databaseUrl })];
  await Promise.all([holder.connect(), looker.connect()]);
  try {
    const { rows } = await holder.query<{ name: string }>(
      `SELECT format('bullmq.%I', tablename) AS name FROM pg_tables WHERE schemaname = 'bullmq'`,
    );
    while ((await looker.query(JOBS_LEFT)).rowCount !== 0) await delay(20);
    await holder.query('BEGIN');
    await holder.query(`LOCK TABLE ${rows.map(({ name }) => name).join(', ')} IN ACCESS EXCLUSIVE MODE`);
    const answers = Promise.allSettled(calls.map((call) => call()));
    while ((await looker.query<{ done: boolean }>(committed)).rows[0]?.done !== true) await delay(20);
    // Long enough to raise the jobs, were the tables free.
    await delay(300);
    child.kill('SIGKILL');
    expect((await answers).map(({ status }) => status)).toEqual(calls.map(() => 'rejected'));
    await looker.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0');
    await holder.query('ROLLBACK');
  } finally {
    await Promise.all([holder.end(), looker.end()]);
  }
}
