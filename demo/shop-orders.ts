import type { Calendar } from './calendar.js';
import type { GraphqlClient } from './graphql-client.js';
import { eventually, inParallel } from './parallel.js';
import type { Progress } from './progress.js';
import type { Chance } from './random.js';
import type { SaleReport } from './sale-report.js';
import { readSale } from './sale-report.js';
import type { Order, OrderLine, WebhookTarget } from './shopify.js';
import { sendOrder } from './shopify.js';
import type { Input } from './values.js';
import { idOf } from './values.js';
import type { Organisation } from './world.js';

const PROPOSAL_MS_MAX = 30_000;
const ATTRIBUTION_MS_MAX = 90_000;
const AT_ONCE = 4;

export interface Article extends Pick<OrderLine, 'sku' | 'title' | 'priceFen' | 'grams'> {
  /** How many a shopper takes at most. */
  readonly countMax: number;
}

export interface ShopSeason {
  readonly name: string;
  readonly owner: Organisation;
  readonly target: WebhookTarget;
  readonly articles: readonly [Article, ...Article[]];
  /** "10-02": the first order's day. */
  readonly firstDay: string;
  readonly orders: number;
  readonly shippingFen: number;
}

/** The orders of a shop's season: some with a coupon, some with two lines; the last one is the owner trying the shop. */
export function makeOrders(season: ShopSeason, calendar: Calendar, chance: Chance): Order[] {
  return Array.from({ length: season.orders + 1 }, (_, index) => {
    const test = index === season.orders;
    const [first, second] = season.articles;
    const lineOf = ({ sku, title, priceFen, grams, countMax }: Article): OrderLine => ({
      sku,
      title,
      priceFen,
      grams,
      count: chance.between(1, countMax),
    });
    const lines = [lineOf(first)];
    if (second && index % 4 === 3) lines.push(lineOf(second));
    const coupon = index % 3 === 0 ? { code: 'HARVEST5', fen: 500 } : null;
    return {
      number: 1_001 + index,
      createdAt: calendar.after(season.firstDay, 9.2 + index * 7.3),
      lines,
      coupon,
      shippingFen: index % 2 === 0 ? season.shippingFen : 0,
      test,
    };
  });
}

/**
 * Sends all orders to the webhook, the first one twice; the shop then packs what the platform proposes. Answers the ids of the sales,
 * in the order of their numbers.
 */
export async function sellThroughShop(season: ShopSeason, orders: readonly Order[], progress: Progress): Promise<string[]> {
  const [first] = orders;
  await inParallel(orders, AT_ONCE, (order) => sendOrder(season.target, order));
  if (first) await sendOrder(season.target, first);
  const expected = orders.filter((order) => !order.test).length;
  const sales = await proposedSales(season, expected);
  progress.step(
    `${season.name}: ${String(orders.length + 1)} webhooks sent; one came twice, one is a test: ${String(sales.length)} sales.`,
  );
  await inParallel(sales, AT_ONCE, (sale) => fulfil(season.owner.shop, sale));
  progress.step(`${season.name}: ${String(sales.length)} parcels packed from the proposed lots.`);
  return sales.map(({ id }) => id);
}

/** Waits until the worker has attributed each of them; answers them in full, as this client may see them. */
export async function attributed(client: GraphqlClient, ids: readonly string[]): Promise<SaleReport[]> {
  return inParallel(ids, AT_ONCE, (id) =>
    eventually(`The attribution of sale ${id}`, ATTRIBUTION_MS_MAX, async () => {
      const sale = await readSale(client, id);
      if (sale.status === 'FAILED') throw new Error(`The attribution of sale ${id} failed.`);
      return sale.status === 'ATTRIBUTED' ? sale : null;
    }),
  );
}

interface ProposedSale {
  readonly id: string;
  readonly orderReference: string;
  readonly soldAt: string;
  readonly lines: readonly {
    readonly ref: string;
    readonly proposals: readonly {
      readonly batch: { readonly id: string };
      readonly quantity: { readonly value: string; readonly unit: string };
    }[];
  }[];
}

const PROPOSED = `query ($shopId: UUID!) {
  sales(filter: { shopId: $shopId, status: AWAITING_FULFILMENT }, first: 200) {
    edges { node { id orderReference soldAt lines { ref proposals { batch { id } quantity { value unit } } } } }
  }
}`;

/** In the order of their numbers. Lots are proposed after an order is stored, so they are waited for. */
async function proposedSales(season: ShopSeason, expected: number): Promise<ProposedSale[]> {
  return eventually(`A lot for every order of ${season.name}`, PROPOSAL_MS_MAX, async () => {
    const { sales } = await season.owner.shop.ask<{ sales: { edges: { node: ProposedSale }[] } }>(PROPOSED, {
      shopId: season.target.shopId,
    });
    const found = sales.edges.map(({ node }) => node).sort((a, b) => (a.orderReference < b.orderReference ? -1 : 1));
    if (found.length > expected) throw new Error(`${season.name} has ${String(found.length)} sales from ${String(expected)} orders.`);
    const ready = found.length === expected && found.every(({ lines }) => lines.every(({ proposals }) => proposals.length > 0));
    return ready ? found : null;
  });
}

async function fulfil(client: GraphqlClient, sale: ProposedSale): Promise<void> {
  const lines = sale.lines.flatMap(({ ref, proposals }) =>
    proposals.map(({ batch, quantity }): Input => ({
      lineRef: ref,
      batch: { id: batch.id },
      quantity: { value: quantity.value, unit: quantity.unit },
    })),
  );
  const packedAt = new Date(Date.parse(sale.soldAt) + 20 * 3_600_000).toISOString();
  await client.mutate('recordFulfilment', { id: idOf('fulfilment', sale.id), saleId: sale.id, at: packedAt, lines });
}
