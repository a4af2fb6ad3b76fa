import { captureAll } from './capture.js';
import { deliveriesOfDay } from './deliveries.js';
import type { Household, Households } from './households.js';
import { wage } from './kiwi.js';
import type { Progress } from './progress.js';
import { Chance } from './random.js';
import type { Input } from './values.js';
import { idOf, kg, mu, pieces, yuan, yuanPer } from './values.js';
import type { World } from './world.js';
import { lotOf } from './world.js';

export interface RiceGoods {
  /** Of the 5 kg packs. */
  readonly packLot: string;
}

/** Guiding to Qiannan: planted, weighed in, sold to the mill, milled, and packed for its web shop. */
export async function growAndMillRice(world: World, households: Households, progress: Progress): Promise<RiceGoods> {
  const { calendar, rice, facilities, products } = world;
  const seasonId = await openSeason(world, households);
  await captureAll(
    rice.clerk,
    households.rice.map((household, index) => planting(world, { seasonId, household, index })),
  );
  const chance = new Chance(1_550);
  const day = {
    world,
    product: products.paddy,
    facilityId: facilities.weighingStation,
    seasonId,
    price: yuanPer('jin', '1.55'),
    jinLow: 420,
    jinHigh: 880,
  };
  const first = deliveriesOfDay({ ...day, day: '09-10', lot: `GD-${calendar.compact('09-10')}` }, households.rice, chance);
  const second = deliveriesOfDay({ ...day, day: '09-17', lot: `GD-${calendar.compact('09-17')}` }, households.rice, chance);
  const calls = await captureAll(rice.clerk, [...first, ...second]);
  progress.step(`Rice: ${String(first.length + second.length)} deliveries at 1.55 CNY per jin, sent in ${String(calls)} calls.`);
  await tradePaddy(world);
  progress.step('Rice: 9,200 kg of paddy sold to the mill at 3.60 CNY per kg; 9,180 kg arrived and were accepted.');
  const packLot = await millAndPack(world);
  progress.step('Rice: 9,000 kg milled into rice and bran by value, husk as waste; 600 packs of 5 kg.');
  return { packLot };
}

async function openSeason(world: World, households: Households): Promise<string> {
  const { calendar, rice, products } = world;
  const id = idOf('season', 'rice');
  const weeders = households.rice.filter((_, index) => index % 4 === 0);
  await rice.clerk.mutate('openSeason', {
    id,
    product: { id: products.paddy.id },
    plotIds: households.rice.map(({ plotId }) => plotId),
    name: `Rice ${String(calendar.year)}`,
    from: calendar.day('04-01'),
    expected: kg(22_000),
    payments: weeders.map((household) => wage({ householdId: household.id }, '150.00', calendar.at('06-25', '18:00'))),
  });
  return id;
}

/** Seed and, on every third plot, the wages of those who helped to transplant. */
function planting(world: World, of: { seasonId: string; household: Household; index: number }): Input {
  const { calendar, rice, products } = world;
  const { seasonId, household, index } = of;
  const plantedAt = calendar.after('05-20', 7 + index * 4);
  const helpers = wage({ unregistered: { count: 2, areaCode: rice.areaCode } }, '90.00', plantedAt);
  const seed = {
    kind: 'INPUT',
    payee: { outsider: 'Seed station of Guiding 贵定种子站' },
    amount: yuan('38.00'),
    status: 'PAID',
    method: 'BANK',
    paidAt: plantedAt,
  };
  const { tenthsOfMu } = household;
  return {
    planting: {
      id: idOf('planting', household.id),
      seasonId,
      product: { id: products.paddy.id },
      plotId: household.plotId,
      plantedAt,
      seed: 'Yixiang You 2115',
      area: mu(`${String(Math.floor(tenthsOfMu / 10))}.${String(tenthsOfMu % 10)}`),
      payments: index % 3 === 0 ? [seed, helpers] : [seed],
    },
  };
}

/** A trade: the shipment names the price, the receipt says what came. */
async function tradePaddy(world: World): Promise<void> {
  const { calendar, rice, mill, facilities, products } = world;
  const shipmentId = idOf('shipment', 'paddy');
  const batch = lotOf(products.paddy, `GD-${calendar.compact('09-10')}`);
  await rice.clerk.mutate('recordShipment', {
    id: shipmentId,
    at: calendar.at('09-14', '09:00'),
    from: facilities.weighingStation,
    to: facilities.mill,
    toOrganisationId: mill.id,
    lines: [{ batch, quantity: kg(9_200), price: yuanPer('KGM', '3.60') }],
    vehicle: '贵J·A2026',
    documents: [{ type: 'po', id: `QRM-${String(calendar.year)}-017` }],
    payments: [
      {
        kind: 'FREIGHT',
        payee: { outsider: 'Haulage of Guiding 贵定运输' },
        amount: yuan('460.00'),
        status: 'PAID',
        method: 'CASH',
        paidAt: calendar.at('09-14', '16:00'),
      },
    ],
  });
  await mill.clerk.mutate('recordReceipt', {
    id: idOf('receipt', 'paddy'),
    at: calendar.at('09-14', '15:30'),
    shipmentId,
    facilityId: facilities.mill,
    lines: [{ batch, arrived: kg(9_180), accepted: kg(9_180) }],
  });
}

/** Answers the lot of the packs. */
async function millAndPack(world: World): Promise<string> {
  const { calendar, mill, facilities, products } = world;
  const riceLot = `MR-${calendar.compact('09-16')}`;
  const packLot = `RP-${calendar.compact('09-22')}`;
  await mill.clerk.mutate('recordTransformation', {
    id: idOf('milling', 'rice'),
    at: calendar.at('09-16', '16:00'),
    facilityId: facilities.mill,
    inputs: [{ lot: { batch: lotOf(products.paddy, `GD-${calendar.compact('09-10')}`), quantity: kg(9_000) } }],
    outputs: [
      { product: { id: products.rice.id }, lot: riceLot, quantity: kg(5_940), unitValue: yuanPer('KGM', '5.60') },
      { product: { id: products.bran.id }, lot: `BR-${calendar.compact('09-16')}`, quantity: kg(900), unitValue: yuanPer('KGM', '1.80') },
      { product: { id: products.husk.id }, lot: `HU-${calendar.compact('09-16')}`, quantity: kg(1_800), waste: true },
    ],
    declaredLoss: kg(360),
    allocation: 'VALUE',
    payments: [
      wage({ outsider: 'Mill hand Luo 罗师傅' }, '600.00', calendar.at('09-16', '18:00')),
      wage({ unregistered: { count: 3, areaCode: mill.areaCode } }, '540.00', calendar.at('09-16', '18:00')),
      { kind: 'SERVICE', payee: { outsider: 'Power grid 南方电网' }, amount: yuan('810.00'), status: 'PAYABLE' },
    ],
  });
  await mill.clerk.mutate('recordTransformation', {
    id: idOf('packing', 'rice'),
    at: calendar.at('09-22', '16:00'),
    facilityId: facilities.millStore,
    inputs: [{ lot: { batch: lotOf(products.rice, riceLot), quantity: kg(3_000) } }],
    outputs: [{ product: { id: products.ricePack.id }, lot: packLot, quantity: pieces(600) }],
    payments: [
      wage({ unregistered: { count: 2, areaCode: mill.areaCode } }, '320.00', calendar.at('09-22', '18:00')),
      {
        kind: 'INPUT',
        payee: { outsider: 'Bag maker of Duyun 都匀包装厂' },
        amount: yuan('720.00'),
        status: 'PAID',
        method: 'BANK',
        paidAt: calendar.at('09-21', '10:00'),
      },
    ],
  });
  return packLot;
}
