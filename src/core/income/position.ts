/**
 * Who got what of one line of a final sale (income.md, 3): every payment upstream, carried by the goods sold, credits its payee and debits
 * its payer; the sale credits its seller with R. Only the coefficient is rounded (half-even, 18 decimals, once per line and step), so all
 * that follows is exact in integers: positions add up to R, groups to their persons, and no sum depends on order.
 */
import { assert } from '../kernel/assert.js';
import { DomainError } from '../kernel/errors.js';
import type { Party } from '../ledger/party.js';
import { partyKey } from '../ledger/party.js';
import type { Payment } from '../ledger/payment.js';
import { countedMinor, payableMinor } from '../ledger/payment.js';
import type { LineAllocation, StepCoefficient } from './coefficient.js';
import { coefficientsOf, SCALE } from './coefficient.js';
import type { Composition } from './composition.js';

export interface PartyPosition {
  readonly party: Party;
  /** Counted payments to this party, carried by the line. */
  readonly receivedScaled: bigint;
  /** Counted payments by this party, carried by the line. */
  readonly paidScaled: bigint;
  /** The part of `receivedScaled` that has not reached this party. */
  readonly owedScaled: bigint;
  /** The part of `paidScaled` that this party still owes to others. */
  readonly owingScaled: bigint;
  /** [the seller] × R + received − paid: a household's income, an organisation's margin; may be negative. */
  readonly positionScaled: bigint;
  /** An organisation other than the seller is below zero: it paid for goods, and no payment for what it passed on was recorded. */
  readonly missingTrade: boolean;
}

export interface LineInput {
  readonly allocations: readonly LineAllocation[];
  readonly composition: Composition;
  /** Of the steps upstream, and of the sale itself (stepId null: the line's part of its fees). Of other steps: passed over. */
  readonly payments: readonly Payment[];
  readonly seller: Party;
  /** R of the line, in minor units of `currency`. */
  readonly netMinor: bigint;
  /** ISO 4217. */
  readonly currency: string;
}

export interface LineAttribution {
  /** In the order of their steps' ids; those that round to zero are absent. */
  readonly coefficients: readonly StepCoefficient[];
  /** By partyKey, the seller always among them; Σ positionScaled = netMinor × SCALE, exactly. */
  readonly positions: ReadonlyMap<string, PartyPosition>;
}

/** Throws RATE_MISSING where a payment that the line carries is of another currency: it must be translated first. */
export function attributeLine(input: LineInput): LineAttribution {
  const coefficients = coefficientsOf(input.allocations, input.composition);
  const sums = new PositionSums(input.seller, input.netMinor);
  for (const { payment, coefficient } of carriedPayments(coefficients, input.payments, input.currency)) sums.transfer(payment, coefficient);
  const positions = sums.positions();
  const total = [...positions.values()].reduce((sum, position) => sum + position.positionScaled, 0n);
  assert(total === input.netMinor * SCALE, 'The positions of a line add up to its net amount.');
  return { coefficients, positions };
}

/**
 * The payments that a line carries, each with its coefficient: that of its step, and one whole for the sale's own. Throws RATE_MISSING for
 * one of another currency that counts.
 */
export function carriedPayments(
  coefficients: readonly StepCoefficient[],
  payments: readonly Payment[],
  currency: string,
): { readonly payment: Payment; readonly coefficient: bigint }[] {
  const byStep = new Map(coefficients.map(({ stepId, coefficient }) => [stepId, coefficient]));
  return payments.flatMap((payment) => {
    const coefficient = payment.stepId === null ? SCALE : (byStep.get(payment.stepId) ?? 0n);
    if (coefficient === 0n || countedMinor(payment) === 0n) return [];
    if (payment.currency !== currency) {
      throw new DomainError('RATE_MISSING', { paymentId: payment.id, from: payment.currency, to: currency });
    }
    return [{ payment, coefficient }];
  });
}

interface Sums {
  readonly party: Party;
  received: bigint;
  paid: bigint;
  owed: bigint;
  owing: bigint;
}

class PositionSums {
  private readonly sums = new Map<string, Sums>();

  constructor(
    private readonly seller: Party,
    private readonly netMinor: bigint,
  ) {
    this.of(seller);
  }

  transfer(payment: Payment, coefficient: bigint): void {
    const counted = coefficient * countedMinor(payment);
    const payable = coefficient * payableMinor(payment);
    const payee = this.of(payment.payee);
    payee.received += counted;
    payee.owed += payable;
    const payer = this.of(payment.payer);
    payer.paid += counted;
    payer.owing += payable;
  }

  positions(): Map<string, PartyPosition> {
    const sellerKey = partyKey(this.seller);
    return new Map(
      [...this.sums].map(([key, { party, received, paid, owed, owing }]) => {
        const positionScaled = (key === sellerKey ? this.netMinor * SCALE : 0n) + received - paid;
        const missingTrade = key !== sellerKey && party.kind === 'ORGANISATION' && positionScaled < 0n;
        return [
          key,
          { party, receivedScaled: received, paidScaled: paid, owedScaled: owed, owingScaled: owing, positionScaled, missingTrade },
        ] as const;
      }),
    );
  }

  private of(party: Party): Sums {
    const key = partyKey(party);
    const known = this.sums.get(key);
    if (known) return known;
    const fresh: Sums = { party, received: 0n, paid: 0n, owed: 0n, owing: 0n };
    this.sums.set(key, fresh);
    return fresh;
  }
}
