import { randomInt } from 'node:crypto';
import type { GraphqlClient } from '../demo/graphql-client.js';
import { inParallel } from '../demo/parallel.js';
import { idOf, kg, yuan, yuanPer } from '../demo/values.js';
import { checkDigit } from '../src/core/gs1/check-digit.js';

/** How many things the season of a benchmark has. */
export interface SeasonSize {
  readonly lots: number;
  readonly deliveriesPerLot: number;
  readonly packsPerLot: number;
}

export interface Season {
  readonly organisationId: string;
  readonly manager: GraphqlClient;
  readonly managerKey: string;
  /** The batches that were packed. */
  readonly packs: readonly { readonly id: string; readonly lot: string; readonly digitalLink: string }[];
}

const GROWERS = 24;
export const PACK_KG = 10;
const IN_FLIGHT = 16;

/** One cooperative: growers deliver into lots at a price, each lot is packed into batches of its own. Everything by the public door. */
export async function aSeason(admin: GraphqlClient, size: SeasonSize): Promise<Season> {
  const organisationId = idOf('bench', 'cooperative');
  const area = { areaCode: '520381', timeZone: 'Asia/Shanghai', currency: 'CNY' };
  await admin.mutate('registerOrganisation', { id: organisationId, name: 'Cooperative of the bench', kind: 'COOPERATIVE', ...area });
  const keyInput = { id: idOf('bench', 'key'), organisationId, role: 'MANAGER' };
  const { key: managerKey } = await admin.mutate<{ key: string }>('createApiKey', keyInput, 'key');
  const manager = admin.withKey(managerKey);
  const [facilityId, rawId, packId] = [idOf('bench', 'store'), idOf('bench', 'raw'), idOf('bench', 'pack')];
  await manager.mutate('registerFacility', {
    id: facilityId,
    organisationId,
    name: 'Store of the bench',
    kind: 'STORE',
    areaCode: '520381',
  });
  await manager.mutate('registerProduct', { id: rawId, organisationId, name: 'Kiwi fruit, loose', baseUnit: 'KGM' });
  const digits = `69${String(randomInt(10 ** 9, 10 ** 10 - 1))}`;
  const gtin = `${digits}${checkDigit(digits)}`;
  await manager.mutate('registerProduct', { id: packId, organisationId, name: 'Kiwi fruit, packed', baseUnit: 'KGM', gtin });
  const growers = Array.from({ length: GROWERS }, (_, i) => idOf('bench', 'household', i));
  await inParallel(growers, IN_FLIGHT, (id, i) =>
    manager.mutate('registerHousehold', {
      id,
      areaCode: `5203811012${String(i % 2).padStart(2, '0')}`,
      cooperativeId: organisationId,
      memberSince: '2020-01-01',
      members: [{ id: idOf('bench', 'member', i), name: `Grower ${String(i)}`, head: true }],
    }),
  );
  const lots = Array.from({ length: size.lots }, (_, i) => i);
  const net = (PACK_KG * size.packsPerLot) / size.deliveriesPerLot;
  const packs = await inParallel(lots, IN_FLIGHT, async (lot) => {
    for (let i = 0; i < size.deliveriesPerLot; i += 1) {
      await manager.mutate('recordDelivery', {
        id: idOf('bench', 'delivery', lot, i),
        product: { id: rawId },
        lot: `L${String(lot)}`,
        deliveredAt: '2026-05-26T08:30:00+08:00',
        facilityId,
        grower: { householdId: growers[(lot * 7 + i) % GROWERS] },
        net: kg(net),
        price: yuanPer('KGM', '4.00'),
      });
    }
    const captureId = idOf('bench', 'packing', lot);
    const first = idOf('bench', 'delivery', lot, 0);
    const { batches } = await manager.mutate<{ batches: { id: string; lot: string; digitalLink: string }[] }>(
      'recordTransformation',
      {
        id: captureId,
        at: '2026-05-30T10:00:00+08:00',
        facilityId,
        bizStep: 'packing',
        inputs: [{ lot: { batch: { madeBy: { captureId: first } }, quantity: kg(PACK_KG * size.packsPerLot) } }],
        outputs: Array.from({ length: size.packsPerLot }, (_, i) => ({
          product: { id: packId },
          lot: `P${String(lot)}-${String(i)}`,
          quantity: kg(PACK_KG),
        })),
      },
      'batches { id lot digitalLink }',
    );
    return batches;
  });
  return { organisationId, manager, managerKey, packs: packs.flat() };
}

/** One final sale whose lines each take a kilogram of a batch. */
export async function aSaleOf(season: Season, id: string, batchIds: readonly string[]): Promise<void> {
  await season.manager.mutate('recordSale', {
    id,
    sellerId: season.organisationId,
    buyer: { consumer: true },
    soldAt: '2026-06-01T12:00:00+08:00',
    lines: batchIds.map((batchId, i) => ({
      ref: String(i),
      quantity: kg(1),
      gross: yuan('12.00'),
      allocations: [{ batch: { id: batchId }, quantity: kg(1) }],
    })),
  });
}
