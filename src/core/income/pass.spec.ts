import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PaymentLife, RandomTrade } from '../../../test/support/builders/random-trade.js';
import { randomTrades } from '../../../test/support/builders/random-trade.js';
import type { NaiveLine } from '../../../test/support/oracle/naive-income.js';
import { naiveShares, naiveTotals } from '../../../test/support/oracle/naive-income.js';
import type { CompositionStep } from '../batch/graph.js';
import { fraction } from '../kernel/fraction.js';
import { journal } from '../ledger/journal.js';
import type { Party } from '../ledger/party.js';
import type { Payment } from '../ledger/payment.js';
import type { RunningTotal } from './accrual.js';
import { EMPTY_TOTAL, postPass } from './accrual.js';
import { SCALE } from './coefficient.js';
import type { LineCoefficients } from './coefficient-sums.js';
import { CoefficientSums, lineCoefficients } from './coefficient-sums.js';
import type { ComposedHoldings } from './composition.js';
import { composeVectors } from './composition.js';
import type { CarriedStep } from './pass.js';
import { passDeltas } from './pass.js';
import { refundedLine } from './refund.js';
import { sameMoney, stepMoney } from './step-money.js';

const NOTHING: CarriedStep = { coefficient: 0n, money: new Map() };
type Operation =
  'late delivery' | { readonly line: number } | { readonly refund: number } | { readonly pay: number } | { readonly change: number };

/** What a platform keeps of its attribution, and brings up to date by differences only. */
class Book {
  readonly totals = new Map<string, RunningTotal>();
  rounding = 0n;
  postings = 0;
  private readonly carried = new Map<string, CarriedStep>();
  private readonly sold = new Map<number, { readonly kind: LineCoefficients; readonly netMinor: bigint; readonly line: NaiveLine }>();
  private readonly payments = new Map<string, Payment>();
  private composed: ComposedHoldings;

  constructor(
    private steps: readonly CompositionStep[],
    private readonly stepIds: readonly string[],
  ) {
    this.composed = this.compose(steps);
  }

  recompose(steps: readonly CompositionStep[]): void {
    this.composed = this.compose(steps);
    this.sell([...this.sold].map(([id, { line }]) => [id, line]));
  }

  sell(lines: readonly (readonly [number, NaiveLine])[]): void {
    for (const seller of new Set(lines.map(([, line]) => line.seller))) {
      const sums = new CoefficientSums(this.stepIds.length);
      let netMinor = 0n;
      for (const [id, line] of lines.filter(([, one]) => one.seller === seller)) {
        const before = this.sold.get(id);
        const rest = refundedLine(line, line.refunds);
        const kind = this.kindOf(rest.kept);
        if (before) sums.add(before.kind, -1n);
        sums.add(kind, 1n);
        netMinor += rest.netMinor - (before?.netMinor ?? 0n);
        this.sold.set(id, { kind, netMinor: rest.netMinor, line });
      }
      const changed = [...sums.entries()].map(([place, by]) => [this.stepIds[place] ?? '', by] as const);
      this.post(seller, netMinor, new Map(changed));
    }
  }

  pay(payment: Payment): void {
    this.payments.set(payment.id, payment);
    for (const key of this.carried.keys()) {
      const [seller = '', stepId = ''] = key.split(' ');
      if (stepId === payment.stepId) this.post(seller, 0n, new Map([[stepId, 0n]]));
    }
  }

  private post(seller: string, netMinor: bigint, changes: ReadonlyMap<string, bigint>): void {
    const steps = [...changes].map(([stepId, by]) => {
      const key = `${seller} ${stepId}`;
      const before = this.carried.get(key) ?? NOTHING;
      const found = stepMoney([...this.payments.values()].filter((payment) => payment.stepId === stepId));
      const money = sameMoney(found, before.money) ? before.money : found;
      const after = { coefficient: before.coefficient + by, money };
      this.carried.set(key, after);
      return { before, after };
    });
    const [kind = '', id = ''] = seller.split(':');
    const party = { kind, id } as Party;
    for (const [currency, parties] of passDeltas({ seller: party, currency: 'CNY', netMinor, steps })) {
      const named = (key: string): string => `${seller} ${currency} ${key}`;
      const deltas = new Map([...parties].map(([key, delta]) => [named(key), delta]));
      const poolMinor = currency === 'CNY' ? netMinor : 0n;
      const pass = postPass({ totals: this.totals, deltas, poolMinor, poolAccount: 'pool', roundingAccount: 'rounding' });
      for (const [key, total] of pass.totals) this.totals.set(key, total);
      this.rounding += pass.entries.find((entry) => entry.account === 'rounding')?.amountMinor ?? 0n;
      if (pass.entries.length === 0) continue;
      this.postings += 1;
      journal({ currency, entries: pass.entries });
    }
  }

  /** Places of vectors are those of the whole chain's steps, so that sums of two compositions may meet. */
  private compose(steps: readonly CompositionStep[]): ComposedHoldings {
    this.steps = steps;
    const holdings = new Set(this.steps.flatMap((step) => step.outputs.map((output) => output.holdingId)));
    const composed = composeVectors(steps, holdings);
    const places = composed.stepIds.map((stepId) => this.stepIds.indexOf(stepId));
    const moved = [...composed.holdings].map(([holdingId, shares]) => {
      const parts = { ...shares.parts, steps: shares.parts.steps.map((place) => places[place] ?? -1) };
      return [holdingId, { ...shares, parts }] as const;
    });
    return { stepIds: this.stepIds, holdings: new Map(moved) };
  }

  private kindOf(kept: NaiveLine['allocations']): LineCoefficients {
    return lineCoefficients(
      kept.flatMap(({ holdingId, quantity }) => {
        const shares = this.composed.holdings.get(holdingId);
        return shares ? [{ shares, quantity: fraction(quantity) }] : [];
      }),
    );
  }
}

const exactOf = (book: Book): Map<string, bigint> =>
  new Map([...book.totals].flatMap(([key, { exactScaled }]) => (exactScaled === 0n ? [] : [[key, exactScaled] as const])));

function run(trade: RandomTrade, order: readonly Operation[]): Book {
  const book = new Book(
    trade.before ?? trade.chain.steps,
    trade.chain.steps.map((step) => step.id),
  );
  const lineOf = (i: number, refunded: boolean): NaiveLine => {
    const line = trade.lines[i]!;
    return refunded ? line : { ...line, refunds: [] };
  };
  const sold = new Set<number>();
  const refundedEarly = new Set<number>();
  const recorded = new Set<number>();
  for (const operation of order) {
    if (operation === 'late delivery') book.recompose(trade.chain.steps);
    else if ('line' in operation) {
      sold.add(operation.line);
      book.sell([[operation.line, lineOf(operation.line, refundedEarly.has(operation.line))]]);
    } else if ('refund' in operation) {
      // Found only when the sale is: a refund that was recorded before the sale was attributed.
      if (sold.has(operation.refund)) book.sell([[operation.refund, lineOf(operation.refund, true)]]);
      else refundedEarly.add(operation.refund);
    } else if ('pay' in operation) {
      if (!recorded.has(operation.pay)) book.pay(trade.lives[operation.pay]!.first);
      recorded.add(operation.pay);
    } else {
      recorded.add(operation.change);
      book.pay(trade.lives[operation.change]!.last);
    }
  }
  return book;
}

function operationsOf(trade: RandomTrade): Operation[] {
  return [
    'late delivery',
    ...trade.lines.flatMap((_, i) => [{ line: i }, { refund: i }]),
    ...trade.lives.flatMap((_, i) => [{ pay: i }, { change: i }]),
  ];
}

const shuffledTrades = randomTrades().chain((trade) => {
  const operations = operationsOf(trade);
  const shuffled = fc.shuffledSubarray(operations, { minLength: operations.length });
  return fc.tuple(fc.constant(trade), shuffled, shuffled);
});

const lastOf = (lives: readonly PaymentLife[]): Payment[] => lives.map(({ last }) => last);

describe('passes, in whatever order sales, refunds, payments and corrections come', () => {
  it('leave the totals that the obvious computation from all facts gives', () => {
    fc.assert(
      fc.property(shuffledTrades, ([trade, order]) => {
        const expected = naiveTotals(trade.lines, lastOf(trade.lives), naiveShares(trade.chain.steps));
        expect(exactOf(run(trade, order))).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('leave the same exact and posted totals as in any other order', () => {
    fc.assert(
      fc.property(shuffledTrades, ([trade, order, other]) => {
        const [one, two] = [run(trade, order), run(trade, other)];
        expect(exactOf(two)).toEqual(exactOf(one));
        for (const [key, total] of one.totals) expect((two.totals.get(key) ?? EMPTY_TOTAL).postedMinor).toBe(total.postedMinor);
      }),
      { numRuns: 60 },
    );
  });

  it('post nothing when they run again, stay within half a minor unit, and leave the rest on the rounding account', () => {
    fc.assert(
      fc.property(shuffledTrades, ([trade, order]) => {
        const book = run(trade, order);
        const before = book.postings;
        book.recompose(trade.chain.steps);
        for (const { last } of trade.lives) book.pay(last);
        expect(book.postings).toBe(before);
        let posted = 0n;
        for (const { exactScaled, postedMinor } of book.totals.values()) {
          const error = exactScaled - postedMinor * SCALE;
          expect(2n * (error < 0n ? -error : error)).toBeLessThanOrEqual(SCALE);
          posted += postedMinor;
        }
        const pools = trade.lines.reduce((sum, line) => sum + refundedLine(line, line.refunds).netMinor, 0n);
        expect(posted + book.rounding).toBe(pools);
      }),
      { numRuns: 60 },
    );
  });

  it('of a sale that was cancelled leave every total as before', () => {
    fc.assert(
      fc.property(randomTrades(), ({ chain, lives, lines }) => {
        const operations: Operation[] = lives.map((_, i) => ({ change: i }));
        const sold = lines.map((line): NaiveLine => ({ ...line, refunds: [] }));
        const cancelled = sold.map((line): NaiveLine => ({
          ...line,
          refunds: [{ kind: 'CANCELLED', amountMinor: line.chargedMinor, returned: [] }],
        }));
        const book = run({ chain, before: null, lives, lines: sold }, operations);
        book.sell(sold.map((line, i) => [i, line]));
        book.sell(cancelled.map((line, i) => [i, line]));
        expect(exactOf(book)).toEqual(new Map());
        for (const { postedMinor } of book.totals.values()) expect(postedMinor).toBe(0n);
        expect(book.rounding).toBe(0n);
      }),
      { numRuns: 40 },
    );
  });
});
