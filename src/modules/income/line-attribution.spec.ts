import { describe, expect, it } from '@jest/globals';
import { compose } from '../../core/income/composition.js';
import { SCALE } from '../../core/income/coefficient.js';
import { fraction } from '../../core/kernel/fraction.js';
import type { Party } from '../../core/ledger/party.js';
import type { Payment } from '../../core/ledger/payment.js';
import type { SaleFacts, SaleLineFacts } from '../sales/index.js';
import type { StepFacts } from '../traceability/index.js';
import { positionDeltas, readFraction, storedPositions, storedSummary } from './figure.js';
import type { Upstream } from './line-attribution.js';
import { contentHash, lineContent, splitOverLines } from './line-attribution.js';

const household: Party = { kind: 'HOUSEHOLD', id: 'h' };
const coop: Party = { kind: 'ORGANISATION', id: 'coop' };
const mill: Party = { kind: 'ORGANISATION', id: 'mill' };

function step(
  id: string,
  kind: StepFacts['kind'],
  inputs: [string, bigint][],
  output: [string, bigint],
  more: Partial<StepFacts> = {},
): StepFacts {
  return {
    id,
    kind,
    inputs: inputs.map(([holdingId, quantity]) => ({ holdingId, quantity })),
    outputs: [{ holdingId: output[0], quantity: output[1], weight: fraction(output[1]) }],
    captureId: id,
    eventId: `event-${id}`,
    organisationId: 'coop',
    occurredAt: new Date(0),
    custodyModel: null,
    source: null,
    openSeason: false,
    ...more,
  };
}

function payment(id: string, stepId: string | null, payer: Party, payee: Party, amountMinor: bigint): Payment {
  const common = {
    kind: 'PURCHASE',
    currency: 'CNY',
    status: 'PAID',
    admittedMinor: null,
    paidOn: '2026-10-01',
    causeOn: '2026-09-30',
  } as const;
  return { id, stepId, payer, payee, amountMinor, ...common };
}

const delivery = step('delivery', 'DELIVERY', [], ['store', 10n], { source: { quantity: 10n, dimension: 'MASS', unpriced: false } });
const receipt = step('receipt', 'RECEIPT_LINE', [['store', 10n]], ['at-mill', 10n], { custodyModel: 'SEGREGATED' });

function upstream(steps: StepFacts[], payments: Payment[], more: Partial<Upstream> = {}): Upstream {
  const paymentsByStep = new Map<string, Payment[]>();
  for (const one of payments) paymentsByStep.set(one.stepId ?? '', [...(paymentsByStep.get(one.stepId ?? '') ?? []), one]);
  return {
    steps: new Map(steps.map((one) => [one.id, one])),
    composition: compose(steps, ['at-mill']),
    paymentsByStep,
    verdictOn: () => 'IN',
    ...more,
  };
}

const line: SaleLineFacts = {
  id: 'line',
  ref: '1',
  netMinor: 1_000n,
  grossMinor: 1_000n,
  whole: true,
  allocations: [{ holdingId: 'at-mill', batchId: 'b', quantity: 10n, dimension: 'MASS' }],
};
const sale: SaleFacts = {
  id: 'sale',
  sellerId: 'mill',
  shopId: null,
  final: true,
  currency: 'CNY',
  soldAt: new Date(0),
  status: 'PENDING',
  feesPending: false,
  lines: [line],
};
const trades = [payment('purchase', 'delivery', coop, household, 400n), payment('trade', 'receipt', mill, coop, 500n)];

describe('a line of a final sale', () => {
  it('reads 4 / 1 / 5 where the household got 4 of the cooperative, which got 5 of the mill, which sold at 10', () => {
    const { positions, reach, custodyModel } = lineContent(sale, line, upstream([delivery, receipt], trades), []);
    expect([...positions].map(([key, { positionScaled }]) => [key, positionScaled / SCALE]).sort()).toEqual([
      ['HOUSEHOLD:h', 400n],
      ['ORGANISATION:coop', 100n],
      ['ORGANISATION:mill', 500n],
    ]);
    expect(reach.toTargetGroup.share).toEqual({ low: fraction(2n, 5n), high: fraction(2n, 5n) });
    expect(custodyModel).toBe('SEGREGATED');
  });

  it('counts a household without a register entry only in the high end', () => {
    const unknown = upstream([delivery, receipt], trades, { verdictOn: () => 'UNKNOWN' });
    expect(lineContent(sale, line, unknown, []).reach.toTargetGroup.share).toEqual({ low: fraction(0n), high: fraction(2n, 5n) });
  });

  it('takes its part of a fee off the margin of the seller', () => {
    const own = [payment('fee', null, mill, { kind: 'OUTSIDER', id: 'platform' }, 30n)];
    const { positions } = lineContent(sale, line, upstream([delivery, receipt], trades), own);
    expect(positions.get('ORGANISATION:mill')?.positionScaled).toBe(470n * SCALE);
  });

  it('is provisional while a season upstream is open', () => {
    const season = step('season', 'SEASON', [], ['field', 10n], { openSeason: true });
    const drawn = { ...delivery, inputs: [{ holdingId: 'field', quantity: 10n }] };
    expect(lineContent(sale, line, upstream([season, drawn, receipt], trades), []).provisional).toBe(true);
    expect(lineContent(sale, line, upstream([delivery, receipt], trades), []).provisional).toBe(false);
  });

  it('tells the weighed from the unknown by proportion, in whatever dimension they were measured', () => {
    const unknown = step('unknown', 'UNKNOWN_ORIGIN', [], ['store', 30n], {
      source: { quantity: 30n, dimension: 'VOLUME', unpriced: false },
    });
    const litres = { ...delivery, source: { quantity: 10n, dimension: 'VOLUME' as const, unpriced: false } };
    const half = { ...receipt, inputs: [{ holdingId: 'store', quantity: 40n }] };
    expect(lineContent(sale, line, upstream([litres, unknown, half], []), []).reach.coverage).toEqual(fraction(1n, 4n));
  });

  it('has another hash where a payment changed, and the same where only the order did', () => {
    const hash = (payments: Payment[]): string => contentHash(lineContent(sale, line, upstream([delivery, receipt], payments), []));
    expect(hash([...trades].reverse())).toBe(hash(trades));
    expect(hash([payment('purchase', 'delivery', coop, household, 401n), ...trades.slice(1)])).not.toBe(hash(trades));
  });

  it('changes by the difference of its versions, and by nothing where they are equal', () => {
    const stored = (payments: Payment[]): ReturnType<typeof storedPositions> =>
      storedPositions(lineContent(sale, line, upstream([delivery, receipt], payments), []).positions);
    const late = [...trades, payment('second', 'delivery', coop, household, 50n)];
    expect(
      new Map(positionDeltas([{ after: stored(late), before: stored(trades) }]).map((delta) => [delta.payeeKey, delta.deltaScaled])),
    ).toEqual(
      new Map([
        ['HOUSEHOLD:h', 50n * SCALE],
        ['ORGANISATION:coop', -50n * SCALE],
      ]),
    );
    expect(positionDeltas([{ after: stored(trades), before: stored(trades) }])).toEqual([]);
  });

  it('comes back from storage as it went in', () => {
    const content = lineContent(sale, line, upstream([delivery, receipt], trades), []);
    expect(readFraction(storedSummary(content).toHouseholds.low)).toEqual(content.reach.toHouseholds.lowMinor);
  });
});

describe("a sale's own payments", () => {
  const lines: SaleLineFacts[] = ['1', '2', '3'].map((ref) => ({ ...line, id: ref, ref, grossMinor: 100n }));

  it('are split over its lines and add up', () => {
    const parts = splitOverLines([payment('fee', null, mill, coop, 100n)], lines);
    expect(lines.map(({ ref }) => parts.get(ref)?.map((part) => part.amountMinor))).toEqual([[34n], [33n], [33n]]);
  });

  it('never admit more of a part than the part', () => {
    const disputed: Payment = { ...payment('fee', null, mill, coop, 2n), status: 'DISPUTED', admittedMinor: 1n };
    const parts = [...splitOverLines([disputed], lines).values()].flat();
    expect(parts.map((part) => [part.amountMinor, part.admittedMinor])).toEqual([
      [1n, 1n],
      [1n, 0n],
    ]);
  });
});
