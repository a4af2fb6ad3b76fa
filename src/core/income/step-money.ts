/**
 * What happened at one step in money: by party, what it received less what it paid (income.md, 3). A payment credits its payee and debits its
 * payer, so each step adds up to zero in each currency, and a line carries c × that. Many lines are one Σ c: what they post is worked out from
 * the steps, and a payment that comes late costs one product a payee, however many lines carry it.
 */
import type { Party } from '../ledger/party.js';
import { partyKey } from '../ledger/party.js';
import type { Payment } from '../ledger/payment.js';
import { countedMinor } from '../ledger/payment.js';

/** By currency and partyKey, minor units, zeros left out; each currency adds up to zero. */
export type StepMoney = ReadonlyMap<string, ReadonlyMap<string, bigint>>;

/** What the payments of one step come to, as they count now. */
export function stepMoney(payments: Iterable<Payment>): StepMoney {
  const sums = new Map<string, Map<string, bigint>>();
  for (const payment of payments) {
    const counted = countedMinor(payment);
    if (counted === 0n) continue;
    const parties = sums.get(payment.currency) ?? new Map<string, bigint>();
    sums.set(payment.currency, parties);
    add(parties, payment.payee, counted);
    add(parties, payment.payer, -counted);
  }
  for (const [currency, parties] of sums) if (parties.size === 0) sums.delete(currency);
  return sums;
}

function add(parties: Map<string, bigint>, party: Party, amountMinor: bigint): void {
  const key = partyKey(party);
  const sum = (parties.get(key) ?? 0n) + amountMinor;
  if (sum === 0n) parties.delete(key);
  else parties.set(key, sum);
}

/** The change of what some lines carry: Σ c before and after, and the money of the step before and after, × SCALE by currency and party. */
export function carriedChange(
  before: { readonly coefficient: bigint; readonly money: StepMoney },
  after: { readonly coefficient: bigint; readonly money: StepMoney },
  add: (currency: string, party: string, deltaScaled: bigint) => void,
): void {
  const unchanged = before.money === after.money;
  if (!unchanged) eachAmount(before.money, (currency, party, amount) => add(currency, party, -before.coefficient * amount));
  const coefficient = unchanged ? after.coefficient - before.coefficient : after.coefficient;
  eachAmount(after.money, (currency, party, amount) => add(currency, party, coefficient * amount));
}

function eachAmount(money: StepMoney, take: (currency: string, party: string, amountMinor: bigint) => void): void {
  for (const [currency, parties] of money) for (const [party, amount] of parties) take(currency, party, amount);
}

export function sameMoney(a: StepMoney, b: StepMoney): boolean {
  if (a.size !== b.size) return false;
  for (const [currency, parties] of a) {
    const others = b.get(currency);
    if (others?.size !== parties.size) return false;
    for (const [party, amount] of parties) if (others.get(party) !== amount) return false;
  }
  return true;
}
