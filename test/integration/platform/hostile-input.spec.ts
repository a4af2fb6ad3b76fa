import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CATALOGUE } from '../../../src/core/kernel/errors.js';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import type { AnOrganisationAtWork } from '../../support/builders.js';
import {
  aDelivery,
  aGtin,
  aHousehold,
  aKey,
  anOrganisationAtWork,
  aPlot,
  aProduct,
  AREA,
  kg,
  yuan,
  yuanPer,
} from '../../support/builders.js';
import type { GraphqlClient } from '../../support/graphql.js';

type Input = Readonly<Record<string, unknown>>;

/** Texts, days, times, decimals, codes: what goes into any of them comes from outside. */
const HOSTILE: readonly unknown[] = [
  '',
  ' ',
  'a\u0000b',
  '\ud800',
  'x'.repeat(5_000),
  '0000-01-01',
  '9999-12-31',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59-23:59',
  '9'.repeat(38),
  `0.${'0'.repeat(36)}1`,
  '-1',
  "'; DROP TABLE products; --",
  '%00',
  2_147_483_647,
  -2_147_483_648,
  null,
  [],
  {},
];

let world: TestApp;
let coop: AnOrganisationAtWork;
let inputs: Readonly<Record<string, { readonly by: GraphqlClient; readonly input: () => Input }>>;

beforeAll(async () => {
  world = await startTestApp();
  coop = await anOrganisationAtWork(world.admin);
  const { id: coopId, manager, facilityId } = coop;
  const { id: productId } = await aProduct(manager, coopId);
  const { id: householdId } = await aHousehold(manager, coopId);
  const { id: plotId } = await aPlot(manager, householdId);
  const delivery = await aDelivery(manager, { productId, householdId, facilityId }, { net: kg('100000') });
  const batch = { madeBy: { captureId: delivery.id } };
  const { client: supervisor } = await aKey(world.admin, coopId, 'SUPERVISOR');
  const shopId = randomUUID();
  await manager.mutate(
    'registerShop',
    { id: shopId, organisationId: coopId, name: 'Shop', platform: 'SHOPIFY', webhookSecret: 'secret' },
    'id',
  );
  const point = { type: 'Point', coordinates: [106.59, 26.84] };
  const status = {
    kind: 'REGISTERED',
    validFrom: '2026-01-01',
    register: 'R',
    category: 'c',
    score: '1.5',
    threshold: '2',
    reason: 'r',
    evidence: ['a'.repeat(64)],
  };
  const at = '2026-05-27T08:30:00+08:00';
  const of = (input: () => Input, by: GraphqlClient = manager): { by: GraphqlClient; input: () => Input } => ({ by, input });
  inputs = {
    registerOrganisation: of(
      () => ({ name: 'n', kind: 'OTHER', areaCode: AREA, timeZone: 'Asia/Shanghai', currency: 'CNY', gln: '6901234000009' }),
      world.admin,
    ),
    createApiKey: of(() => ({ organisationId: coopId, role: 'CLERK', areaCode: AREA, expiresAt: '2030-01-01T00:00:00Z' })),
    registerFacility: of(() => ({
      organisationId: coopId,
      name: 'n',
      kind: 'STORE',
      gln: '6901234000009',
      areaCode: AREA,
      geometry: point,
    })),
    registerProduct: of(() => ({
      organisationId: coopId,
      name: 'n',
      gtin: aGtin(),
      sku: randomUUID(),
      baseUnit: 'KGM',
      netContent: kg('5'),
      packages: [{ type: 'crate', netWeight: kg('12.5'), validFrom: '2026-01-01' }],
    })),
    registerHousehold: of(() => ({
      areaCode: AREA,
      cooperativeId: coopId,
      memberSince: '2020-01-01',
      members: [{ id: randomUUID(), name: 'n', sex: 'female', birthYear: 1980, nationalId: '1', phone: '2', head: true }],
    })),
    recordMembership: of(() => ({ householdId, cooperativeId: coopId, validFrom: '2026-01-01', validTo: '2027-01-01' })),
    recordHouseholdStatus: of(() => ({ householdId, status }), supervisor),
    registerPlot: of(() => ({ owner: { householdId }, areaCode: AREA, geometry: point, declaredArea: { value: '3', unit: 'mu' } })),
    registerAgreement: of(() => ({
      kind: 'FLOOR_PRICE',
      promisorId: coopId,
      product: { id: productId },
      validFrom: '2026-01-01',
      validTo: '2027-01-01',
      floor: yuanPer('KGM', '4'),
    })),
    registerShop: of(() => ({ organisationId: coopId, name: 'n', platform: 'SHOPIFY', webhookSecret: 's' })),
    registerListing: of(() => ({
      shopId,
      sku: randomUUID(),
      components: [{ product: { id: productId }, quantity: kg('1'), revenueWeight: '1' }],
      stockRule: 'CHOSEN',
      batches: [batch],
    })),
    registerDevice: of(() => ({ deviceId: randomUUID(), organisationId: coopId, model: 'm', aliases: [randomUUID()] })),
    openSeason: of(() => ({ product: { id: productId }, plotIds: [plotId], from: '2026-01-01', name: 'n', expected: kg('100') })),
    recordDelivery: of(() => ({
      product: { id: productId },
      lot: randomUUID().slice(0, 18),
      deliveredAt: at,
      facilityId,
      grower: { householdId },
      net: kg('100'),
      price: yuanPer('KGM', '4.00'),
    })),
    recordSale: of(() => ({
      sellerId: coopId,
      buyer: { consumer: true },
      soldAt: at,
      orderReference: 'o',
      lines: [{ ref: '1', quantity: kg('1'), gross: yuan('10'), allocations: [{ batch, quantity: kg('1') }] }],
    })),
  };
});
afterAll(() => world.stop());

/** The input with one of its values, at any depth, put in the place of another: one input a place. */
function* withEach(value: unknown, replacement: unknown): Generator {
  if (typeof value !== 'object' || value === null) {
    yield replacement;
    return;
  }
  for (const [key, entry] of Object.entries(value)) {
    for (const other of withEach(entry, replacement)) {
      yield Array.isArray(value) ? value.map((one: unknown, i) => (String(i) === key ? other : one)) : { ...value, [key]: other };
    }
  }
}

describe('hostile values', () => {
  it.each([
    'registerOrganisation',
    'createApiKey',
    'registerFacility',
    'registerProduct',
    'registerHousehold',
    'recordMembership',
    'recordHouseholdStatus',
    'registerPlot',
    'registerAgreement',
    'registerShop',
    'registerListing',
    'registerDevice',
    'openSeason',
    'recordDelivery',
    'recordSale',
  ])(
    'anywhere in the input of %s are accepted or rejected, and break nothing',
    async (name) => {
      const { by, input } = inputs[name] ?? { by: world.admin, input: () => ({}) };
      const broken: unknown[] = [];
      for (const value of HOSTILE) {
        const requests = [...withEach(input(), value)] as Input[];
        const codes = await Promise.all(requests.map((request) => by.rejection(name, { id: randomUUID(), ...request })));
        codes.forEach((code, i) => {
          if (code !== null && (code === 'INTERNAL' || !(code in CATALOGUE))) broken.push({ code, value, request: requests[i] });
        });
      }
      expect(broken).toEqual([]);
    },
    60_000,
  );
});
