/**
 * What a recall must reach (GS1 Global Traceability Standard 2.0, 4.2): everything the batch went into, wherever it lies, down to who holds how much. What is
 * in somebody's hands can be held back, what is on the way must be stopped, what was sold must be told to its buyers; the three are kept apart, in each
 * dimension for itself, because kilograms and pieces do not add up.
 */
import type { Dimension } from '../kernel/quantity.js';
import type { HoldingState } from './stock.js';

/** Of one dimension, in its smallest unit. */
export interface RecallQuantities {
  readonly dimension: Dimension;
  /** In hand. */
  readonly available: bigint;
  readonly inTransit: bigint;
  /** Left for buyers. */
  readonly sold: bigint;
}

export interface RecallHolder {
  readonly holderId: string;
  /** Null where goods lie at no facility that is known. */
  readonly facilityId: string | null;
  readonly batchIds: readonly string[];
  readonly quantities: readonly RecallQuantities[];
}

export interface RecallScope {
  /** The batch recalled and all that it went into. */
  readonly batchIds: readonly string[];
  /** Who ever held any of it, also who holds none any more; by holder and facility. */
  readonly holders: readonly RecallHolder[];
  readonly totals: readonly RecallQuantities[];
  /** True where the trace was cut off: then the scope is a part of the truth. */
  readonly truncated: boolean;
}

/**
 * The scope from what a trace downstream found, the holdings of these batches, and what was sold from each (holding → quantity, in the holding's
 * dimension). Holdings of other batches are left out.
 */
export function recallScope(
  reached: { readonly batchIds: readonly string[]; readonly truncated: boolean },
  holdings: readonly HoldingState[],
  soldFrom: ReadonlyMap<string, bigint>,
): RecallScope {
  const batches = new Set(reached.batchIds);
  const own = holdings.filter((holding) => holding.batchId !== null && batches.has(holding.batchId));
  const groups = new Map<string, HoldingState[]>();
  for (const holding of own) {
    const key = `${holding.holderId} ${holding.facilityId ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), holding]);
  }
  const holders = [...groups.values()].map((group): RecallHolder => {
    const [first] = group;
    return {
      holderId: first?.holderId ?? '',
      facilityId: first?.facilityId ?? null,
      batchIds: [...new Set(group.flatMap(({ batchId }) => batchId ?? []))].sort(),
      quantities: quantitiesOf(group, soldFrom),
    };
  });
  holders.sort((a, b) => compare(a.holderId, b.holderId) || compare(a.facilityId ?? '', b.facilityId ?? ''));
  return { batchIds: reached.batchIds, holders, totals: quantitiesOf(own, soldFrom), truncated: reached.truncated };
}

function quantitiesOf(holdings: readonly HoldingState[], soldFrom: ReadonlyMap<string, bigint>): RecallQuantities[] {
  const sums = new Map<Dimension, { available: bigint; inTransit: bigint; sold: bigint }>();
  for (const { id, dimension, made, taken, inTransit } of holdings) {
    const sum = sums.get(dimension) ?? { available: 0n, inTransit: 0n, sold: 0n };
    sum.available += made - taken;
    sum.inTransit += inTransit;
    sum.sold += soldFrom.get(id) ?? 0n;
    sums.set(dimension, sum);
  }
  return [...sums].sort(([a], [b]) => compare(a, b)).map(([dimension, sum]) => ({ dimension, ...sum }));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
