import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NewPayment } from '../../../src/modules/ledger/index.js';
import { PaymentService } from '../../../src/modules/ledger/index.js';
import type { ResolvedParty } from '../../../src/modules/registry/index.js';
import { Database } from '../../../src/platform/database/database.js';
import { FileService } from '../../../src/platform/files/file.service.js';
import { UploadService } from '../../../src/platform/files/upload.service.js';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import { aHousehold, anOrganisation } from '../../support/builders.js';
import { administer } from '../../support/database.js';

let world: TestApp;
let payments: PaymentService;
let database: Database;

beforeAll(async () => {
  world = await startTestApp();
  payments = world.app.get(PaymentService, { strict: false });
  database = world.app.get(Database, { strict: false });
});
afterAll(() => world.stop());

const cooperativeId = randomUUID();

function aPayment(input: Partial<NewPayment> = {}): NewPayment {
  return {
    id: randomUUID(),
    causeKind: 'EVENT',
    causeId: randomUUID(),
    stepId: randomUUID(),
    kind: 'PURCHASE',
    payer: { kind: 'ORGANISATION', id: cooperativeId },
    payee: { kind: 'HOUSEHOLD', id: randomUUID() },
    payeeMemberId: null,
    amountMinor: 40_000n,
    currency: 'CNY',
    status: 'PAYABLE',
    method: null,
    at: { epochMs: Date.parse('2026-05-26T00:30:00Z'), offsetMinutes: 480 },
    causeOn: '2026-05-26',
    paidOn: null,
    evidence: [],
    recordedBy: cooperativeId,
    ...input,
  };
}

const record = (...list: NewPayment[]): Promise<void> => database.transaction((tx) => payments.record(tx, list));
const ofStep = (payment: NewPayment): ReturnType<PaymentService['paymentsOfSteps']> =>
  payments.paymentsOfSteps(database.reader, [payment.stepId ?? '']);

/** The id of a file that the cooperative has sent. */
async function aSlip(text: string): Promise<string> {
  const { id } = await world.app
    .get(UploadService, { strict: false })
    .sendWhole({ organisationId: cooperativeId }, null, Readable.from([Buffer.from(text)]));
  return id;
}

async function journalsOf(payment: NewPayment): Promise<Map<string, bigint>[]> {
  const rows = await database.reader.query<{ accounts: string[]; amounts: string[] }>(
    `SELECT accounts, amounts_minor AS amounts FROM journals WHERE book = 'PAYMENT' AND cause = $1`,
    [`payment ${payment.id}`],
  );
  return rows.map(({ accounts, amounts }) => new Map(accounts.map((account, i) => [account, BigInt(amounts[i] ?? '0')])));
}

describe('a payment', () => {
  it('is stored with its first fact and one balanced journal, and reads back as it was recorded', async () => {
    const payment = aPayment({ status: 'PAID', paidOn: '2026-05-27', method: 'CASH', evidence: [await aSlip('paid')] });
    await record(payment);
    const { id, stepId, kind, payer, payee, amountMinor, currency, causeKind, causeId, causeOn } = payment;
    expect(await ofStep(payment)).toEqual([
      {
        ...{ id, stepId, kind, payer, payee, amountMinor, currency, causeKind, causeId, causeOn },
        ...{ status: 'PAID', admittedMinor: null, paidOn: '2026-05-27' },
      },
    ]);
    expect(await journalsOf(payment)).toEqual([
      new Map([
        [`HOUSEHOLD:${payee.id}/INCOME/REACHED`, 40_000n],
        [`ORGANISATION:${cooperativeId}/INCOME/REACHED`, -40_000n],
      ]),
    ]);
  });

  it('is refused with evidence that was never sent, and says of the same slip on another payment which one that is', async () => {
    await expect(record(aPayment({ evidence: ['a'.repeat(64)] }))).rejects.toMatchObject({ code: 'FILE_UNKNOWN', path: ['evidence', '0'] });
    const slip = await aSlip('one slip for two');
    const [first, second] = [aPayment({ evidence: [slip] }), aPayment({ evidence: [slip] })];
    await record(first);
    await record(second);
    const files = world.app.get(FileService, { strict: false });
    expect(await files.sharedWith(database.reader, 'payment', [first.id, second.id])).toEqual(
      new Map([
        [first.id, [{ fileId: slip, recordKind: 'payment', recordId: second.id }]],
        [second.id, [{ fileId: slip, recordKind: 'payment', recordId: first.id }]],
      ]),
    );
  });

  it('of nothing is recorded without a journal', async () => {
    const payment = aPayment({ amountMinor: 0n });
    await record(payment);
    expect(await ofStep(payment)).toHaveLength(1);
    expect(await journalsOf(payment)).toEqual([]);
  });

  it('goes in by the thousand as it goes in alone', async () => {
    const stepId = randomUUID();
    await record(...Array.from({ length: 1_000 }, (_, i) => aPayment({ stepId, amountMinor: BigInt(i + 1) })));
    const found = await payments.paymentsOfSteps(database.reader, [stepId]);
    expect(found.reduce((sum, payment) => sum + payment.amountMinor, 0n)).toBe(500_500n);
  });

  it('to oneself, under a taken id, or in a status that only others can give is refused whole', async () => {
    const good = aPayment();
    const self = aPayment({ payee: { kind: 'ORGANISATION', id: cooperativeId } });
    await expect(record(good, self)).rejects.toMatchObject({ code: 'TRADE_WITH_ONESELF' });
    await expect(record(good, aPayment({ status: 'CONFIRMED' }))).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(record(good, good)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await ofStep(good)).toEqual([]);
    await record(good);
    await expect(record(aPayment({ id: good.id }))).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('cannot be changed or deleted, not even by the owner of the tables', async () => {
    const payment = aPayment();
    await record(payment);
    await database.transaction(async (tx) => {
      await tx.query(`INSERT INTO payment_facts (payment_id, status, at, recorded_by, recorded_at) VALUES ($1, 'PAID', now(), $2, now())`, [
        payment.id,
        cooperativeId,
      ]);
    });
    for (const table of ['payments', 'payment_facts', 'journals']) {
      for (const sql of [`UPDATE ${table} SET recorded_at = now()`, `DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`]) {
        await expect(
          administer(async (client) => {
            await client.query(sql);
          }, world.databaseUrl),
        ).rejects.toThrow('append-only');
      }
    }
    expect(await ofStep(payment)).toHaveLength(1);
  });
});

describe('a payable', () => {
  const paid = (payable: NewPayment, amountMinor: bigint): Parameters<PaymentService['settle']>[2] => {
    const { id, payer, payee, payeeMemberId, currency, method, at, evidence, recordedBy } = aPayment({ payee: payable.payee });
    return {
      id,
      payer,
      payee,
      payeeMemberId,
      currency,
      method,
      at,
      evidence,
      recordedBy,
      amountMinor,
      status: 'PAID',
      paidOn: '2026-06-01',
    };
  };
  const settle = (payable: NewPayment, amountMinor: bigint): Promise<unknown> =>
    database.transaction((tx) => payments.settle(tx, payable.id, paid(payable, amountMinor)));

  it('is payable by its open rest only, and can be settled in parts but not beyond', async () => {
    const payable = aPayment({ amountMinor: 1_000n });
    await record(payable);
    await settle(payable, 400n);
    const open = async (): Promise<unknown> => (await ofStep(payable)).map(({ status, amountMinor, kind }) => [status, amountMinor, kind]);
    expect(await open()).toEqual([
      ['PAYABLE', 600n, 'PURCHASE'],
      ['PAID', 400n, 'PURCHASE'],
    ]);
    await expect(settle(payable, 601n)).rejects.toMatchObject({ code: 'AMOUNT_OUT_OF_RANGE' });
    await settle(payable, 600n);
    expect((await ofStep(payable)).map(({ status, amountMinor }) => [status, amountMinor])).toEqual([
      ['PAYABLE', 0n],
      ['PAID', 400n],
      ['PAID', 600n],
    ]);
  });

  it('is not settled twice by two at the same moment', async () => {
    const payable = aPayment({ amountMinor: 1_000n });
    await record(payable);
    const outcomes = await Promise.allSettled([settle(payable, 700n), settle(payable, 700n)]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('the payments that a capture names', () => {
  it('go to the household of a member, in one currency, with ids that a replay makes again', async () => {
    const cooperative = await anOrganisation(world.admin);
    const household = await aHousehold(world.admin, cooperative.id);
    const captureId = randomUUID();
    const occasion = {
      captureId,
      stepId: randomUUID(),
      payer: { kind: 'ORGANISATION', id: cooperative.id },
      at: { epochMs: Date.parse('2026-05-26T20:00:00Z'), offsetMinutes: 0 },
      causeOn: '2026-05-27',
      timeZone: 'Asia/Shanghai',
      recordedBy: cooperative.id,
      causeKind: 'EVENT',
      causeId: captureId,
    } as const;
    const wage = { kind: 'WAGE', payee: { memberId: household.memberId }, amount: { amount: '12.50', currency: 'CNY' } } as const;
    const inputs = [wage, { ...wage, status: 'PAID', paidAt: '2026-05-28T23:30:00Z' } as const];
    const ids = await database.transaction((tx) => payments.stepPayments(tx, { ...occasion, inputs }));
    const found = await payments.paymentsOfSteps(database.reader, [occasion.stepId]);
    expect(found.map(({ id, payee, amountMinor, status, paidOn }) => ({ id, payee, amountMinor, status, paidOn }))).toEqual([
      { id: ids[0], payee: { kind: 'HOUSEHOLD', id: household.id }, amountMinor: 1_250n, status: 'PAYABLE', paidOn: null },
      // Half past eleven at night in Greenwich is the next morning where the cooperative is.
      { id: ids[1], payee: { kind: 'HOUSEHOLD', id: household.id }, amountMinor: 1_250n, status: 'PAID', paidOn: '2026-05-29' },
    ]);
    const dollars = { ...wage, amount: { amount: '1.00', currency: 'USD' } };
    const mixed = database.transaction((tx) =>
      payments.stepPayments(tx, { ...occasion, captureId: randomUUID(), inputs: [wage, dollars] }),
    );
    await expect(mixed).rejects.toMatchObject({ code: 'CURRENCY_MISMATCH' });
  });

  it('split a delivery between those who share in it, to the last fen', async () => {
    const cooperative = await anOrganisation(world.admin);
    const owner = await aHousehold(world.admin, cooperative.id);
    const cropper = await aHousehold(world.admin, cooperative.id);
    const deliver = async (parts: [string, string], amountMinor: bigint | null): Promise<bigint[]> => {
      const stepId = randomUUID();
      const shared = (household: { readonly id: string }): ResolvedParty => ({
        party: { kind: 'HOUSEHOLD', id: household.id },
        memberId: null,
      });
      await database.transaction((tx) => {
        const planned = payments.ofDelivery({
          captureId: randomUUID(),
          stepId,
          payer: { kind: 'ORGANISATION', id: cooperative.id },
          at: { epochMs: Date.parse('2026-05-26T00:00:00Z'), offsetMinutes: 0 },
          causeOn: '2026-05-26',
          timeZone: 'Asia/Shanghai',
          recordedBy: cooperative.id,
          terms: { payees: [owner, cropper].map((household, i) => ({ payee: { householdId: household.id }, part: parts[i] ?? '' })) },
          priced: amountMinor === null ? null : { amountMinor, currency: 'CNY' },
          grower: shared(owner),
          payees: [owner, cropper].map(shared),
          deliveryId: randomUUID(),
        });
        return payments.record(tx, planned);
      });
      return (await payments.paymentsOfSteps(database.reader, [stepId])).map((payment) => payment.amountMinor);
    };
    expect((await deliver(['0.75', '0.25'], 10n)).reduce((sum, amount) => sum + amount, 0n)).toBe(10n);
    expect(await deliver(['0.7', '0.3'], 1_000n)).toEqual([700n, 300n]);
    expect(await deliver(['0.7', '0.3'], null)).toEqual([]);
    await expect(deliver(['0.7', '0.4'], 1_000n)).rejects.toMatchObject({ code: 'FRACTION_INVALID' });
    await expect(deliver(['1.5', '-0.5'], 1_000n)).rejects.toMatchObject({ code: 'FRACTION_INVALID' });
  });
});
