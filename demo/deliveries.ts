import type { Household } from './households.js';
import type { Chance } from './random.js';
import type { Input } from './values.js';
import { idOf, jin } from './values.js';
import type { Product, World } from './world.js';

export interface DeliveryDay {
  readonly world: World;
  readonly product: Product;
  readonly lot: string;
  /** "09-18" */
  readonly day: string;
  readonly facilityId: string;
  readonly seasonId: string;
  /** What one jin brings. */
  readonly price: Input;
  /** jin for each household, from and to. */
  readonly jinLow: number;
  readonly jinHigh: number;
}

/** One day at the scale: every household weighs in once, into the day's lot. Two of three are paid at once, the others are owed. */
export function deliveriesOfDay(day: DeliveryDay, households: readonly Household[], chance: Chance): Input[] {
  return households.map((household, index) => {
    const net = chance.between(day.jinLow, day.jinHigh);
    const crates = Math.ceil(net / 40);
    // A crate weighs 2 jin; now and then some jin are taken off for leaves and stalks.
    const leaves = index % 5 === 0 ? 3 : 0;
    const deliveredAt = day.world.calendar.after(day.day, 7 + index * 0.25);
    return {
      delivery: {
        id: idOf('delivery', day.lot, index),
        product: { id: day.product.id },
        lot: day.lot,
        deliveredAt,
        facilityId: day.facilityId,
        seasonId: day.seasonId,
        plotId: household.plotId,
        grower: { householdId: household.id },
        packages: [{ type: 'crate', count: crates }],
        gross: jin(net + 2 * crates + leaves),
        tare: jin(2 * crates),
        ...(leaves > 0 && { deductions: [{ reason: 'leaves and stalks', quantity: jin(leaves) }] }),
        net: jin(net),
        price: day.price,
        payment:
          index % 3 === 2
            ? { status: 'PAYABLE' }
            : { status: 'PAID', method: index % 2 === 0 ? 'MOBILE_MONEY' : 'CASH', paidAt: deliveredAt },
      },
    };
  });
}
