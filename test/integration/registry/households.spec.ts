import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PartyService, RegistryLogService, RegistryService, StatusService } from '../../../src/modules/registry/index.js';
import { Database } from '../../../src/platform/database/database.js';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import type { AnOrganisationAtWork } from '../../support/builders.js';
import { aHousehold, aKey, anOrganisation, anOrganisationAtWork, aPoorHousehold, AREA } from '../../support/builders.js';
import type { GraphqlClient } from '../../support/graphql.js';

let world: TestApp;
let coop: AnOrganisationAtWork;
let other: AnOrganisationAtWork;
let supervisor: GraphqlClient;
let worker: GraphqlClient;
let parties: PartyService;
let registry: RegistryService;
let statuses: StatusService;
let log: RegistryLogService;
let database: Database;

beforeAll(async () => {
  world = await startTestApp();
  coop = await anOrganisationAtWork(world.admin);
  other = await anOrganisationAtWork(world.admin);
  const authority = await anOrganisation(world.admin, { kind: 'AUTHORITY' });
  supervisor = (await aKey(world.admin, authority.id, 'SUPERVISOR', { areaCode: AREA })).client;
  worker = (await aKey(world.admin, authority.id, 'VILLAGE_WORKER', { areaCode: AREA })).client;
  parties = world.app.get(PartyService, { strict: false });
  registry = world.app.get(RegistryService, { strict: false });
  statuses = world.app.get(StatusService, { strict: false });
  log = world.app.get(RegistryLogService, { strict: false });
  database = world.app.get(Database, { strict: false });
});
afterAll(() => world.stop());

const status = (kind: string, validFrom: string): Readonly<Record<string, unknown>> => ({ kind, validFrom, register: 'CN-MONITORING' });
const record = (client: GraphqlClient, householdId: string, kind: string, validFrom: string): Promise<string | null> =>
  client.rejection('recordHouseholdStatus', { id: randomUUID(), householdId, status: status(kind, validFrom) });

async function verdicts(
  householdId: string,
  days: readonly string[],
  options: { snapshot?: string; group?: string } = {},
): Promise<string[]> {
  const questions = days.map((day) => ({ householdId, day }));
  return statuses.verdicts(database.reader, questions, options.snapshot ?? (await statuses.snapshot(database.reader)), options.group);
}

describe('registering a household', () => {
  it('keeps names, national ids and phones sealed', async () => {
    const memberId = randomUUID();
    const [name, nationalId, phone] = ['罗春梅', '520123198001011234', '13800000000'];
    await aHousehold(coop.manager, coop.id, {
      members: [{ id: memberId, name, nationalId, phone, sex: 'female', birthYear: 1980, head: true }],
    });
    const [row] = await database.reader.query('SELECT * FROM household_members WHERE id = $1', [memberId]);
    const stored = Object.values(row ?? {}).map((value) => (Buffer.isBuffer(value) ? value.toString('utf8') : String(value)));
    expect(stored).toContain('female');
    for (const secret of [name, nationalId, phone]) expect(stored.join(' ')).not.toContain(secret);
    const requests = await database.reader.query<{ answer: unknown }>('SELECT answer FROM client_requests');
    expect(JSON.stringify(requests)).not.toContain(name);
  });

  it('records the membership, by the day on which it began', async () => {
    const household = await aHousehold(coop.manager, coop.id, { memberSince: '2026-03-01' });
    const memberOn = async (day: string, cooperativeId = coop.id): Promise<boolean> =>
      (await registry.isMember(database.reader, [household.id], cooperativeId, day)).has(household.id);
    expect([await memberOn('2026-02-28'), await memberOn('2026-03-01'), await memberOn('2026-03-01', other.id)]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('is for the own cooperative only, and says nothing of who is poor, unless the register’s keepers do it', async () => {
    await expect(aHousehold(coop.manager, other.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(aPoorHousehold(coop.manager, coop.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const clerk = await aKey(world.admin, coop.id, 'CLERK');
    await expect(aPoorHousehold(clerk.client, coop.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const poor = await aPoorHousehold(worker, coop.id);
    expect(await verdicts(poor.id, ['2026-01-01'])).toEqual(['IN']);
    await expect(aHousehold(worker, coop.id, { areaCode: '522723' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('answers a replay as the first time, a change with a conflict, and leaves nothing behind when it is refused', async () => {
    const memberId = randomUUID();
    const input = { id: randomUUID(), areaCode: AREA, members: [{ id: memberId, name: 'Grower' }] };
    const bad = { ...input, cooperativeId: other.id, memberSince: '2026-01-01' };
    expect(await coop.manager.rejection('registerHousehold', bad)).toBe('FORBIDDEN');
    const selection = 'id replayed household { id areaCode }';
    const answer = { id: input.id, replayed: false, household: { id: input.id, areaCode: AREA } };
    expect(await coop.manager.mutate('registerHousehold', input, selection)).toEqual(answer);
    expect(await coop.manager.mutate('registerHousehold', input, selection)).toEqual({ ...answer, replayed: true });
    expect(await coop.manager.rejection('registerHousehold', { ...input, areaCode: '5203' })).toBe('CONFLICT');
    expect(await coop.manager.rejection('registerHousehold', { ...input, id: randomUUID() })).toBe('ALREADY_EXISTS');
  });

  it('is refused without members, with two heads, a birth in the future, or a date without a cooperative', async () => {
    const rejection = (input: Readonly<Record<string, unknown>>): Promise<string | null> =>
      coop.manager.rejection('registerHousehold', {
        id: randomUUID(),
        areaCode: AREA,
        members: [{ id: randomUUID(), name: 'Grower' }],
        ...input,
      });
    const member = (input: Readonly<Record<string, unknown>> = {}): unknown => ({ id: randomUUID(), name: 'Grower', ...input });
    expect(await rejection({ members: [] })).toBe('BAD_INPUT');
    expect(await rejection({ members: [member({ head: true }), member({ head: true })] })).toBe('BAD_INPUT');
    expect(await rejection({ members: [member({ birthYear: 3000 })] })).toBe('BAD_INPUT');
    expect(await rejection({ members: [member({ sex: '\u0000' })] })).toBe('BAD_INPUT');
    expect(await rejection({ memberSince: '2026-01-01' })).toBe('BAD_INPUT');
    expect(await rejection({ areaCode: 'Xiuwen county' })).toBe('BAD_INPUT');
  });
});

describe('a membership', () => {
  it('ends on a day, and is recorded by the cooperative itself', async () => {
    const household = await aHousehold(coop.manager, coop.id);
    const input = { id: randomUUID(), householdId: household.id, cooperativeId: other.id, validFrom: '2026-01-01', validTo: '2026-07-01' };
    expect(await coop.manager.rejection('recordMembership', input)).toBe('FORBIDDEN');
    expect(await other.manager.rejection('recordMembership', { ...input, validTo: '2025-12-31' })).toBe('DATES_OUT_OF_ORDER');
    expect(await other.manager.rejection('recordMembership', { ...input, householdId: randomUUID() })).toBe('NOT_FOUND');
    expect(await other.manager.mutate('recordMembership', input, 'id replayed')).toEqual({ id: input.id, replayed: false });
    const on = (day: string): Promise<ReadonlySet<string>> => registry.isMember(database.reader, [household.id], other.id, day);
    expect([(await on('2026-06-30')).size, (await on('2026-07-01')).size]).toEqual([1, 0]);
  });
});

describe('the register', () => {
  it('is kept by its keepers, in their area', async () => {
    const here = await aHousehold(coop.manager, coop.id);
    const elsewhere = await aHousehold(coop.manager, coop.id, { areaCode: '522723' });
    expect(await record(coop.manager, here.id, 'REGISTERED', '2026-01-01')).toBe('FORBIDDEN');
    expect(await record(supervisor, here.id, 'REGISTERED', '2026-01-01')).toBeNull();
    expect(await record(worker, here.id, 'MONITORED', '2026-02-01')).toBeNull();
    expect(await record(supervisor, elsewhere.id, 'REGISTERED', '2026-01-01')).toBe('NOT_FOUND');
    expect(await record(supervisor, randomUUID(), 'REGISTERED', '2026-01-01')).toBe('NOT_FOUND');
  });

  it('judges by the day, by the target group, and not at all before the first entry', async () => {
    const household = await aHousehold(coop.manager, coop.id);
    await record(supervisor, household.id, 'EXITED', '2026-06-01');
    await record(supervisor, household.id, 'REGISTERED', '2026-01-01');
    await record(supervisor, household.id, 'MONITORED', '2026-09-01');
    const days = ['2025-12-31', '2026-01-01', '2026-06-01', '2026-09-01'];
    expect(await verdicts(household.id, days)).toEqual(['UNKNOWN', 'IN', 'OUT', 'OUT']);
    const group = 'registered-returned-or-monitored/1';
    expect(await verdicts(household.id, days, { group })).toEqual(['UNKNOWN', 'IN', 'OUT', 'IN']);
    await expect(verdicts(household.id, days, { group: 'everybody' })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  it('says at an earlier snapshot what was known then', async () => {
    const household = await aHousehold(coop.manager, coop.id);
    const before = await statuses.snapshot(database.reader);
    await record(supervisor, household.id, 'REGISTERED', '2026-01-01');
    const snapshot = await statuses.snapshot(database.reader);
    await record(supervisor, household.id, 'NOT_REGISTERED', '2026-01-01');
    expect(await verdicts(household.id, ['2026-05-01'], { snapshot: before })).toEqual(['UNKNOWN']);
    expect(await verdicts(household.id, ['2026-05-01'], { snapshot })).toEqual(['IN']);
    expect(await verdicts(household.id, ['2026-05-01'])).toEqual(['OUT']);
  });

  it('does not grow below a snapshot by an entry that was being recorded when it was taken', async () => {
    const [slow, quick] = [await aHousehold(coop.manager, coop.id), await aHousehold(coop.manager, coop.id)];
    let recorded: Promise<string | null> = Promise.resolve(null);
    await database.transaction(async (tx) => {
      const change = { kind: 'HOUSEHOLD_STATUS', subjectId: slow.id, organisationId: coop.id } as const;
      const insert = `INSERT INTO household_statuses (id, household_id, kind, valid_from, register, seq, recorded_by, recorded_at)
        VALUES ($1, $2, 'REGISTERED', '2026-01-01', 'CN-MONITORING', $3, $4, now())`;
      await tx.query(insert, [randomUUID(), slow.id, await log.appendOne(tx, change), coop.id]);
      recorded = record(supervisor, quick.id, 'REGISTERED', '2026-01-01');
      const first = await Promise.race([recorded.then(() => 'quick'), new Promise((resolve) => setTimeout(resolve, 300, 'slow'))]);
      expect(first).toBe('slow');
    });
    expect(await recorded).toBeNull();
    expect(await verdicts(slow.id, ['2026-05-01'])).toEqual(['IN']);
  });
});

describe('parties', () => {
  it('are told apart in the order of the inputs, a member standing for the household', async () => {
    const household = await aHousehold(coop.manager, coop.id);
    const inputs = [
      { memberId: household.memberId },
      { householdId: household.id },
      { organisationId: coop.id },
      { outsider: ' Bamboo trader ' },
      { unregistered: { count: 4, areaCode: AREA } },
    ];
    const own = { kind: 'HOUSEHOLD', id: household.id };
    expect(await parties.resolve(database.reader, inputs)).toEqual([
      { party: own, memberId: household.memberId },
      { party: own, memberId: null },
      { party: { kind: 'ORGANISATION', id: coop.id }, memberId: null },
      { party: { kind: 'OUTSIDER', id: expect.not.stringContaining('Bamboo') }, memberId: null },
      { party: { kind: 'UNREGISTERED', id: `${AREA}:4` }, memberId: null },
    ]);
  });

  it('know an outsider by a pseudonym, the same for the same name, and keep the name sealed', async () => {
    const resolve = async (outsider: string): Promise<string> =>
      (await parties.resolve(database.reader, [{ outsider }])).map(({ party }) => party.id).join();
    const id = await resolve('Tea trader');
    expect([await resolve(' Tea trader'), await resolve('Tea trader 2')]).toEqual([id, expect.not.stringMatching(id)]);
    const [row] = await database.reader.query<{ sealed_name: Buffer }>('SELECT sealed_name FROM outsiders WHERE id = $1', [id]);
    expect(row?.sealed_name.toString('utf8')).not.toContain('Tea');
  });

  it.each([
    ['a household', { householdId: randomUUID() }, 'NOT_FOUND'],
    ['a member', { memberId: randomUUID() }, 'NOT_FOUND'],
    ['an organisation', { organisationId: randomUUID() }, 'NOT_FOUND'],
    ['a name of nothing', { outsider: '  ' }, 'BAD_INPUT'],
    ['nobody at all', { unregistered: { count: 0, areaCode: AREA } }, 'BAD_INPUT'],
  ])('are refused where %s is not there', async (_, input, code) => {
    await expect(parties.resolve(database.reader, [{ organisationId: coop.id }, input])).rejects.toMatchObject({ code });
  });
});
