import { checkDigit } from '../src/core/gs1/check-digit.js';
import { captureAgain, captureAll } from './capture.js';
import { deliveriesOfDay } from './deliveries.js';
import type { Households } from './households.js';
import type { Progress } from './progress.js';
import { Chance } from './random.js';
import type { Input } from './values.js';
import { idOf, kg, pieces, yuan, yuanPer } from './values.js';
import type { World } from './world.js';
import { lotOf } from './world.js';

export interface KiwiGoods {
  /** Of the gift boxes. */
  readonly boxLot: string;
}

/** Xiuwen: a year of the kiwi orchards, two days at the scale, and the first day's fruit packed into gift boxes. */
export async function growKiwi(world: World, households: Households, progress: Progress): Promise<KiwiGoods> {
  const { calendar, kiwi, facilities, products } = world;
  const seasonId = await openSeason(world, households);
  const chance = new Chance(3_200);
  const day = {
    world,
    product: products.kiwi,
    facilityId: facilities.orchardGate,
    seasonId,
    price: yuanPer('jin', '3.20'),
    jinLow: 180,
    jinHigh: 420,
  };
  const first = deliveriesOfDay({ ...day, day: '09-18', lot: `XW-${calendar.compact('09-18')}` }, households.kiwi, chance);
  const second = deliveriesOfDay({ ...day, day: '09-25', lot: `XW-${calendar.compact('09-25')}` }, households.kiwi, chance);
  const items = [...first, ...second];
  const calls = await captureAll(kiwi.clerk, items);
  progress.step(`Kiwi: ${String(items.length)} deliveries at 3.20 CNY per jin, sent in ${String(calls)} calls.`);
  const known = await captureAgain(kiwi.clerk, items);
  progress.step(`Kiwi: the first call sent again, as after a lost answer: ${String(known)} REPLAYED, nothing counted twice.`);
  const boxLot = await packBoxes(world, households);
  progress.step('Kiwi: 1,500 gift boxes packed, 48 of them stacked on a pallet with an SSCC.');
  return { boxLot };
}

async function openSeason(world: World, households: Households): Promise<string> {
  const { calendar, kiwi, products } = world;
  const id = idOf('season', 'kiwi');
  const weeders = households.kiwi.filter((_, index) => index % 3 === 0);
  await kiwi.clerk.mutate('openSeason', {
    id,
    product: { id: products.kiwi.id },
    plotIds: households.kiwi.map(({ plotId }) => plotId),
    name: `Kiwi ${String(calendar.year)}`,
    from: calendar.day('03-01'),
    expected: kg(8_600),
    payments: [
      ...weeders.map((household) => wage({ householdId: household.id }, '120.00', calendar.at('06-10', '18:00'))),
      {
        kind: 'INPUT',
        payee: { outsider: 'Farm supplies of Xiuwen 修文农资店' },
        amount: yuan('2150.00'),
        status: 'PAID',
        method: 'BANK',
        paidAt: calendar.at('03-20', '10:00'),
      },
    ],
  });
  return id;
}

/** Answers the lot of the boxes. */
async function packBoxes(world: World, households: Households): Promise<string> {
  const { calendar, kiwi, facilities, products } = world;
  const boxLot = `GB-${calendar.compact('09-20')}`;
  const packing = idOf('packing', 'kiwi');
  const packers = households.kiwi.filter((_, index) => index % 5 === 1);
  const paidAt = calendar.at('09-20', '18:00');
  await kiwi.clerk.mutate('recordTransformation', {
    id: packing,
    at: calendar.at('09-20', '17:30'),
    facilityId: facilities.packingHouse,
    inputs: [{ lot: { batch: lotOf(products.kiwi, `XW-${calendar.compact('09-18')}`), quantity: kg(3_850) } }],
    // Bruised fruit is waste: it leaves, and what was paid for it is carried by the boxes.
    outputs: [
      { product: { id: products.giftBox.id }, lot: boxLot, quantity: pieces(1_500) },
      { quantity: kg(80), waste: true },
    ],
    declaredLoss: kg(20),
    payments: [
      ...packers.map((household) => wage({ householdId: household.id }, '260.00', paidAt)),
      wage({ unregistered: { count: 4, areaCode: kiwi.areaCode } }, '480.00', paidAt),
      { kind: 'INPUT', payee: { outsider: 'Carton works of Guiyang 贵阳纸箱厂' }, amount: yuan('5250.00'), status: 'PAYABLE' },
    ],
  });
  const sscc = '26900000000000042';
  await kiwi.clerk.mutate('recordAggregation', {
    id: idOf('pallet', 'kiwi'),
    at: calendar.at('09-20', '19:00'),
    action: 'ADD',
    sscc: `${sscc}${checkDigit(sscc)}`,
    facilityId: facilities.packingHouse,
    contents: [{ batch: { madeBy: { captureId: packing, output: 0 } }, quantity: pieces(48) }],
  });
  return boxLot;
}

export function wage(payee: Input, amount: string, paidAt: string): Input {
  return { kind: 'WAGE', payee, amount: yuan(amount), status: 'PAID', method: 'CASH', paidAt };
}
