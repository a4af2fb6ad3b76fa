import type { Households } from './households.js';
import { eventually } from './parallel.js';
import type { SaleReport } from './sale-report.js';
import { readSale } from './sale-report.js';
import { idOf, kg, yuan, yuanPer } from './values.js';
import type { World } from './world.js';
import { lotOf } from './world.js';

const ATTRIBUTION_MS_MAX = 60_000;

/**
 * The whole rule in one kilogram: a household gets 4 from its cooperative, which gets 5 from the mill, which sells at 10. So of the shopper's
 * 10 the household has 4, the cooperative 1, the mill 5.
 */
export async function playSmallWorld(world: World, households: Households): Promise<SaleReport> {
  const { calendar, rice, mill, facilities, products } = world;
  const [household] = households.rice;
  if (!household) throw new Error('The rice cooperative has members.');
  const lot = 'ONE-KILOGRAM';
  const batch = lotOf(products.paddy, lot);
  const one = kg('1');
  const deliveredAt = calendar.at('09-28', '08:00');
  await rice.clerk.mutate('recordDelivery', {
    id: idOf('delivery', lot),
    product: { id: products.paddy.id },
    lot,
    deliveredAt,
    facilityId: facilities.weighingStation,
    grower: { householdId: household.id },
    net: one,
    price: yuanPer('KGM', '4.00'),
    payment: { status: 'PAID', method: 'CASH', paidAt: deliveredAt },
  });
  const shipmentId = idOf('shipment', lot);
  await rice.clerk.mutate('recordShipment', {
    id: shipmentId,
    at: calendar.at('09-28', '10:00'),
    from: facilities.weighingStation,
    to: facilities.millStore,
    toOrganisationId: mill.id,
    lines: [{ batch, quantity: one, price: yuanPer('KGM', '5.00') }],
  });
  await mill.clerk.mutate('recordReceipt', {
    id: idOf('receipt', lot),
    at: calendar.at('09-28', '15:00'),
    shipmentId,
    facilityId: facilities.millStore,
    lines: [{ batch, arrived: one, accepted: one }],
  });
  const saleId = idOf('sale', lot);
  await mill.clerk.mutate('recordSale', {
    id: saleId,
    sellerId: mill.id,
    buyer: { consumer: true },
    channel: 'DIRECT',
    soldAt: calendar.at('09-29', '11:00'),
    lines: [{ ref: '1', quantity: one, gross: yuan('10.00'), allocations: [{ batch, quantity: one }] }],
  });
  return eventually('The attribution of the one kilogram', ATTRIBUTION_MS_MAX, async () => {
    const sale = await readSale(world.supervisor, saleId);
    return sale.status === 'ATTRIBUTED' ? sale : null;
  });
}
