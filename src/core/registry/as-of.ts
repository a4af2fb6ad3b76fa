/**
 * What held on a day, as it was known at a moment: valid time and recorded time (the bitemporal practice of registers of statistics). A fact is
 * appended and never changed. It holds in [validFrom, validTo), both calendar days. Its `seq` is the place of its change in the registry's log,
 * whose order is the order of commits, so "known at" is a comparison of two numbers. A correction is a fact of its own that names the one it
 * supersedes; a retraction is a correction that says nothing. So what was asked under an earlier seq is answered the same for ever. The
 * repositories ask the same in SQL (modules/registry/standing.ts); a test on random facts holds one against the other.
 */

/** Half-open; without `validTo` it is open. */
export interface Period {
  /** Calendar day, ISO 8601. */
  readonly validFrom: string;
  readonly validTo: string | null;
}

export interface DatedFact extends Period {
  readonly id: string;
  /** Place of its change in the registry's log. */
  readonly seq: bigint;
  /** The fact that this one corrects. */
  readonly supersedes: string | null;
  /** True where it takes back what it supersedes, and puts nothing in its place. */
  readonly retraction: boolean;
}

/** The two times of a question. */
export interface AsOf {
  /** The day in the world. */
  readonly on: string;
  /** The last change of the log that counts as known. */
  readonly seq: bigint;
}

/** Those of the facts that stood at `seq`: recorded by then, and by then neither corrected nor taken back. In the order given. */
export function standing<Fact extends DatedFact>(facts: readonly Fact[], seq: bigint): Fact[] {
  const known = facts.filter((fact) => fact.seq <= seq);
  const superseded = new Set(known.map((fact) => fact.supersedes));
  return known.filter((fact) => !fact.retraction && !superseded.has(fact.id));
}

/** Those of the facts that held. In the order given. */
export function holding<Fact extends DatedFact>(facts: readonly Fact[], { on, seq }: AsOf): Fact[] {
  return standing(facts, seq).filter((fact) => holdsOn(fact, on));
}

/**
 * The one in force, of facts of which a subject has one at a time (where it lies, what its register says): of those that hold, the one that
 * began last, and of two that began on one day the one recorded later. null where none holds.
 */
export function inForce<Fact extends DatedFact>(facts: readonly Fact[], asOf: AsOf): Fact | null {
  let best: Fact | null = null;
  for (const fact of holding(facts, asOf)) {
    if (best === null || isLater(fact, best)) best = fact;
  }
  return best;
}

function isLater(fact: DatedFact, than: DatedFact): boolean {
  if (fact.validFrom !== than.validFrom) return fact.validFrom > than.validFrom;
  return fact.seq === than.seq ? fact.id > than.id : fact.seq > than.seq;
}

/** True where `day` lies in [from, to); an open end has no `to`. */
export function holdsOn(period: Period, day: string): boolean {
  return period.validFrom <= day && (period.validTo === null || day < period.validTo);
}

/** True where the two have a day in common. */
export function overlaps(a: Period, b: Period): boolean {
  return (a.validTo === null || b.validFrom < a.validTo) && (b.validTo === null || a.validFrom < b.validTo);
}
