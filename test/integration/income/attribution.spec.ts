import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AttributionService } from '../../../src/modules/income/index.js';
import { Database } from '../../../src/platform/database/database.js';
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
import type { GraphqlClient } from '../../support/graphql.js';

interface Amount {
  readonly amount: string;
}
interface Attribution {
  readonly figureId: string;
  readonly net: Amount;
  readonly toHouseholds: Amount;
  readonly toPoorHouseholds: Amount;
  readonly payableToHouseholds: Amount;
  readonly sellerMargin: Amount;
  readonly shareToPoor: { readonly low: string; readonly high: string } | null;
  readonly coverage: string;
  readonly provisional: boolean;
  readonly feesPending: boolean;
  readonly claim: string;
  readonly custodyModel: string;
  readonly version: number;
  readonly parties: readonly { readonly kind: string; readonly organisation: { readonly id: string } | null; readonly position: Amount }[];
  readonly lines: readonly { readonly eventId: string | null; readonly kind: string; readonly amount: string; readonly status: string }[];
}
interface Sale {
  readonly status: string;
  readonly lines: readonly { readonly ref: string; readonly attribution: Attribution | null }[];
}

const SALE = `query ($id: UUID!) { sale(id: $id) { status lines { ref attribution {
  figureId net { amount } toHouseholds { amount } toPoorHouseholds { amount } payableToHouseholds { amount } sellerMargin { amount }
  shareToPoor { low high } coverage provisional feesPending claim custodyModel version
  parties { kind organisation { id } position { amount } } lines { eventId kind amount status } } } } }`;

const WAIT_MS_MAX = 15_000;
const PAID = { status: 'PAID', paidAt: '2026-05-26T09:00:00+08:00' };

let world: TestApp;
let attributions: AttributionService;
let database: Database;

beforeAll(async () => {
  world = await startTestApp();
  attributions = world.app.get(AttributionService, { strict: false });
  database = world.app.get(Database, { strict: false });
});
afterAll(() => world.stop());

async function sale(client: GraphqlClient, id: string): Promise<Sale> {
  return (await client.query<{ sale: Sale }>(SALE, { id })).sale;
}

/** The one line's attribution, once the sale's attributions are as `ready` says. */
async function attributed(client: GraphqlClient, id: string, ready: (found: Sale) => boolean = isAttributed): Promise<Attribution> {
  const untilMs = Date.now() + WAIT_MS_MAX;
  for (;;) {
    const found = await sale(client, id);
    const attribution = found.lines[0]?.attribution;
    if (attribution && ready(found)) return attribution;
    if (Date.now() > untilMs) throw new Error(`The sale was not attributed in time: ${JSON.stringify(found)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function isAttributed(found: Sale): boolean {
  return found.status === 'ATTRIBUTED';
}

async function journals(): Promise<number> {
  const row = await database.reader.first<{ count: number }>(`SELECT count(*)::int AS count FROM journals WHERE book = 'ATTRIBUTION'`);
  return row?.count ?? 0;
}

function sumOf(attribution: Attribution): number {
  return attribution.parties.reduce((sum, row) => sum + Math.round(Number(row.position.amount) * 100), 0);
}

interface Chain {
  readonly cooperative: AnOrganisationAtWork;
  readonly mill: AnOrganisationAtWork;
  readonly productId: string;
  readonly batch: Readonly<Record<string, unknown>>;
}

/** 100 kg of a poor household, paid at 4; sold on by the cooperative at 5; now at the mill. */
async function aChain(): Promise<Chain> {
  const cooperative = await anOrganisationAtWork(world.admin);
  const mill = await anOrganisationAtWork(world.admin, { kind: 'PROCESSOR' });
  const household = await aPoorHousehold(world.admin, cooperative.id);
  const product = await aProduct(cooperative.manager, cooperative.id);
  const what = { productId: product.id, householdId: household.id, facilityId: cooperative.facilityId };
  const delivery = await aDelivery(cooperative.manager, what, { payment: PAID });
  const batch = { madeBy: { captureId: delivery.id } };
  await aTrade(cooperative, mill, { batch, quantity: kg('100'), price: yuanPer('KGM', '5.00') });
  return { cooperative, mill, productId: product.id, batch };
}

describe('a final sale', () => {
  it('reads 4 / 1 / 5 where a household got 4 of the cooperative, which got 5 of the mill, which sold at 10', async () => {
    const { cooperative, mill, batch } = await aChain();
    const sold = await aSale(mill, { batch, quantity: kg('1'), gross: yuan('10.00') });
    await attributed(mill.manager, sold.id);
    const found = await attributed(world.admin, sold.id);
    const rows = found.parties.map((row) => [row.kind, row.organisation?.id ?? null, row.position.amount]);
    expect(rows).toHaveLength(3);
    expect(rows).toEqual(
      expect.arrayContaining([
        ['HOUSEHOLD', null, '4.00'],
        ['ORGANISATION', cooperative.id, '1.00'],
        ['ORGANISATION', mill.id, '5.00'],
      ]),
    );
    expect(found).toMatchObject({
      net: { amount: '10.00' },
      toHouseholds: { amount: '4.00' },
      toPoorHouseholds: { amount: '4.00' },
      payableToHouseholds: { amount: '0.00' },
      sellerMargin: { amount: '5.00' },
      shareToPoor: { low: '0.4', high: '0.4' },
      coverage: '1',
      provisional: false,
      custodyModel: 'IDENTITY_PRESERVED',
      version: 1,
    });
    const lines = found.lines.map(({ kind, amount, status }) => [kind, amount, status]).sort();
    expect(lines).toEqual([
      ['PURCHASE', '4', 'PAID'],
      ['TRADE', '5', 'PAYABLE'],
    ]);
    expect(found.lines.every((line) => line.eventId !== null)).toBe(true);
  });

  it('shows its seller the others in one row, and to an auditor everybody; both add up to net', async () => {
    const { mill, batch } = await aChain();
    const sold = await aSale(mill, { batch, quantity: kg('0.333'), gross: yuan('3.33') });
    const auditor = await aKey(world.admin, mill.id, 'AUDITOR');
    const own = await attributed(mill.manager, sold.id);
    const all = await attributed(auditor.client, sold.id);
    expect([sumOf(own), sumOf(all)]).toEqual([333, 333]);
    expect(own.parties.filter((row) => row.kind === 'ORGANISATION').map((row) => row.organisation?.id ?? null)).toEqual([null, mill.id]);
    expect(own.lines.find((line) => line.kind === 'PURCHASE')?.eventId).toBeNull();
    expect(all.lines.find((line) => line.kind === 'PURCHASE')?.eventId).not.toBeNull();
  });

  it('is attributed once: run again and by several at the same moment, it stores and posts nothing more', async () => {
    const { mill, batch } = await aChain();
    const sold = await aSale(mill, { batch, quantity: kg('1') });
    const first = await attributed(mill.manager, sold.id);
    const before = await journals();
    await Promise.all([1, 2, 3].map(() => attributions.attribute([sold.id], 'again')));
    expect(await journals()).toBe(before);
    expect(await attributed(mill.manager, sold.id)).toEqual(first);
  });

  it('many sales of 3 fen that divide 75 to 25 leave totals of 75 to 25', async () => {
    const cooperative = await anOrganisationAtWork(world.admin);
    const household = await aHousehold(world.admin, cooperative.id);
    const product = await aProduct(cooperative.manager, cooperative.id);
    const what = { productId: product.id, householdId: household.id, facilityId: cooperative.facilityId };
    const delivery = await aDelivery(cooperative.manager, what, {
      net: kg('40'),
      payment: { ...PAID, amount: yuan('0.90') },
    });
    const batch = { madeBy: { captureId: delivery.id } };
    const sales = [];
    for (let i = 0; i < 40; i += 1) sales.push(await aSale(cooperative, { batch, quantity: kg('1'), gross: yuan('0.03') }));
    for (const sold of sales) await attributed(cooperative.manager, sold.id);
    const totals = await database.reader.query<{ payee: string; posted_minor: string }>(
      'SELECT payee, posted_minor FROM running_totals WHERE seller_id = $1 ORDER BY payee',
      [cooperative.id],
    );
    expect(totals.map((row) => row.posted_minor)).toEqual(['90', '30']);
  });
});

describe('what is not known', () => {
  it('widens the interval: a household in no register, and a delivery without a price', async () => {
    const cooperative = await anOrganisationAtWork(world.admin);
    const household = await aHousehold(world.admin, cooperative.id);
    const product = await aProduct(cooperative.manager, cooperative.id);
    const what = { productId: product.id, householdId: household.id, facilityId: cooperative.facilityId };
    const priced = await aDelivery(cooperative.manager, what, { payment: PAID });
    const unpriced = await aDelivery(cooperative.manager, what, { price: null });
    const sell = async (captureId: string): Promise<Attribution> => {
      const sold = await aSale(cooperative, { batch: { madeBy: { captureId } }, quantity: kg('1') });
      return attributed(cooperative.manager, sold.id);
    };
    expect((await sell(priced.id)).shareToPoor).toEqual({ low: '0', high: '0.4' });
    expect((await sell(unpriced.id)).shareToPoor).toEqual({ low: '0', high: '1' });
  });

  it('leaves what is only payable out of what was reached, and takes it off the margin', async () => {
    const cooperative = await anOrganisationAtWork(world.admin);
    const household = await aPoorHousehold(world.admin, cooperative.id);
    const product = await aProduct(cooperative.manager, cooperative.id);
    const what = { productId: product.id, householdId: household.id, facilityId: cooperative.facilityId };
    const delivery = await aDelivery(cooperative.manager, what);
    const sold = await aSale(cooperative, { batch: { madeBy: { captureId: delivery.id } }, quantity: kg('1') });
    expect(await attributed(cooperative.manager, sold.id)).toMatchObject({
      toHouseholds: { amount: '0.00' },
      payableToHouseholds: { amount: '4.00' },
      sellerMargin: { amount: '6.00' },
    });
  });
});

describe('what comes late', () => {
  it('a payment for an open season is posted as a difference, and gives what it had given on time', async () => {
    const cooperative = await anOrganisationAtWork(world.admin);
    const household = await aPoorHousehold(world.admin, cooperative.id);
    const product = await aProduct(cooperative.manager, cooperative.id);
    const plot = await aPlot(cooperative.manager, household.id);
    const open = async (payments: readonly unknown[]): Promise<{ seasonId: string; saleId: string }> => {
      const seasonId = randomUUID();
      const season = {
        id: seasonId,
        product: { id: product.id },
        plotIds: [plot.id],
        name: 'Rice',
        from: '2026-03-01',
        expected: kg('100'),
      };
      await cooperative.manager.mutate('openSeason', { ...season, payments }, 'id');
      const what = { productId: product.id, householdId: household.id, facilityId: cooperative.facilityId };
      const delivery = await aDelivery(cooperative.manager, what, { seasonId, payment: PAID });
      const sold = await aSale(cooperative, { batch: { madeBy: { captureId: delivery.id } }, quantity: kg('1') });
      return { seasonId, saleId: sold.id };
    };
    const rent = { kind: 'LAND_RENT', payee: { householdId: household.id }, amount: yuan('50.00'), ...PAID };
    const onTime = await open([rent]);
    const late = await open([]);
    expect(await attributed(cooperative.manager, late.saleId)).toMatchObject({
      version: 1,
      provisional: true,
      toHouseholds: { amount: '4.00' },
    });
    const planting = { id: randomUUID(), seasonId: late.seasonId, product: { id: product.id }, plotId: plot.id };
    await cooperative.manager.mutate('recordPlanting', { ...planting, plantedAt: '2026-03-20T08:00:00+08:00', payments: [rent] }, 'id');
    const corrected = await attributed(cooperative.manager, late.saleId, (found) => found.lines[0]?.attribution?.version === 2);
    const expected = await attributed(cooperative.manager, onTime.saleId);
    expect(corrected.toHouseholds).toEqual({ amount: '4.50' });
    expect(corrected.parties).toEqual(expected.parties);
    expect(corrected.figureId).not.toBe(expected.figureId);
    const totals = await database.reader.query<{ payee: string; posted_minor: string }>(
      'SELECT payee, posted_minor FROM running_totals WHERE seller_id = $1 ORDER BY payee',
      [cooperative.id],
    );
    expect(totals.map((row) => row.posted_minor)).toEqual(['900', '1100']);
  });
});

describe('goods that come late', () => {
  it('a delivery made before the lot was sold but recorded after gives the same as one recorded on time', async () => {
    const cooperative = await anOrganisationAtWork(world.admin);
    const [poor, other] = [await aPoorHousehold(world.admin, cooperative.id), await aHousehold(world.admin, cooperative.id)];
    const product = await aProduct(cooperative.manager, cooperative.id);
    const deliver = (lot: string, householdId: string, price: string): Promise<{ readonly id: string }> =>
      aDelivery(
        cooperative.manager,
        { productId: product.id, householdId, facilityId: cooperative.facilityId },
        { lot, payment: PAID, price: yuanPer('KGM', price) },
      );
    const sell = (captureId: string): Promise<{ readonly id: string }> =>
      aSale(cooperative, { batch: { madeBy: { captureId } }, quantity: kg('1') });
    const onTime = await deliver('ON-TIME', poor.id, '4.00');
    await deliver('ON-TIME', other.id, '3.00');
    const expected = await attributed(cooperative.manager, (await sell(onTime.id)).id);
    const first = await deliver('LATE', poor.id, '4.00');
    const sold = await sell(first.id);
    expect(await attributed(cooperative.manager, sold.id)).toMatchObject({ version: 1, toHouseholds: { amount: '4.00' } });
    await deliver('LATE', other.id, '3.00');
    const corrected = await attributed(cooperative.manager, sold.id, (found) => found.lines[0]?.attribution?.version === 2);
    expect(corrected.toHouseholds).toEqual({ amount: '3.50' });
    expect(corrected.parties).toEqual(expected.parties);
    expect(corrected.shareToPoor).toEqual({ low: '0.2', high: '0.35' });
  });
});

describe('the fees of a sale', () => {
  it('are split over its lines, taken off the margin, and leave net as it was', async () => {
    const { mill, batch } = await aChain();
    const line = (ref: string): unknown => ({ ref, quantity: kg('1'), gross: yuan('10.00'), allocations: [{ batch, quantity: kg('1') }] });
    const fee = { kind: 'FEE', payee: { outsider: 'Marketplace' }, amount: yuan('1.01'), status: 'PAID' };
    const sold = await aSale(mill, { batch, quantity: kg('1') }, { lines: [line('a'), line('b')], fees: [fee] });
    await attributed(mill.manager, sold.id);
    const { lines } = await sale(mill.manager, sold.id);
    expect(
      lines.map(({ attribution }) => attribution && [attribution.net.amount, attribution.sellerMargin.amount, sumOf(attribution)]),
    ).toEqual([
      ['10.00', '4.49', 1_000],
      ['10.00', '4.50', 1_000],
    ]);
    const outsiders = lines[0]?.attribution?.parties.filter((row) => row.kind === 'OUTSIDER');
    expect(outsiders).toEqual([{ kind: 'OUTSIDER', organisation: null, position: { amount: '0.51' } }]);
  });
});
