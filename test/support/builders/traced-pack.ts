import { randomInt, randomUUID } from 'node:crypto';
import type { GraphqlClient } from '../graphql.js';
import type { AnOrganisationAtWork } from '../builders.js';
import { aDelivery, aGtin, aHousehold, anOrganisationAtWork, aProduct, aTrade, kg, pieces } from '../builders.js';

/** Two villages of the cooperative: ten households in the one, two in the other. */
export const LARGE_VILLAGE = '522723101201';
export const SMALL_VILLAGE = '522723101202';

export interface ATracedPack {
  readonly cooperative: AnOrganisationAtWork & { readonly name: string };
  readonly mill: AnOrganisationAtWork & { readonly name: string };
  readonly productName: string;
  /** 14 digits. */
  readonly gtin: string;
  readonly lot: string;
  /** "/01/{gtin}/10/{lot}". */
  readonly path: string;
  /** Of the packs. */
  readonly batchId: string;
  /** Of the paddy that the households delivered. */
  readonly paddy: { readonly batchId: string; readonly path: string };
  readonly householdIds: readonly string[];
}

/** Paddy of twelve households, 100 kg each, sold to a mill, milled with a tenth of unknown origin, and packed by five kilograms. */
export async function aTracedPack(admin: GraphqlClient): Promise<ATracedPack> {
  const [cooperativeName, millName] = [`Guiding rice ${String(randomInt(10 ** 6))}`, `Mill ${String(randomInt(10 ** 6))}`];
  const cooperative = await anOrganisationAtWork(admin, { name: cooperativeName, areaCode: '522723' });
  const mill = await anOrganisationAtWork(admin, { name: millName, kind: 'PROCESSOR' });
  const { id: paddyId } = await aProduct(cooperative.manager, cooperative.id, { name: 'Paddy' });
  const paddyLot = `P${String(randomInt(10 ** 8))}`;
  const householdIds: string[] = [];
  for (let i = 0; i < 12; i += 1) {
    const areaCode = i < 10 ? LARGE_VILLAGE : SMALL_VILLAGE;
    const { id: householdId } = await aHousehold(cooperative.manager, cooperative.id, { areaCode });
    householdIds.push(householdId);
    const what = { productId: paddyId, householdId, facilityId: cooperative.facilityId };
    await aDelivery(cooperative.manager, what, { lot: paddyLot, deliveredAt: `2026-05-${String(10 + i)}T08:30:00+08:00` });
  }
  const paddy = await batchOf(cooperative.manager, {
    gtinLot: { gtin: await gtinOf(cooperative.manager, paddyId, paddyLot), lot: paddyLot },
  });
  await aTrade(cooperative, mill, { batch: { id: paddy.id }, quantity: kg('1200') });
  const gtin = aGtin();
  const lot = `R/${String(randomInt(10 ** 8))}`;
  const productName = 'Rice <new crop> & more';
  const { id: riceId } = await aProduct(mill.manager, mill.id, { name: productName, gtin, baseUnit: 'H87', netContent: kg('5') });
  const transformation = await mill.manager.mutate<{ id: string }>(
    'recordTransformation',
    {
      id: randomUUID(),
      at: '2026-05-30T10:00:00+08:00',
      facilityId: mill.facilityId,
      bizStep: 'packing',
      inputs: [{ lot: { batch: { id: paddy.id }, quantity: kg('900') } }, { unknown: { product: { id: paddyId }, quantity: kg('100') } }],
      outputs: [{ product: { id: riceId }, lot, quantity: pieces('140') }],
      declaredLoss: kg('300'),
    },
    'id',
  );
  const rice = await batchOf(mill.manager, { madeBy: { captureId: transformation.id } });
  return {
    cooperative: { ...cooperative, name: cooperativeName },
    mill: { ...mill, name: millName },
    productName,
    gtin: gtin.padStart(14, '0'),
    lot,
    path: rice.path,
    batchId: rice.id,
    paddy: { batchId: paddy.id, path: paddy.path },
    householdIds,
  };
}

async function batchOf(client: GraphqlClient, ref: object): Promise<{ id: string; path: string }> {
  const ask = 'query ($ref: BatchRef!) { batch(ref: $ref) { id digitalLink } }';
  const { batch } = await client.query<{ batch: { id: string; digitalLink: string } }>(ask, { ref });
  return { id: batch.id, path: new URL(batch.digitalLink).pathname };
}

async function gtinOf(client: GraphqlClient, productId: string, lot: string): Promise<string> {
  const ask = 'query ($filter: BatchFilter) { batches(filter: $filter) { nodes { gtin } } }';
  const { batches } = await client.query<{ batches: { nodes: { gtin: string }[] } }>(ask, { filter: { productId, lot } });
  const [batch] = batches.nodes;
  if (!batch) throw new Error(`No batch of lot ${lot}.`);
  return batch.gtin;
}
