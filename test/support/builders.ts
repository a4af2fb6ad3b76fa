/**
 * A world for tests, built through the public door in the words of the contract. Each builder fills in what the test does not care about,
 * and answers the ids. Ids are fresh, so that tests on one database do not meet.
 */
import { randomInt, randomUUID } from 'node:crypto';
import { checkDigit } from '../../src/core/gs1/check-digit.js';
import type { GraphqlClient } from './graphql.js';

type Input = Readonly<Record<string, unknown>>;
interface Made {
  readonly id: string;
}

export const AREA = '520381';

/** Kilograms, as inputs say them. */
export function kg(value: string): Input {
  return { value, unit: 'KGM' };
}

export function jin(value: string): Input {
  return { value, unit: 'jin' };
}

/** Pieces. */
export function pieces(value: string): Input {
  return { value, unit: 'H87' };
}

export function yuan(amount: string): Input {
  return { amount, currency: 'CNY' };
}

export function yuanPer(unit: string, amount: string): Input {
  return { amount: yuan(amount), per: unit };
}

/** A GTIN-13 of the ordinary kind; the numbers of restricted circulation are given by the platform. */
export function aGtin(): string {
  const digits = `69${String(randomInt(10 ** 9, 10 ** 10 - 1))}`;
  return `${digits}${checkDigit(digits)}`;
}

export async function anOrganisation(admin: GraphqlClient, input: Input = {}): Promise<Made> {
  const id = randomUUID();
  return admin.mutate(
    'registerOrganisation',
    {
      id,
      name: `Cooperative ${id.slice(0, 8)}`,
      kind: 'COOPERATIVE',
      areaCode: AREA,
      timeZone: 'Asia/Shanghai',
      currency: 'CNY',
      ...input,
    },
    'id',
  );
}

export interface AKey extends Made {
  readonly key: string;
  readonly client: GraphqlClient;
}

/** A key of that role for the organisation, and a client that uses it. */
export async function aKey(admin: GraphqlClient, organisationId: string, role = 'MANAGER', input: Input = {}): Promise<AKey> {
  const made = await admin.mutate<{ id: string; key: string }>(
    'createApiKey',
    { id: randomUUID(), organisationId, role, ...input },
    'id key',
  );
  return { ...made, client: admin.as(made.key) };
}

export interface AnOrganisationAtWork {
  readonly id: string;
  readonly facilityId: string;
  readonly manager: GraphqlClient;
}

/** An organisation with one facility and a manager's key: what acts in most tests. */
export async function anOrganisationAtWork(admin: GraphqlClient, input: Input = {}): Promise<AnOrganisationAtWork> {
  const { id } = await anOrganisation(admin, input);
  const { client: manager } = await aKey(admin, id);
  const facility = await aFacility(manager, id);
  return { id, facilityId: facility.id, manager };
}

export async function aFacility(client: GraphqlClient, organisationId: string, input: Input = {}): Promise<Made> {
  const id = randomUUID();
  return client.mutate(
    'registerFacility',
    { id, organisationId, name: `Store ${id.slice(0, 8)}`, kind: 'STORE', areaCode: AREA, ...input },
    'id',
  );
}

/** Without a GTIN in `input`, the platform gives one. */
export async function aProduct(client: GraphqlClient, organisationId: string, input: Input = {}): Promise<Made> {
  const id = randomUUID();
  return client.mutate('registerProduct', { id, organisationId, name: `Product ${id.slice(0, 8)}`, baseUnit: 'KGM', ...input }, 'id');
}

export interface AHousehold extends Made {
  readonly memberId: string;
}

/** One head of household, member of the cooperative from `memberSince`. */
export async function aHousehold(client: GraphqlClient, cooperativeId: string, input: Input = {}): Promise<AHousehold> {
  const memberId = randomUUID();
  const made = await client.mutate<Made>(
    'registerHousehold',
    {
      id: randomUUID(),
      areaCode: AREA,
      cooperativeId,
      memberSince: '2020-01-01',
      members: [{ id: memberId, name: `Grower ${memberId.slice(0, 8)}`, head: true }],
      ...input,
    },
    'id',
  );
  return { ...made, memberId };
}

/** On the register of the poor from `validFrom`. The client is of one who keeps it: ADMIN, SUPERVISOR or VILLAGE_WORKER. */
export async function aPoorHousehold(
  client: GraphqlClient,
  cooperativeId: string,
  validFrom = '2020-01-01',
  input: Input = {},
): Promise<AHousehold> {
  return aHousehold(client, cooperativeId, { status: { kind: 'REGISTERED', validFrom, register: 'CN-MONITORING' }, ...input });
}

export async function aPlot(client: GraphqlClient, householdId: string, input: Input = {}): Promise<Made> {
  return client.mutate(
    'registerPlot',
    { id: randomUUID(), owner: { householdId }, areaCode: AREA, declaredArea: { value: '3.5', unit: 'mu' }, ...input },
    'id',
  );
}

export interface ACapture extends Made {
  readonly replayed: boolean;
}

/** Goods of one grower, weighed in: 100 kg at 4 yuan a kilogram unless the input says otherwise. Its lot is `{ madeBy: { captureId: id } }`. */
export async function aDelivery(
  client: GraphqlClient,
  what: { readonly productId: string; readonly householdId: string; readonly facilityId: string },
  input: Input = {},
): Promise<ACapture> {
  return client.mutate(
    'recordDelivery',
    {
      id: randomUUID(),
      product: { id: what.productId },
      lot: `L${String(randomInt(10 ** 8))}`,
      deliveredAt: '2026-05-26T08:30:00+08:00',
      facilityId: what.facilityId,
      grower: { householdId: what.householdId },
      net: kg('100'),
      price: yuanPer('KGM', '4.00'),
      ...input,
    },
    'id replayed',
  );
}

export interface ATrade {
  readonly shipmentId: string;
  readonly receiptId: string;
}

/** Goods change hands between two organisations at a price: shipped by the one, received in full by the other. */
export async function aTrade(
  seller: AnOrganisationAtWork,
  buyer: AnOrganisationAtWork,
  goods: { readonly batch: Input; readonly quantity: Input; readonly price?: Input },
): Promise<ATrade> {
  const shipment = await seller.manager.mutate<Made>(
    'recordShipment',
    {
      id: randomUUID(),
      at: '2026-05-28T09:00:00+08:00',
      from: seller.facilityId,
      to: buyer.facilityId,
      toOrganisationId: buyer.id,
      lines: [goods],
    },
    'id',
  );
  const receipt = await buyer.manager.mutate<Made>(
    'recordReceipt',
    {
      id: randomUUID(),
      at: '2026-05-28T15:00:00+08:00',
      shipmentId: shipment.id,
      facilityId: buyer.facilityId,
      lines: [{ batch: goods.batch, arrived: goods.quantity, accepted: goods.quantity }],
    },
    'id',
  );
  return { shipmentId: shipment.id, receiptId: receipt.id };
}

/** One line to a consumer, its lots known at once: 10 yuan gross unless the input says otherwise. */
export async function aSale(
  seller: Pick<AnOrganisationAtWork, 'id' | 'manager'>,
  goods: { readonly batch: Input; readonly quantity: Input; readonly gross?: Input },
  input: Input = {},
): Promise<ACapture> {
  const { batch, quantity, gross = yuan('10.00') } = goods;
  return seller.manager.mutate(
    'recordSale',
    {
      id: randomUUID(),
      sellerId: seller.id,
      buyer: { consumer: true },
      soldAt: '2026-06-01T12:00:00+08:00',
      lines: [{ ref: '1', quantity, gross, allocations: [{ batch, quantity }] }],
      ...input,
    },
    'id replayed',
  );
}
