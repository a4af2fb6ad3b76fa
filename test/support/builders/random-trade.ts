import fc from 'fast-check';
import type { LineRefund, RefundKind } from '../../../src/core/income/refund.js';
import { partyKey } from '../../../src/core/ledger/party.js';
import type { Party } from '../../../src/core/ledger/party.js';
import type { Payment, PaymentKind, PaymentStatus } from '../../../src/core/ledger/payment.js';
import type { NaiveLine } from '../oracle/naive-income.js';
import type { RandomChain } from './random-chain.js';
import { randomChains } from './random-chain.js';

export const SELLERS: readonly Party[] = [
  { kind: 'ORGANISATION', id: 'mill' },
  { kind: 'ORGANISATION', id: 'shop' },
];
export const PARTIES: readonly Party[] = [
  ...SELLERS,
  { kind: 'ORGANISATION', id: 'coop' },
  { kind: 'HOUSEHOLD', id: 'P1' },
  { kind: 'HOUSEHOLD', id: 'N1' },
  { kind: 'HOUSEHOLD', id: 'X1' },
  { kind: 'UNREGISTERED', id: 'weeders' },
  { kind: 'OUTSIDER', id: 'platform' },
];
const STATUSES: readonly PaymentStatus[] = ['PAYABLE', 'HANDED_OVER', 'PAID', 'CONFIRMED', 'DISPUTED', 'REVERSED'];
const KINDS: readonly PaymentKind[] = ['PURCHASE', 'WAGE', 'TRADE', 'PREMIUM', 'ADVANCE', 'SUBSIDY', 'FREIGHT'];

/** One payment through its life: as it is recorded, and as it stands in the end. */
export interface PaymentLife {
  readonly first: Payment;
  readonly last: Payment;
}

/** A chain, what was paid on it, what was sold of it, and what came back; everything that may come in any order. */
export interface RandomTrade {
  readonly chain: RandomChain;
  /** The chain without one of the deliveries that filled a lot, which is recorded late; null where no lot had several. */
  readonly before: RandomChain['steps'] | null;
  readonly lives: readonly PaymentLife[];
  readonly lines: readonly NaiveLine[];
}

interface PaymentPick {
  readonly step: number;
  readonly payer: Party;
  readonly payee: Party;
  readonly amountMinor: bigint;
  readonly kind: PaymentKind;
  readonly currency: string;
  readonly first: PaymentStatus;
  readonly last: PaymentStatus;
}

interface LinePick {
  readonly seller: Party;
  readonly picks: readonly number[];
  readonly netMinor: bigint;
  readonly chargedMinor: bigint;
  readonly refunds: readonly { readonly kind: RefundKind; readonly part: number; readonly back: number }[];
}

const paymentPicks: fc.Arbitrary<PaymentPick> = fc.record({
  step: fc.nat(1_000),
  payer: fc.constantFrom(...PARTIES),
  payee: fc.constantFrom(...PARTIES),
  amountMinor: fc.bigInt({ min: 0n, max: 10n ** 9n }),
  kind: fc.constantFrom(...KINDS),
  currency: fc.constantFrom('CNY', 'CNY', 'CNY', 'XOF'),
  first: fc.constantFrom(...STATUSES),
  last: fc.constantFrom(...STATUSES),
});

const linePicks: fc.Arbitrary<LinePick> = fc.record({
  seller: fc.constantFrom(...SELLERS),
  picks: fc.array(fc.nat(10_000), { minLength: 1, maxLength: 3 }),
  netMinor: fc.bigInt({ min: -100n, max: 10n ** 7n }),
  chargedMinor: fc.bigInt({ min: 0n, max: 10n ** 7n }),
  refunds: fc.array(
    fc.record({
      kind: fc.constantFrom<RefundKind[]>('CANCELLED', 'RETURNED', 'REFUND_ONLY', 'DESTROYED'),
      part: fc.integer({ min: 0, max: 4 }),
      back: fc.integer({ min: 0, max: 4 }),
    }),
    { maxLength: 2 },
  ),
});

export function randomTrades(operationsMax = 10): fc.Arbitrary<RandomTrade> {
  return fc
    .tuple(randomChains(operationsMax), fc.array(paymentPicks, { maxLength: 12 }), fc.array(linePicks, { maxLength: 6 }))
    .map(([chain, payments, picks]) => ({ chain, payments, lines: linesOf(picks, chain) }))
    .map(({ chain, payments, lines }) => ({
      chain,
      before: withoutALateDelivery(chain, lines),
      lives: payments.filter((pick) => partyKey(pick.payer) !== partyKey(pick.payee)).map((pick, i) => lifeOf(pick, i, chain)),
      lines,
    }));
}

/** Nobody can have sold what was not there yet: only a delivery of which as much is left. */
function withoutALateDelivery({ steps, rest }: RandomChain, lines: readonly NaiveLine[]): RandomChain['steps'] | null {
  const taken = lines.flatMap((line) => line.allocations);
  const late = steps.find((step) => {
    const [output] = step.outputs;
    if (step.kind !== 'DELIVERY' || !output || !steps.some((other) => other !== step && makes(other, output.holdingId))) return false;
    const sold = taken.filter(({ holdingId }) => holdingId === output.holdingId).reduce((sum, { quantity }) => sum + quantity, 0n);
    return (rest.get(output.holdingId) ?? 0n) - sold >= output.quantity;
  });
  return late ? steps.filter((step) => step !== late) : null;
}

function makes(step: RandomChain['steps'][number], holdingId: string): boolean {
  return step.outputs.some((output) => output.holdingId === holdingId);
}

function lifeOf({ step, first, last, ...pick }: PaymentPick, i: number, chain: RandomChain): PaymentLife {
  const stepId = chain.steps[step % chain.steps.length]?.id ?? '';
  const admittedMinor = pick.amountMinor / 3n;
  const common = { ...pick, id: `p${String(i)}`, stepId, admittedMinor, paidOn: '2026-10-03', causeOn: '2026-10-01' };
  return { first: { ...common, status: first }, last: { ...common, status: last } };
}

function linesOf(picks: readonly LinePick[], chain: RandomChain): NaiveLine[] {
  const left = new Map(chain.left);
  return picks.flatMap(({ seller, picks: holdings, refunds, ...money }): NaiveLine[] => {
    const taken = new Map<string, bigint>();
    for (const n of holdings) {
      const candidates = [...left].filter(([, quantity]) => quantity > 0n);
      const [holdingId, available] = candidates[n % Math.max(candidates.length, 1)] ?? ['', 0n];
      if (available === 0n) continue;
      const quantity = n % 4 === 0 ? available : (BigInt(n) % available) + 1n;
      left.set(holdingId, available - quantity);
      taken.set(holdingId, (taken.get(holdingId) ?? 0n) + quantity);
    }
    const allocations = [...taken].map(([holdingId, quantity]) => ({ holdingId, quantity }));
    if (allocations.length === 0) return [];
    return [
      {
        seller: partyKey(seller),
        currency: 'CNY',
        ...money,
        allocations,
        refunds: refundsOf(refunds, money.chargedMinor, allocations),
        own: [],
      },
    ];
  });
}

function refundsOf(picks: LinePick['refunds'], chargedMinor: bigint, allocations: NaiveLine['allocations']): LineRefund[] {
  const rest = new Map(allocations.map((one) => [one.holdingId, one.quantity]));
  let money = chargedMinor;
  return picks.map(({ kind, part, back }): LineRefund => {
    const amountMinor = (money * BigInt(part)) / 4n;
    money -= amountMinor;
    const returned = allocations.flatMap(({ holdingId }) => {
      const left = rest.get(holdingId) ?? 0n;
      const quantity = kind === 'RETURNED' ? (left * BigInt(back)) / 4n : 0n;
      rest.set(holdingId, left - quantity);
      return quantity === 0n ? [] : [{ holdingId, quantity }];
    });
    return { kind, amountMinor, returned };
  });
}
