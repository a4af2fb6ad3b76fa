/**
 * What a pass changes in the attribution book (income.md, 3): by currency and party, the change of the exact running total. A pass may sell lines,
 * refund them, see a payment change, or a composition: all of it is Σ c and money of steps before and after, and R. The seller is credited
 * with R; each payment balances within its currency, so the deltas of the sale's currency add up to the change of R, and those of others to zero.
 */
import { assert } from '../kernel/assert.js';
import type { Party } from '../ledger/party.js';
import { partyKey } from '../ledger/party.js';
import { SCALE } from './coefficient.js';
import type { StepMoney } from './step-money.js';
import { carriedChange } from './step-money.js';

/** What a seller's lines carry of one step, and what happened there. */
export interface CarriedStep {
  /** Σ c, × SCALE. */
  readonly coefficient: bigint;
  readonly money: StepMoney;
}

export interface PassChange {
  readonly seller: Party;
  /** ISO 4217, of the sales. */
  readonly currency: string;
  /** The change of Σ R, in minor units. */
  readonly netMinor: bigint;
  readonly steps: Iterable<{ readonly before: CarriedStep; readonly after: CarriedStep }>;
}

/** By currency and partyKey, × SCALE; what does not change is absent. */
export function passDeltas(change: PassChange): Map<string, Map<string, bigint>> {
  const deltas = new Map<string, Map<string, bigint>>();
  const add = (currency: string, party: string, deltaScaled: bigint): void => {
    const parties = deltas.get(currency) ?? new Map<string, bigint>();
    deltas.set(currency, parties);
    const sum = (parties.get(party) ?? 0n) + deltaScaled;
    if (sum === 0n) parties.delete(party);
    else parties.set(party, sum);
  };
  for (const { before, after } of change.steps) carriedChange(before, after, add);
  if (change.netMinor !== 0n) add(change.currency, partyKey(change.seller), change.netMinor * SCALE);
  for (const [currency, parties] of deltas) {
    const sum = [...parties.values()].reduce((total, delta) => total + delta, 0n);
    assert(sum === (currency === change.currency ? change.netMinor * SCALE : 0n), 'What a pass gives adds up to the change of R.');
    if (parties.size === 0) deltas.delete(currency);
  }
  return deltas;
}
