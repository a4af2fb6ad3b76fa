import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SCALE } from '../../../src/core/income/coefficient.js';
import { LedgerService } from '../../../src/modules/ledger/index.js';
import { Database } from '../../../src/platform/database/database.js';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';

let world: TestApp;
let ledger: LedgerService;
let database: Database;

beforeAll(async () => {
  world = await startTestApp();
  ledger = world.app.get(LedgerService, { strict: false });
  database = world.app.get(Database, { strict: false });
});
afterAll(() => world.stop());

/** Amounts in hundredths of a minor unit, by payee; they add up to whole minor units. */
function post(sellerId: string, hundredths: Readonly<Record<string, bigint>>): Promise<string | null> {
  const sum = Object.values(hundredths).reduce((total, value) => total + value, 0n);
  const deltas = Object.entries(hundredths).map(([payeeKey, value]) => ({
    payeeKey,
    agreementId: null,
    deltaScaled: (value * SCALE) / 100n,
  }));
  return database.transaction((tx) =>
    ledger.postAttribution(tx, {
      passId: randomUUID(),
      sellerId,
      currency: 'CNY',
      deltas,
      poolDeltaMinor: sum / 100n,
      cause: `test ${sellerId}`,
      at: { epochMs: Date.parse('2026-06-01T00:00:00Z'), offsetMinutes: 0 },
    }),
  );
}

async function balances(sellerId: string): Promise<Record<string, bigint>> {
  const rows = await database.reader.query<{ account: string; amount: string }>(
    `SELECT account, sum(amount)::bigint AS amount FROM journals, unnest(accounts, amounts_minor) AS entry (account, amount)
      WHERE cause = $1 GROUP BY account`,
    [`test ${sellerId}`],
  );
  return Object.fromEntries(rows.map(({ account, amount }) => [account.replace(`ORGANISATION:${sellerId}/`, ''), BigInt(amount)]));
}

describe('the attribution book', () => {
  it('divides many sales of 3 fen 75 to 25 without drift, whoever comes at the same moment', async () => {
    const sellerId = randomUUID();
    // The two payees are named in either order: locks are taken in one.
    await Promise.all(Array.from({ length: 100 }, (_, i) => post(sellerId, i % 2 ? { a: 225n, b: 75n } : { b: 75n, a: 225n })));
    expect(await balances(sellerId)).toMatchObject({ a: 225n, b: 75n, SALES: -300n });
  });

  it('keeps every posted total within half a minor unit of what is exactly due', async () => {
    const sellerId = randomUUID();
    for (let i = 0; i < 7; i += 1) await post(sellerId, { a: 33n, b: 33n, c: 34n });
    const rows = await database.reader.query<{ distance: string }>(
      'SELECT abs(exact_scaled - posted_minor * 1000000000000000000)::text AS distance FROM running_totals WHERE seller_id = $1',
      [sellerId],
    );
    expect(rows).toHaveLength(3);
    for (const { distance } of rows) expect(BigInt(distance) <= SCALE / 2n).toBe(true);
    const { SALES, ROUNDING = 0n, ...payees } = await balances(sellerId);
    expect(SALES).toBe(-7n);
    expect(Object.values(payees).reduce((sum, amount) => sum + amount, ROUNDING)).toBe(7n);
  });

  it('writes no journal where no rounded total moves, and takes everything back by the opposite', async () => {
    const sellerId = randomUUID();
    expect(await post(sellerId, { a: 40n, b: -40n })).toBeNull();
    expect(await post(sellerId, { a: -40n, b: 40n })).toBeNull();
    expect(await post(sellerId, { a: 600n, b: 400n })).toEqual(expect.any(String));
    await post(sellerId, { a: -600n, b: -400n });
    expect(Object.values(await balances(sellerId)).every((amount) => amount === 0n)).toBe(true);
    expect(await post(sellerId, {})).toBeNull();
  });

  it('refuses deltas that do not add up to what is divided', async () => {
    const posting = {
      passId: randomUUID(),
      sellerId: randomUUID(),
      currency: 'CNY',
      deltas: [{ payeeKey: 'a', agreementId: null, deltaScaled: SCALE }],
      poolDeltaMinor: 2n,
      cause: 'test',
      at: { epochMs: 0, offsetMinutes: 0 },
    };
    await expect(database.transaction((tx) => ledger.postAttribution(tx, posting))).rejects.toThrow('adds up to what it divides');
  });

  it('is balanced by the database itself', async () => {
    const insert = (amounts: number[]): Promise<unknown> =>
      database.reader.query(
        `INSERT INTO journals (id, book, currency, cause, accounts, amounts_minor, recorded_at)
         VALUES ($1, 'ATTRIBUTION', 'CNY', 'test', ARRAY['a', 'b'], $2::bigint[], now())`,
        [randomUUID(), amounts],
      );
    await expect(insert([1, -2])).rejects.toThrow('check constraint');
    await expect(insert([1, -1])).resolves.toEqual([]);
  });
});
