import type { Calendar } from './calendar.js';
import type { GraphqlClient } from './graphql-client.js';
import type { Input } from './values.js';
import { idOf, kg, pieces } from './values.js';

export const XIUWEN = '520123';
export const GUIDING = '522723';
const QIANNAN = '5227';
/** Guizhou: both counties lie in it. */
const PROVINCE = '52';

export interface Organisation {
  readonly id: string;
  readonly name: string;
  readonly areaCode: string;
  readonly manager: GraphqlClient;
  readonly clerk: GraphqlClient;
  readonly shop: GraphqlClient;
}

export interface Product {
  readonly id: string;
  readonly gtin: string;
  readonly name: string;
}

export interface World {
  readonly calendar: Calendar;
  readonly supervisor: GraphqlClient;
  readonly kiwi: Organisation;
  readonly rice: Organisation;
  readonly mill: Organisation;
  readonly facilities: Readonly<Record<'orchardGate' | 'packingHouse' | 'weighingStation' | 'mill' | 'millStore', string>>;
  readonly products: Readonly<Record<'kiwi' | 'giftBox' | 'paddy' | 'rice' | 'bran' | 'husk' | 'ricePack', Product>>;
}

/** The organisations with their keys, places and products: what stands before the first seed. */
export async function registerWorld(admin: GraphqlClient, calendar: Calendar): Promise<World> {
  const kiwi = await organisation(admin, 'kiwi', {
    name: 'Xiuwen Kiwi Cooperative 修文猕猴桃专业合作社',
    kind: 'COOPERATIVE',
    areaCode: XIUWEN,
  });
  const rice = await organisation(admin, 'rice', {
    name: 'Guiding Rice Cooperative 贵定水稻专业合作社',
    kind: 'COOPERATIVE',
    areaCode: GUIDING,
  });
  const mill = await organisation(admin, 'mill', { name: 'Qiannan Rice Mill 黔南米业', kind: 'PROCESSOR', areaCode: QIANNAN });
  return {
    calendar,
    supervisor: await supervisorOf(admin),
    kiwi,
    rice,
    mill,
    facilities: {
      orchardGate: await facility(kiwi, 'Orchard gate', 'COLLECTION_POINT'),
      packingHouse: await facility(kiwi, 'Packing house', 'PROCESSING'),
      weighingStation: await facility(rice, 'Weighing station', 'COLLECTION_POINT'),
      mill: await facility(mill, 'Mill', 'PROCESSING'),
      millStore: await facility(mill, 'Store of the web shop', 'STORE'),
    },
    products: {
      kiwi: await product(kiwi, 'Fresh kiwi, Guichang', { baseUnit: 'KGM' }),
      giftBox: await product(kiwi, 'Kiwi gift box, 2.5 kg', { baseUnit: 'H87', netContent: kg('2.5') }),
      paddy: await product(rice, 'Paddy rice', { baseUnit: 'KGM' }),
      rice: await product(mill, 'Milled rice', { baseUnit: 'KGM' }),
      bran: await product(mill, 'Rice bran', { baseUnit: 'KGM' }),
      husk: await product(mill, 'Rice husk', { baseUnit: 'KGM' }),
      ricePack: await product(mill, 'Rice, 5 kg pack', { baseUnit: 'H87', netContent: kg('5') }),
    },
  };
}

/** A shop on Shopify, and what it offers. The secret is what Shopify signs its webhooks with. */
export async function registerShop(
  owner: Organisation,
  shop: { readonly key: string; readonly name: string; readonly secret: string },
): Promise<string> {
  const id = idOf('shop', shop.key);
  const { name, secret } = shop;
  await owner.manager.mutate('registerShop', { id, organisationId: owner.id, name, platform: 'SHOPIFY', webhookSecret: secret });
  return id;
}

/** One article of a shop: so many pieces of a product, from the lots that the seller has chosen. */
export async function registerListing(
  owner: Organisation,
  listing: {
    readonly shopId: string;
    readonly sku: string;
    readonly product: Product;
    readonly count: number;
    readonly lots: readonly string[];
  },
): Promise<void> {
  const { shopId, sku, product, count, lots } = listing;
  await owner.shop.mutate('registerListing', {
    id: idOf('listing', shopId, sku),
    shopId,
    sku,
    components: [{ product: { id: product.id }, quantity: pieces(count) }],
    stockRule: 'CHOSEN',
    batches: lots.map((lot) => lotOf(product, lot)),
  });
}

/** How a client names a batch that it reads off a label. */
export function lotOf(product: Product, lot: string): Input {
  return { gtinLot: { gtin: product.gtin, lot } };
}

async function organisation(
  admin: GraphqlClient,
  key: string,
  about: { readonly name: string; readonly kind: string; readonly areaCode: string },
): Promise<Organisation> {
  const id = idOf('organisation', key);
  await admin.mutate('registerOrganisation', { id, ...about, timeZone: 'Asia/Shanghai', currency: 'CNY' });
  const keyFor = async (role: string): Promise<GraphqlClient> => clientWithRole(admin, { organisationId: id, role });
  const { name, areaCode } = about;
  return { id, name, areaCode, manager: await keyFor('MANAGER'), clerk: await keyFor('CLERK'), shop: await keyFor('SHOP') };
}

async function supervisorOf(admin: GraphqlClient): Promise<GraphqlClient> {
  const id = idOf('organisation', 'supervisor');
  const about = { name: 'Office for Rural Revitalisation 乡村振兴办公室', kind: 'AUTHORITY', areaCode: PROVINCE };
  await admin.mutate('registerOrganisation', { id, ...about, timeZone: 'Asia/Shanghai', currency: 'CNY' });
  return clientWithRole(admin, { organisationId: id, role: 'SUPERVISOR', areaCode: PROVINCE });
}

async function clientWithRole(
  admin: GraphqlClient,
  input: { organisationId: string; role: string; areaCode?: string },
): Promise<GraphqlClient> {
  const id = idOf('key', input.organisationId, input.role);
  const { key } = await admin.mutate<{ key: string }>('createApiKey', { id, ...input }, 'id key');
  return admin.withKey(key);
}

async function facility(owner: Organisation, name: string, kind: string): Promise<string> {
  const id = idOf('facility', owner.id, name);
  await owner.manager.mutate('registerFacility', { id, organisationId: owner.id, name, kind, areaCode: owner.areaCode });
  return id;
}

/** Without a GTIN of its own, a product is given one of the restricted circulation numbers. */
async function product(owner: Organisation, name: string, about: Input): Promise<Product> {
  const id = idOf('product', owner.id, name);
  const input = { id, organisationId: owner.id, name, ...about };
  const made = await owner.manager.mutate<{ product: { gtin: string } }>('registerProduct', input, 'id product { gtin }');
  return { id, name, gtin: made.product.gtin };
}
