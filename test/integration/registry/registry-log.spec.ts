import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DatedFact } from '../../../src/core/registry/as-of.js';
import { holding, inForce } from '../../../src/core/registry/as-of.js';
import type { ChangeToAppend } from '../../../src/modules/registry/index.js';
import { RegistryLogService } from '../../../src/modules/registry/index.js';
import { holdingSql, inForceOrder } from '../../../src/modules/registry/standing.js';
import { Clock } from '../../../src/platform/clock/clock.js';
import { Database } from '../../../src/platform/database/database.js';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import { aHousehold, anOrganisationAtWork, aProduct } from '../../support/builders.js';
import { administer } from '../../support/database.js';

const HOUR_MS = 3_600_000;

class MovedClock extends Clock {
  aheadMs = 0;
  override nowMs(): number {
    return super.nowMs() + this.aheadMs;
  }
}

const clock = new MovedClock();
let world: TestApp;
let log: RegistryLogService;
let database: Database;

beforeAll(async () => {
  world = await startTestApp({ clock });
  log = world.app.get(RegistryLogService, { strict: false });
  database = world.app.get(Database, { strict: false });
});
beforeEach(() => {
  clock.aheadMs = 0;
});
afterAll(() => world.stop());

const change = (): ChangeToAppend => ({ kind: 'PRODUCT', subjectId: randomUUID(), organisationId: randomUUID() });
const append = (count: number): Promise<bigint[]> => database.transaction((tx) => log.append(tx, Array.from({ length: count }, change)));
const seqs = async (above = -1n): Promise<bigint[]> => {
  const rows = await database.reader.query<{ seq: string }>('SELECT seq FROM registry_changes WHERE seq > $1 ORDER BY seq', [above]);
  return rows.map(({ seq }) => BigInt(seq));
};

describe('the log of the registry', () => {
  it('numbers a list of changes one by one, in their order', async () => {
    const last = await log.lastSeq();
    expect(await append(3)).toEqual([last + 1n, last + 2n, last + 3n]);
    expect(await append(0)).toEqual([]);
    expect(await log.lastSeq()).toBe(last + 3n);
  });

  it('has no gap where a transaction is rolled back, and none while it runs', async () => {
    const before = await log.lastSeq();
    const failed = database.transaction(async (tx) => {
      await log.append(tx, [change(), change()]);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    let next: Promise<bigint[]> = Promise.resolve([]);
    await database.transaction(async (tx) => {
      expect(await log.append(tx, [change()])).toEqual([before + 1n]);
      next = append(1);
      expect(await Promise.race([next, delay(200, 'waits')])).toBe('waits');
      expect(await log.lastSeq()).toBe(before);
    });
    expect(await next).toEqual([before + 2n]);
  });

  it('is read as far as it goes, and nothing ever appears below what was read', async () => {
    const start = await log.lastSeq();
    const writing = { now: true };
    const writers = Promise.all(
      Array.from({ length: 6 }, async (_, writer) => {
        for (let i = 0; i < 8; i += 1) {
          await database.transaction(async (tx) => {
            await log.append(tx, Array.from({ length: 1 + (writer % 3) }, change));
            await delay(writer);
          });
        }
      }),
    ).finally(() => (writing.now = false));
    const reads: bigint[][] = [];
    while (writing.now) reads.push(await seqs(start));
    await writers;
    const all = await seqs(start);
    expect(all).toEqual(Array.from({ length: 96 }, (_, i) => start + BigInt(i) + 1n));
    for (const read of reads) expect(read).toEqual(all.slice(0, read.length));
    expect(reads.length).toBeGreaterThan(2);
  });

  it('takes no change back', async () => {
    await append(1);
    for (const sql of ['UPDATE registry_changes SET kind = kind', 'DELETE FROM registry_changes', 'TRUNCATE registry_changes']) {
      await expect(administer((client) => client.query(sql).then(() => undefined), world.databaseUrl)).rejects.toMatchObject({
        code: 'SH001',
      });
    }
  });

  it('has times that never run backwards, whatever a clock says', async () => {
    clock.aheadMs = 2 * HOUR_MS;
    await append(1);
    clock.aheadMs = 0;
    await append(1);
    const rows = await database.reader.query<{ late: boolean }>(
      'SELECT recorded_at < lag(recorded_at) OVER (ORDER BY seq) AS late FROM registry_changes',
    );
    expect(rows.filter(({ late }) => late)).toEqual([]);
  });

  it('knows every change whose number a fact carries', async () => {
    const coop = await anOrganisationAtWork(world.admin);
    await aHousehold(world.admin, coop.id, { status: { kind: 'REGISTERED', validFrom: '2026-01-01', register: 'CN' } });
    const tables = await database.reader.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.columns
       WHERE table_schema = 'public' AND column_name = 'seq' AND data_type = 'bigint' AND table_name <> 'registry_changes'`,
    );
    const names = tables.map(({ name }) => name).filter((name) => OF_THE_REGISTRY.test(name));
    expect(names).toEqual(expect.arrayContaining(['households', 'memberships', 'household_statuses', 'facilities']));
    for (const name of names) {
      const strays = await database.reader.query(
        `SELECT 1 FROM ${name} AS fact WHERE NOT EXISTS (SELECT FROM registry_changes AS change WHERE change.seq = fact.seq)`,
      );
      expect([name, strays.length]).toEqual([name, 0]);
    }
  });
});

/** Tables of other modules number their own things. */
const OF_THE_REGISTRY = /^(facilit|product|household|membership|plot|agreement|area|recipe|guarantee|target_group|safety)/;

describe('a question', () => {
  interface Asked {
    readonly products: { readonly nodes: readonly { readonly id: string }[] };
  }

  it('is answered as known at a moment or at a snapshot, and without either as known now', async () => {
    const coop = await anOrganisationAtWork(world.admin);
    const first = await aProduct(coop.manager, coop.id);
    const snapshot = await log.snapshot();
    clock.aheadMs = HOUR_MS * 3;
    const second = await aProduct(coop.manager, coop.id);
    const products = async (asOf: Readonly<Record<string, string>> | null): Promise<string[]> => {
      const answer = await coop.manager.query<Asked>('query ($asOf: AsOfInput) { products(asOf: $asOf) { nodes { id } } }', { asOf });
      return answer.products.nodes.map(({ id }) => id).sort();
    };
    const between = new Date(clock.nowMs() - HOUR_MS / 2).toISOString();
    expect(await products(null)).toEqual([first.id, second.id].sort());
    expect(await products({ snapshot })).toEqual([first.id]);
    expect(await products({ knownAt: between })).toEqual([first.id]);
    expect(await products({ knownAt: '2020-01-01T00:00:00Z' })).toEqual([]);
  });

  it.each([
    ['a moment and a snapshot', { knownAt: '2026-01-01T00:00:00Z', snapshot: 'registry-0' }, 'AS_OF_CONTRADICTS'],
    ['a moment still to come', { knownAt: '2999-01-01T00:00:00Z' }, 'TIME_IN_FUTURE'],
    ['a snapshot still to come', { snapshot: 'registry-999999999' }, 'SNAPSHOT_UNKNOWN'],
    ['a snapshot of no known form', { snapshot: 'latest' }, 'SNAPSHOT_UNKNOWN'],
  ])('that names %s is refused', async (_, asOf, code) => {
    await expect(world.admin.query('query ($asOf: AsOfInput) { products(asOf: $asOf) { nodes { id } } }', { asOf })).rejects.toMatchObject({
      code,
    });
  });

  it('that names no day is about today, where the asker is', async () => {
    const { id: organisationId } = await anOrganisationAtWork(world.admin, { timeZone: 'Pacific/Kiritimati' });
    const kiritimati = { keyId: randomUUID(), organisationId, role: 'MANAGER', areaCode: null } as const;
    clock.aheadMs = Date.parse('2026-12-31T11:30:00Z') - new Clock().nowMs();
    expect((await log.asOf(kiritimati, null)).on).toBe('2027-01-01');
    expect((await log.asOf(kiritimati, { on: '2020-02-29' })).on).toBe('2020-02-29');
  });
});

describe('the rule of what stands', () => {
  const dayOf = (number: number): string => new Date(Date.UTC(2026, 0, 1 + number)).toISOString().slice(0, 10);
  const said = fc.record({
    subject: fc.nat(2),
    from: fc.nat(20),
    days: fc.option(fc.integer({ min: 1, max: 15 })),
    corrects: fc.option(fc.nat(50)),
    retracts: fc.boolean(),
  });
  type Fact = DatedFact & { readonly subject: number };
  const history = fc.array(said, { minLength: 1, maxLength: 25 }).map((all) => {
    const facts: Fact[] = [];
    for (const [place, { subject, from, days, corrects, retracts }] of all.entries()) {
      const heads = facts.filter(({ id }) => !facts.some(({ supersedes }) => supersedes === id));
      const corrected = corrects === null || heads.length === 0 ? undefined : heads[corrects % heads.length];
      facts.push({
        id: randomUUID(),
        subject: corrected?.subject ?? subject,
        seq: BigInt(place + 1),
        validFrom: dayOf(from),
        validTo: days === null ? null : dayOf(from + days),
        supersedes: corrected?.id ?? null,
        retraction: corrected !== undefined && retracts,
      });
    }
    return facts;
  });

  it('is the same in SQL as in the core, on any history', async () => {
    await administer(async (client) => {
      await client.query('CREATE TEMP TABLE facts (id uuid PRIMARY KEY, subject int, valid_from date NOT NULL, valid_to date)');
      await client.query('CREATE PROCEDURE pg_temp.make_append_only(regclass) LANGUAGE sql AS $$ SELECT 1 $$');
      await client.query("CALL make_dated_facts('facts')");
      await client.query('DROP TRIGGER append_only ON facts; DROP TRIGGER append_only_truncate ON facts');
      const where = holdingSql('facts', 'fact', { day: '$1', seq: '$2' });
      await fc.assert(
        fc.asyncProperty(history, fc.integer({ min: -1, max: 36 }).map(dayOf), fc.nat(25), async (facts, on, known) => {
          await client.query('DELETE FROM facts');
          await client.query(
            `INSERT INTO facts (id, subject, valid_from, valid_to, seq, supersedes, retraction)
             SELECT * FROM json_to_recordset($1) AS given(id uuid, subject int, valid_from date, valid_to date, seq bigint, supersedes uuid, retraction boolean)`,
            [JSON.stringify(facts.map((fact) => ({ ...fact, seq: Number(fact.seq), valid_from: fact.validFrom, valid_to: fact.validTo })))],
          );
          const asOf = { on, seq: BigInt(known) };
          const held = await client.query<{ id: string }>(`SELECT id FROM facts AS fact WHERE ${where} ORDER BY seq`, [on, known]);
          expect(held.rows.map(({ id }) => id)).toEqual(holding(facts, asOf).map(({ id }) => id));
          const forced = await client.query<{ id: string }>(
            `SELECT DISTINCT ON (subject) id FROM facts AS fact WHERE ${where} ORDER BY subject, ${inForceOrder('fact')}`,
            [on, known],
          );
          const expected = [0, 1, 2].map(
            (subject) =>
              inForce(
                facts.filter((fact) => fact.subject === subject),
                asOf,
              )?.id,
          );
          expect(forced.rows.map(({ id }) => id)).toEqual(expected.filter((id) => id !== undefined));
        }),
        { numRuns: 150 },
      );
    }, world.databaseUrl);
  });
});
