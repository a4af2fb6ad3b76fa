import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import type { AnOrganisationAtWork } from '../../support/builders.js';
import { aGtin, aHousehold, aKey, anOrganisation, anOrganisationAtWork, aProduct, AREA, kg, pieces } from '../../support/builders.js';
import type { GraphqlClient } from '../../support/graphql.js';

type Input = Readonly<Record<string, unknown>>;

/** One registration as it should be, one field changed, and one mistake that refuses it. */
interface Registration {
  readonly by: GraphqlClient;
  readonly input: Input;
  readonly changed: Input;
  readonly mistake: Input;
  readonly code: string;
}

let world: TestApp;
let coop: AnOrganisationAtWork;
let other: AnOrganisationAtWork;
let supervisor: GraphqlClient;
let householdId: string;
let productId: string;
let shopId: string;
let deviceId: string;

beforeAll(async () => {
  world = await startTestApp();
  coop = await anOrganisationAtWork(world.admin);
  const authority = await anOrganisation(world.admin, { kind: 'AUTHORITY' });
  supervisor = (await aKey(world.admin, authority.id, 'SUPERVISOR', { areaCode: AREA })).client;
  householdId = (await aHousehold(coop.manager, coop.id)).id;
  productId = (await aProduct(coop.manager, coop.id)).id;
  shopId = (await coop.manager.mutate<{ id: string }>('registerShop', { id: randomUUID(), ...registration('registerShop').input }, 'id'))
    .id;
  deviceId = (
    await coop.manager.mutate<{ id: string }>('registerDevice', { id: randomUUID(), ...registration('registerDevice').input }, 'id')
  ).id;
  other = await anOrganisationAtWork(world.admin);
});
afterAll(() => world.stop());

const registrations: Readonly<Record<string, () => Registration>> = {
  registerOrganisation: () => ({
    by: world.admin,
    input: { name: 'Mill', kind: 'PROCESSOR', areaCode: AREA, timeZone: 'Asia/Shanghai', currency: 'CNY' },
    changed: { name: 'Other mill' },
    mistake: { timeZone: 'Asia/Xiuwen' },
    code: 'BAD_INPUT',
  }),
  createApiKey: () => ({
    by: coop.manager,
    input: { organisationId: coop.id, role: 'CLERK' },
    changed: { role: 'SHOP' },
    mistake: { role: 'ADMIN' },
    code: 'FORBIDDEN',
  }),
  registerFacility: () => ({
    by: coop.manager,
    input: { organisationId: coop.id, name: 'Cold store', kind: 'STORE', areaCode: AREA },
    changed: { kind: 'BULK_STORE' },
    mistake: { gln: '4012345000001' },
    code: 'CHECK_DIGIT_WRONG',
  }),
  registerProduct: () => ({
    by: coop.manager,
    input: { organisationId: coop.id, name: 'Kiwi', gtin: aGtin(), baseUnit: 'KGM' },
    changed: { baseUnit: 'jin' },
    mistake: { gtin: '6901234567893' },
    code: 'CHECK_DIGIT_WRONG',
  }),
  registerHousehold: () => ({
    by: coop.manager,
    input: { areaCode: AREA, cooperativeId: coop.id, memberSince: '2026-01-01', members: [{ id: randomUUID(), name: 'Grower' }] },
    changed: { memberSince: '2026-01-02' },
    mistake: { areaCode: 'Xiuwen county' },
    code: 'BAD_INPUT',
  }),
  recordMembership: () => ({
    by: coop.manager,
    input: { householdId, cooperativeId: coop.id, validFrom: '2026-01-01', validTo: '2027-01-01' },
    changed: { validTo: '2028-01-01' },
    mistake: { validTo: '2025-01-01' },
    code: 'DATES_OUT_OF_ORDER',
  }),
  recordHouseholdStatus: () => ({
    by: supervisor,
    input: { householdId, status: { kind: 'REGISTERED', validFrom: '2026-01-01', register: 'CN-MONITORING' } },
    changed: { status: { kind: 'EXITED', validFrom: '2026-01-01', register: 'CN-MONITORING' } },
    mistake: { householdId: randomUUID() },
    code: 'NOT_FOUND',
  }),
  registerPlot: () => ({
    by: coop.manager,
    input: { owner: { householdId }, areaCode: AREA, declaredArea: { value: '3.5', unit: 'mu' } },
    changed: { declaredArea: { value: '3.6', unit: 'mu' } },
    mistake: { geometry: { type: 'Point', coordinates: [26.84, 106.59] } },
    code: 'BAD_INPUT',
  }),
  registerAgreement: () => ({
    by: coop.manager,
    input: { kind: 'REVENUE_SHARE', promisorId: coop.id, product: { id: productId }, validFrom: '2026-01-01', rate: '0.1' },
    changed: { rate: '0.2' },
    mistake: { rate: '1.01' },
    code: 'PROMISE_OVER_ONE',
  }),
  registerShop: () => ({
    by: coop.manager,
    input: { organisationId: coop.id, name: 'Kiwi shop', platform: 'SHOPIFY', webhookSecret: 'a-secret-of-the-shop' },
    changed: { platform: 'GENERIC' },
    mistake: { name: ' ' },
    code: 'BAD_INPUT',
  }),
  registerListing: () => ({
    by: coop.manager,
    input: { shopId, sku: randomUUID(), components: [{ product: { id: productId }, quantity: kg('5') }], stockRule: 'CHOSEN' },
    changed: { stockRule: 'FIFO' },
    mistake: { components: [{ product: { id: productId }, quantity: pieces('0') }] },
    code: 'QUANTITY_NOT_POSITIVE',
  }),
  registerDevice: () => ({
    by: coop.manager,
    input: { deviceId: `probe-${randomUUID()}`, organisationId: coop.id, model: 'Soil probe' },
    changed: { model: 'Weather station' },
    mistake: { deviceId: 'agri/#' },
    code: 'DEVICE_ID_INVALID',
  }),
  deployDevice: () => ({
    by: coop.manager,
    input: { deviceId, channels: [randomUUID()], at: { facilityId: coop.facilityId }, from: '2026-03-01T00:00:00+08:00' },
    changed: { depthCm: 20 },
    mistake: { at: { facilityId: randomUUID() } },
    code: 'NOT_FOUND',
  }),
};
const NAMES = Object.keys(registrations);

function registration(name: string): Registration {
  const made = registrations[name]?.();
  if (!made) throw new Error(`No registration ${name}.`);
  return made;
}

describe('a registration', () => {
  it.each(NAMES)('%s is accepted once, and answered as a replay when it is sent again', async (name) => {
    const { by, input } = registration(name);
    const id = randomUUID();
    const send = (): Promise<unknown> => by.mutate(name, { id, ...input }, 'id replayed');
    expect(await send()).toEqual({ id, replayed: false });
    expect(await send()).toEqual({ id, replayed: true });
    expect(await by.mutate(name, { id: id.toUpperCase(), ...input }, 'id replayed')).toEqual({ id, replayed: true });
  });

  it.each(NAMES)('%s of an accepted id with other content is a conflict, and so is one of another organisation', async (name) => {
    const { by, input, changed } = registration(name);
    const id = randomUUID();
    await by.mutate(name, { id, ...input }, 'id');
    expect(await by.rejection(name, { id, ...input, ...changed })).toBe('CONFLICT');
    expect(await other.manager.rejection('createApiKey', { id, organisationId: other.id, role: 'CLERK' })).toBe('CONFLICT');
    expect(await by.mutate(name, { id, ...input }, 'id replayed')).toEqual({ id, replayed: true });
  });

  it.each(NAMES)('%s that was rejected may be sent again mended, under its id', async (name) => {
    const { by, input, mistake, code } = registration(name);
    const id = randomUUID();
    expect(await by.rejection(name, { id, ...input, ...mistake })).toBe(code);
    expect(await by.mutate(name, { id, ...input }, 'id replayed')).toEqual({ id, replayed: false });
  });

  it('sent ten times at once is made once', async () => {
    const id = randomUUID();
    const { input } = registration('registerFacility');
    const send = (): Promise<{ replayed: boolean }> => coop.manager.mutate('registerFacility', { id, ...input }, 'replayed');
    const answers = await Promise.all(Array.from({ length: 10 }, send));
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  });
});

describe('an area code', () => {
  it.each(['registerOrganisation', 'createApiKey', 'registerFacility', 'registerHousehold', 'registerPlot'])(
    'in %s is of letters, digits and hyphens',
    async (name) => {
      const { by, input } = registration(name);
      for (const areaCode of ['', '52 03', '520381; DROP', '贵州', '5'.repeat(33)]) {
        expect([areaCode, await by.rejection(name, { id: randomUUID(), ...input, areaCode })]).toEqual([areaCode, 'BAD_INPUT']);
      }
    },
  );
});

describe('a GS1 key', () => {
  it('that another organisation has is taken', async () => {
    const gtin = aGtin();
    await aProduct(coop.manager, coop.id, { gtin });
    await expect(aProduct(other.manager, other.id, { gtin })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    await anOrganisation(world.admin, { gln: '6901234000009' });
    await expect(anOrganisation(world.admin, { gln: '6901234000009' })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    await expect(anOrganisation(world.admin, { gln: '6901234000008' })).rejects.toMatchObject({
      code: 'CHECK_DIGIT_WRONG',
      inputPath: ['gln'],
    });
  });
});

describe('a day', () => {
  it.each(['0000-01-01', '2026-02-30', '2026-1-1', 'today'])('such as %s is none', async (validFrom) => {
    const { by, input } = registration('recordMembership');
    expect(await by.rejection('recordMembership', { id: randomUUID(), ...input, validFrom })).toBe('BAD_INPUT');
  });
});
