import { randomBytes } from 'node:crypto';
import type { KiwiGoods } from './kiwi.js';
import { inParallel } from './parallel.js';
import type { Progress } from './progress.js';
import { Chance } from './random.js';
import type { RiceGoods } from './rice.js';
import type { ShopSeason } from './shop-orders.js';
import { makeOrders, sellThroughShop } from './shop-orders.js';
import type { Order } from './shopify.js';
import type { World } from './world.js';
import { registerListing, registerShop } from './world.js';

export interface ShopSales {
  /** In the order of the orders' numbers; `orders` likewise, tests left out. */
  readonly saleIds: readonly string[];
  readonly orders: readonly Order[];
}

export interface Sales {
  readonly kiwi: ShopSales;
  readonly rice: ShopSales;
}

/** Two web shops: the kiwi cooperative's own, and the mill's. */
export async function runShops(world: World, goods: { kiwi: KiwiGoods; rice: RiceGoods }, url: string, progress: Progress): Promise<Sales> {
  const seasons = [await kiwiShop(world, goods.kiwi, url), await riceShop(world, goods.rice, url)];
  const [kiwi, rice] = await inParallel(seasons, 2, async (season, index): Promise<ShopSales> => {
    const orders = makeOrders(season, world.calendar, new Chance(68 + index));
    return { saleIds: await sellThroughShop(season, orders, progress), orders: orders.filter((order) => !order.test) };
  });
  if (!kiwi || !rice) throw new Error('Both shops sold.');
  return { kiwi, rice };
}

async function kiwiShop(world: World, goods: KiwiGoods, url: string): Promise<ShopSeason> {
  const secret = newSecret();
  const shopId = await registerShop(world.kiwi, { key: 'xiuwen-kiwi', name: 'Xiuwen kiwi, from the orchard', secret });
  const { giftBox } = world.products;
  await registerListing(world.kiwi, { shopId, sku: 'KIWI-BOX-2500G', product: giftBox, count: 1, lots: [goods.boxLot] });
  return {
    name: "The kiwi cooperative's shop",
    owner: world.kiwi,
    target: { url, shopId, shopKey: 'xiuwen-kiwi', secret },
    articles: [{ sku: 'KIWI-BOX-2500G', title: giftBox.name, priceFen: 4_980, grams: 2_700, countMax: 3 }],
    firstDay: '10-02',
    orders: 12,
    shippingFen: 1_000,
  };
}

async function riceShop(world: World, goods: RiceGoods, url: string): Promise<ShopSeason> {
  const secret = newSecret();
  const shopId = await registerShop(world.mill, { key: 'qiannan-rice', name: 'Qiannan rice', secret });
  const { ricePack } = world.products;
  await registerListing(world.mill, { shopId, sku: 'RICE-5KG', product: ricePack, count: 1, lots: [goods.packLot] });
  await registerListing(world.mill, { shopId, sku: 'RICE-2X5KG', product: ricePack, count: 2, lots: [goods.packLot] });
  return {
    name: "The mill's shop",
    owner: world.mill,
    target: { url, shopId, shopKey: 'qiannan-rice', secret },
    articles: [
      { sku: 'RICE-5KG', title: ricePack.name, priceFen: 4_600, grams: 5_050, countMax: 4 },
      { sku: 'RICE-2X5KG', title: `Two of: ${ricePack.name}`, priceFen: 8_800, grams: 10_100, countMax: 2 },
    ],
    firstDay: '10-03',
    orders: 14,
    shippingFen: 1_200,
  };
}

/** A secret is a secret, in a demo too: it is the one thing that differs from run to run. */
function newSecret(): string {
  return `shpss_${randomBytes(16).toString('hex')}`;
}
