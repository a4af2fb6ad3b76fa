/**
 * The reference cases of attribution and of rounding. Left out: the period loop (08), for circles are refused so far, and of the mixing
 * policies FIFO and poison, for holdings blend in proportion.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { allocationWeights } from '../../src/core/batch/allocation.js';
import type { CompositionStep } from '../../src/core/batch/graph.js';
import type { RunningTotal } from '../../src/core/income/accrual.js';
import { accrue, EMPTY_TOTAL, postPass } from '../../src/core/income/accrual.js';
import type { Composition } from '../../src/core/income/composition.js';
import { compose, lostShares } from '../../src/core/income/composition.js';
import { reachOf } from '../../src/core/income/interval.js';
import { COEFFICIENT_DECIMALS, SCALE } from '../../src/core/income/coefficient.js';
import { attributeLine } from '../../src/core/income/position.js';
import { apportion } from '../../src/core/kernel/apportion.js';
import { decimalToFraction, parseDecimal } from '../../src/core/kernel/decimal.js';
import type { Fraction } from '../../src/core/kernel/fraction.js';
import { compare, divide, fraction, multiply, ONE, subtract, sum, toScaled, ZERO } from '../../src/core/kernel/fraction.js';
import { journal } from '../../src/core/ledger/journal.js';
import type { Party } from '../../src/core/ledger/party.js';
import { partyKey } from '../../src/core/ledger/party.js';
import type { Payment } from '../../src/core/ledger/payment.js';
import { conformance, describeConformance } from '../support/conformance.js';

interface Ratio {
  readonly num: string;
  readonly den: string;
}
type Ratios = Readonly<Record<string, Ratio>>;
type OutputRow = readonly [id: string, quantity: string, role: string, unitValue?: string];
interface EventRow {
  readonly inputs: readonly (readonly [id: string, quantity: string])[];
  readonly outputs: readonly OutputRow[];
}
interface SaleRow {
  readonly sale: string;
  readonly node: string;
  readonly qty: string;
  readonly revenue: string;
  readonly embedded_harvest_qty: Ratios;
  readonly origin_share: Ratios;
  readonly farmgate_payment_by_household: Ratios;
  readonly to_poor_households: Ratio;
  readonly share_of_revenue_to_poor: Ratio;
}
interface GraphCase {
  readonly id: string;
  readonly alloc: 'mass' | 'economic';
  readonly harvests: Readonly<Record<string, { qty: string; price: string; hh: string }>>;
  readonly events: readonly EventRow[];
  readonly expected_unit_embedding: Readonly<Record<string, Ratios>>;
  readonly sales: readonly SaleRow[];
}
interface PoolStep {
  readonly event: string;
  readonly pool_amount_minor: string;
  readonly postings: Readonly<Record<string, string>>;
  readonly rounding_account_after: string;
  readonly cumulative_exact: Ratios;
}
interface AttributionFile {
  readonly cases: readonly GraphCase[];
  readonly pool_flow: { shares: Record<string, string>; steps: PoolStep[]; final_posted: Record<string, string> };
  readonly correction: {
    sales: { qty: string; posted_minor_P1: string; cum_exact: Ratio }[];
    correction: { harvest: string; new_price: string; new_cum_exact: Ratio; correcting_posting_P1: string };
    replay_again_posting: string;
  };
  readonly policy_contrast: {
    tank_in: [string, number][];
    withdrawals: [number, number][];
    haircut: Record<string, Record<string, string>>;
  };
  readonly payment_atoms: {
    atoms: Record<string, { payee: string; amount: string }>;
    events: EventRow[];
    unit_price_PACK: string;
    expected_per_pack: Ratios;
    seller_residual: Ratio;
    to_poor_households: Ratio;
    share_to_poor: Ratio;
  };
}
interface RoundingFile {
  readonly vectors: readonly { id: string; amount_minor: string; ratios: string[]; expected: string[] }[];
  readonly stream_10000_sales_of_3_units_75_25: { results: { cumulative: { posted: Record<string, string>; rounding_account: string } } };
  readonly stream_random: {
    sales: [string, Record<string, string>][];
    expected_cumulative_mode: { posted: Record<string, string>; rounding_account: string };
  };
}

const KG = 1_000_000n;
const SELLER: Party = { kind: 'ORGANISATION', id: 'SELLER' };

const load = (name: string): unknown => JSON.parse(readFileSync(conformance(`income/${name}`), 'utf8'));
const ratio = ({ num, den }: Ratio): Fraction => fraction(BigInt(num), BigInt(den));
const spelled = (text: string): Fraction => {
  const [num = '', den = '1'] = text.split('/');
  return fraction(BigInt(num), BigInt(den));
};
const decimal = (text: string): Fraction => decimalToFraction(parseDecimal(text));
/** Exact, or the reference asks for more than the unit can say. */
function whole(value: Fraction): bigint {
  expect(value.den).toBe(1n);
  return value.num;
}
const times = (value: Fraction, factor: bigint): Fraction => multiply(value, fraction(factor));
const mg = (kilograms: string): bigint => whole(times(decimal(kilograms), KG));
const fen = (yuan: string): bigint => whole(times(decimal(yuan), 100n));
const isPoor = (id: string): boolean => id.startsWith('P');
/** Within the rounding of the coefficients: `perUnit` minor units carried at most. */
function expectClose(found: Fraction, expected: Fraction, perUnit: bigint): void {
  const error = subtract(found, expected);
  const size = error.num < 0n ? subtract(ZERO, error) : error;
  expect(compare(size, fraction(perUnit, SCALE))).toBeLessThanOrEqual(0);
}

function source(id: string, quantity: bigint): CompositionStep {
  return { id, kind: 'HARVEST', inputs: [], outputs: [{ holdingId: id, quantity, weight: fraction(quantity) }] };
}

function transformations(events: readonly EventRow[], alloc: 'mass' | 'economic'): CompositionStep[] {
  return events.map(({ inputs, outputs }, i) => {
    const { weights } = allocationWeights(
      outputs.map(([id, quantity, role, value]) => ({
        productId: id,
        quantity: { dimension: 'MASS', amount: mg(quantity) },
        unitValue: value === undefined ? null : { amountMinor: fen(value), currency: 'CNY', per: 'KGM' },
        waste: role === 'waste',
      })),
      alloc === 'mass' ? 'QUANTITY' : 'VALUE',
    );
    return {
      id: `event ${String(i)}`,
      kind: 'TRANSFORMATION',
      inputs: inputs.map(([holdingId, quantity]) => ({ holdingId, quantity: mg(quantity) })),
      outputs: outputs.map(([holdingId, quantity], k) => ({ holdingId, quantity: mg(quantity), weight: weights[k] ?? ZERO })),
    };
  });
}

function paid(stepId: string, payee: Party, amountMinor: bigint): Payment {
  const day = '2026-10-01';
  const state = { status: 'PAID', admittedMinor: null, paidOn: day, causeOn: day } as const;
  return { id: `${stepId} ${payee.id}`, stepId, kind: 'PURCHASE', payer: SELLER, payee, amountMinor, currency: 'CNY', ...state };
}

const home = (id: string): Party => ({ kind: 'HOUSEHOLD', id });
const harvestPayment = ({ qty, price }: { qty: string; price: string }): bigint =>
  whole(times(multiply(decimal(qty), decimal(price)), 100n));

/** Σ (made − taken) × share, what sales take counted as left: one for each step that loses nothing. */
function held(steps: readonly CompositionStep[], composition: Composition, stepId: string): Fraction {
  const flows = steps.flatMap((step) => [
    ...step.outputs.map(({ holdingId, quantity }) => times(composition.get(holdingId)?.get(stepId) ?? ZERO, quantity)),
    ...step.inputs.map(({ holdingId, quantity }) => times(composition.get(holdingId)?.get(stepId) ?? ZERO, -quantity)),
  ]);
  return sum(flows);
}

describeConformance('attribution over the graph', () => {
  const file = load('attribution-graph.json') as AttributionFile;
  const cases = file.cases.filter((each) => each.id !== '08-period-loop-regrind');

  it.each(cases.map((each) => [each.id, each] as const))('%s', (_id, each) => {
    const harvests = Object.entries(each.harvests);
    const steps = [...harvests.map(([id, { qty }]) => source(id, mg(qty))), ...transformations(each.events, each.alloc)];
    const composition = compose(
      steps,
      steps.flatMap((step) => step.outputs.map((output) => output.holdingId)),
    );
    expect(lostShares(steps).size).toBe(0);
    for (const step of steps) expect(held(steps, composition, step.id)).toEqual(ONE);
    for (const [holdingId, expected] of Object.entries(each.expected_unit_embedding)) {
      const embedded = harvests.flatMap(([id, { qty }]) => {
        const share = composition.get(holdingId)?.get(id);
        return share ? [[id, times(share, mg(qty))] as const] : [];
      });
      expect(Object.fromEntries(embedded)).toEqual(Object.fromEntries(Object.entries(expected).map(([id, value]) => [id, ratio(value)])));
    }
    for (const row of each.sales) checkSale(each, row, composition);
  });

  function checkSale(each: GraphCase, row: SaleRow, composition: Composition): void {
    const carried = (id: string): Fraction => times(composition.get(row.node)?.get(id) ?? ZERO, mg(row.qty));
    const harvests = Object.entries(each.harvests);
    const embedded = new Map(harvests.map(([id, { qty }]) => [id, multiply(carried(id), decimal(qty))]));
    const total = sum(embedded.values());
    for (const [id, expected] of Object.entries(row.embedded_harvest_qty)) expect(embedded.get(id)).toEqual(ratio(expected));
    for (const [id, expected] of Object.entries(row.origin_share)) expect(divide(embedded.get(id) ?? ZERO, total)).toEqual(ratio(expected));

    const payments = harvests.map(([id, harvest]) => paid(id, home(harvest.hh), harvestPayment(harvest)));
    const all = payments.reduce((acc, payment) => acc + payment.amountMinor, 1n);
    const netMinor = fen(row.revenue);
    const allocations = [{ holdingId: row.node, quantity: mg(row.qty) }];
    const { coefficients, positions } = attributeLine({ allocations, composition, payments, seller: SELLER, netMinor, currency: 'CNY' });
    for (const [hh, expected] of Object.entries(row.farmgate_payment_by_household)) {
      const exact = sum(
        payments.filter(({ payee }) => payee.id === hh).map((payment) => times(carried(payment.stepId ?? ''), payment.amountMinor)),
      );
      expect(exact).toEqual(times(ratio(expected), 100n));
      expectClose(fraction(positions.get(partyKey(home(hh)))?.positionScaled ?? 0n, SCALE), exact, all);
    }
    const reach = reachOf({
      coefficients,
      payments,
      netMinor,
      currency: 'CNY',
      sources: harvests.map(([id, { qty }]) => ({ stepId: id, kind: 'HARVEST', massMg: mg(qty), unpriced: false })),
      sellerMarginScaled: positions.get(partyKey(SELLER))?.positionScaled ?? 0n,
      verdictOn: (id) => (isPoor(id) ? 'IN' : 'OUT'),
    });
    expectClose(reach.toTargetGroup.lowMinor, times(ratio(row.to_poor_households), 100n), all);
    expectClose(reach.toTargetGroup.share?.low ?? ZERO, ratio(row.share_of_revenue_to_poor), all);
    expect(reach.toTargetGroup.highMinor).toEqual(reach.toTargetGroup.lowMinor);
  }

  it('09-pool-share-sale-refund: sales and refunds of a pool post the change of rounded running totals', () => {
    const { shares, steps, final_posted } = file.pool_flow;
    const coefficients = Object.entries(shares).map(([key, share]) => [key, toScaled(spelled(share), COEFFICIENT_DECIMALS)] as const);
    const totals = new Map<string, RunningTotal>();
    let rounding = 0n;
    let pooled = 0n;
    for (const step of steps) {
      const poolMinor = BigInt(step.pool_amount_minor);
      const deltas = new Map(coefficients.map(([key, coefficient]) => [key, coefficient * poolMinor]));
      const { entries, totals: after } = postPass({ totals, deltas, poolMinor, poolAccount: 'pool', roundingAccount: 'rounding' });
      const posted = new Map(journal({ currency: 'CNY', entries }).entries.map((entry) => [entry.account, entry.amountMinor]));
      rounding += posted.get('rounding') ?? 0n;
      pooled += poolMinor;
      for (const [key, total] of after) totals.set(key, total);
      for (const [key, expected] of Object.entries(step.postings)) expect([key, posted.get(key) ?? 0n]).toEqual([key, BigInt(expected)]);
      expect(rounding).toBe(BigInt(step.rounding_account_after));
      for (const [key, expected] of Object.entries(step.cumulative_exact)) {
        expectClose(fraction(totals.get(key)?.exactScaled ?? 0n, SCALE), ratio(expected), pooled);
      }
    }
    for (const [key, expected] of Object.entries(final_posted)) expect(totals.get(key)?.postedMinor).toBe(BigInt(expected));
  });

  it('10-retroactive-price-correction: a new price posts the difference, and nothing when run again', () => {
    const lossCase = cases.find((each) => each.id === '02-yield-loss')!;
    const { sales, correction, replay_again_posting } = file.correction;
    const harvest = lossCase.harvests[correction.harvest]!;
    const steps = [
      ...Object.entries(lossCase.harvests).map(([id, { qty }]) => source(id, mg(qty))),
      ...transformations(lossCase.events, lossCase.alloc),
    ];
    const composition = compose(steps, ['L1']);
    const received = (kilograms: string, amountMinor: bigint): bigint => {
      const payments = [paid(correction.harvest, home(harvest.hh), amountMinor)];
      const allocations = [{ holdingId: 'L1', quantity: mg(kilograms) }];
      const line = attributeLine({ allocations, composition, payments, seller: SELLER, netMinor: 0n, currency: 'CNY' });
      return line.positions.get(partyKey(home(harvest.hh)))?.receivedScaled ?? 0n;
    };
    let total = EMPTY_TOTAL;
    for (const sale of sales) {
      const accrued = accrue(total, received(sale.qty, harvestPayment(harvest)));
      expect(accrued.postMinor).toBe(BigInt(sale.posted_minor_P1));
      expect(fraction(accrued.total.exactScaled, SCALE)).toEqual(ratio(sale.cum_exact));
      total = accrued.total;
    }
    const corrected = harvestPayment({ qty: harvest.qty, price: correction.new_price });
    const recomputed = sales.reduce((acc, sale) => acc + received(sale.qty, corrected), 0n);
    expect(fraction(recomputed, SCALE)).toEqual(ratio(correction.new_cum_exact));
    const correcting = accrue(total, recomputed - total.exactScaled);
    expect(correcting.postMinor).toBe(BigInt(correction.correcting_posting_P1));
    expect(accrue(correcting.total, recomputed - correcting.total.exactScaled).postMinor).toBe(BigInt(replay_again_posting));
  });

  it('11-mixing-policies: what is drawn from a tank holds its inflows in proportion', () => {
    const { tank_in, withdrawals, haircut } = file.policy_contrast;
    const inputs = tank_in.map(([holdingId, quantity]) => ({ holdingId, quantity: BigInt(quantity) }));
    const quantity = inputs.reduce((acc, input) => acc + input.quantity, 0n);
    const tank: CompositionStep = { id: 'fill', kind: 'TRANSFORMATION', inputs, outputs: [{ holdingId: 'tank', quantity, weight: ONE }] };
    const composition = compose([...inputs.map((input) => source(input.holdingId, input.quantity)), tank], ['tank']);
    for (const [name, drawn] of withdrawals) {
      for (const input of inputs) {
        const part = times(composition.get('tank')?.get(input.holdingId) ?? ZERO, BigInt(drawn) * input.quantity);
        expect(part).toEqual(spelled(haircut[`w${String(name)}`]?.[input.holdingId] ?? ''));
      }
    }
  });

  it('12-payment-atoms-waterfall: purchases, wages, rent and freight reach the pack that is sold', () => {
    const { atoms, events, unit_price_PACK, expected_per_pack, seller_residual, to_poor_households, share_to_poor } = file.payment_atoms;
    // Each atom is a source of as many units as it has yuan, all of which goes into its event.
    const steps = [...Object.entries(atoms).map(([id, { amount }]) => source(id, mg(amount))), ...transformations(events, 'economic')];
    const composition = compose(
      steps,
      steps.flatMap((step) => step.outputs.map((output) => output.holdingId)),
    );
    for (const step of steps) expect(held(steps, composition, step.id)).toEqual(ONE);
    const party = (id: string): Party => (/^[PN]\d/.test(id) ? home(id) : { kind: 'ORGANISATION', id });
    const payments = Object.entries(atoms).map(([id, { payee, amount }]) => paid(id, party(payee), fen(amount)));
    const all = payments.reduce((acc, payment) => acc + payment.amountMinor, 1n);
    const netMinor = fen(unit_price_PACK);
    const allocations = [{ holdingId: 'PACK', quantity: KG }];
    const { coefficients, positions } = attributeLine({ allocations, composition, payments, seller: SELLER, netMinor, currency: 'CNY' });
    const position = (of: Party): Fraction => fraction(positions.get(partyKey(of))?.positionScaled ?? 0n, SCALE);
    for (const [id, expected] of Object.entries(expected_per_pack)) expectClose(position(party(id)), times(ratio(expected), 100n), all);
    expectClose(position(SELLER), times(ratio(seller_residual), 100n), all);
    const verdictOn = (id: string): 'IN' | 'OUT' => (isPoor(id) ? 'IN' : 'OUT');
    const reach = reachOf({ coefficients, payments, sources: [], netMinor, currency: 'CNY', sellerMarginScaled: 0n, verdictOn });
    expectClose(reach.toTargetGroup.lowMinor, times(ratio(to_poor_households), 100n), all);
    expectClose(reach.toTargetGroup.share?.low ?? ZERO, ratio(share_to_poor), all);
  });
});

describeConformance('allocation and rounding', () => {
  const file = load('allocation-rounding.json') as RoundingFile;

  it.each(file.vectors.map((vector) => [vector.id, vector] as const))('Hamilton: %s', (_id, { amount_minor, ratios, expected }) => {
    const shares = ratios.map((weight, i) => ({ key: String(i).padStart(3, '0'), weight: spelled(weight) }));
    const parts = [...apportion(BigInt(amount_minor), shares).values()];
    expect(parts).toEqual(expected.map(BigInt));
  });

  it('10,000 sales of 3 units at 75 to 25 post what is exact', () => {
    const { posted, rounding_account } = file.stream_10000_sales_of_3_units_75_25.results.cumulative;
    const stream = Array.from({ length: 10_000 }, () => ['3', { A: '75', B: '25' }] as [string, Record<string, string>]);
    const found = runStream(stream);
    expect(found).toEqual({ posted, rounding: rounding_account });
  });

  it('a stream of sales with changing payees posts the same totals in any order', () => {
    const { sales, expected_cumulative_mode } = file.stream_random;
    const expected = { posted: expected_cumulative_mode.posted, rounding: expected_cumulative_mode.rounding_account };
    expect(runStream(sales)).toEqual(expected);
    expect(runStream([...sales].reverse())).toEqual(expected);
  });

  function runStream(sales: readonly [string, Record<string, string>][]): { posted: Record<string, string>; rounding: string } {
    const totals = new Map<string, RunningTotal>();
    let rounding = 0n;
    for (const [amount, weights] of sales) {
      const poolMinor = BigInt(amount);
      const total = Object.values(weights).reduce((acc, weight) => acc + BigInt(weight), 0n);
      const deltas = new Map(
        Object.entries(weights).map(([key, weight]) => [key, toScaled(fraction(BigInt(weight), total), COEFFICIENT_DECIMALS) * poolMinor]),
      );
      const pass = postPass({ totals, deltas, poolMinor, poolAccount: 'pool', roundingAccount: 'rounding' });
      for (const [key, after] of pass.totals) totals.set(key, after);
      rounding += pass.entries.find((entry) => entry.account === 'rounding')?.amountMinor ?? 0n;
    }
    const posted = [...totals].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, { postedMinor }]) => [key, postedMinor.toString()]);
    return { posted: Object.fromEntries(posted) as Record<string, string>, rounding: rounding.toString() };
  }
});
