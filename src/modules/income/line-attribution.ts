import type { CustodyModel } from '../../core/batch/custody-model.js';
import { weakest } from '../../core/batch/custody-model.js';
import type { Composition } from '../../core/income/composition.js';
import type { Reach, SourceStep, TargetVerdict } from '../../core/income/interval.js';
import { reachOf } from '../../core/income/interval.js';
import { splitByGross } from '../../core/income/net.js';
import type { StepCoefficient } from '../../core/income/coefficient.js';
import type { PartyPosition } from '../../core/income/position.js';
import { attributeLine } from '../../core/income/position.js';
import { apportion } from '../../core/kernel/apportion.js';
import { assert } from '../../core/kernel/assert.js';
import { canonicalJson } from '../../core/kernel/canonical-json.js';
import { fraction } from '../../core/kernel/fraction.js';
import { plainUnit, unitOf } from '../../core/kernel/quantity.js';
import { sha256Hex } from '../../core/kernel/sha256.js';
import type { Party } from '../../core/ledger/party.js';
import { partyKey } from '../../core/ledger/party.js';
import type { Payment } from '../../core/ledger/payment.js';
import type { SaleFacts, SaleLineFacts } from '../sales/index.js';
import type { StepFacts } from '../traceability/index.js';

/** Printed with every figure: another method is another number. */
export const METHOD = 'income-1 (quantity or value weights, exact fractions, half-even at 18 decimals)';

/** What a line of a final sale was found to be made of, and what follows from it. */
export interface LineContent {
  readonly netMinor: bigint;
  readonly currency: string;
  readonly coefficients: readonly StepCoefficient[];
  readonly positions: ReadonlyMap<string, PartyPosition>;
  readonly reach: Reach;
  readonly custodyModel: CustodyModel;
  /** A season upstream is still open: its expected quantity will give way to the actual one. */
  readonly provisional: boolean;
  readonly feesPending: boolean;
  /** Somewhere upstream a share had outgrown exactness (income.md, 2). */
  readonly rounded: boolean;
}

/** Everything that the lines of a pass are worked out from. */
export interface Upstream {
  readonly steps: ReadonlyMap<string, StepFacts>;
  readonly composition: Composition;
  readonly paymentsByStep: ReadonlyMap<string, readonly Payment[]>;
  readonly verdictOn: (householdId: string, day: string) => TargetVerdict;
}

/**
 * Works out one whole line. `own` are the line's parts of the sale's own payments. Throws RATE_MISSING where a payment that it carries is
 * of another currency.
 */
export function lineContent(sale: SaleFacts, line: SaleLineFacts, upstream: Upstream, own: readonly Payment[]): LineContent {
  const { composition } = upstream;
  const stepIds = new Set(line.allocations.flatMap(({ holdingId }) => [...(composition.get(holdingId)?.keys() ?? [])]));
  const steps = [...stepIds].map((stepId) => {
    const step = upstream.steps.get(stepId);
    assert(step, 'What a composition names was loaded.');
    return step;
  });
  const payments = [...[...stepIds].flatMap((stepId) => upstream.paymentsByStep.get(stepId) ?? []), ...own];
  const seller: Party = { kind: 'ORGANISATION', id: sale.sellerId };
  const { netMinor } = line;
  const { currency } = sale;
  const { coefficients, positions } = attributeLine({ allocations: line.allocations, composition, payments, seller, netMinor, currency });
  const sellerMarginScaled = positions.get(partyKey(seller))?.positionScaled ?? 0n;
  const { verdictOn } = upstream;
  const reach = reachOf({ coefficients, payments, sources: sourcesOf(steps), netMinor, currency, sellerMarginScaled, verdictOn });
  return {
    netMinor,
    currency,
    coefficients,
    positions,
    reach,
    custodyModel: weakest(steps.flatMap((step) => (step.custodyModel ? [step.custodyModel] : []))),
    provisional: steps.some((step) => step.openSeason),
    feesPending: sale.feesPending,
    rounded: line.allocations.some(({ holdingId }) => composition.rounded.has(holdingId)),
  };
}

/** Equal content, equal hash: what is found again as it was is not stored again. */
export function contentHash(content: LineContent): string {
  const { positions, ...rest } = content;
  const sorted = [...positions].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, position]) => position);
  return sha256Hex(canonicalJson({ ...rest, positions: sorted, method: METHOD }));
}

/**
 * The sale's own payments (fees), split over all its lines by largest remainder on line gross, by line ref. What is admitted of a disputed
 * one is split as its amount was, so that no line admits more than its part.
 */
export function splitOverLines(payments: readonly Payment[], lines: readonly SaleLineFacts[]): Map<string, Payment[]> {
  const parts = new Map<string, Payment[]>(lines.map((line) => [line.ref, []]));
  for (const payment of payments) {
    const amounts = splitByGross(payment.amountMinor, lines);
    const weights = [...amounts].map(([key, amountMinor]) => ({ key, weight: fraction(amountMinor) }));
    const admitted = payment.admittedMinor === null ? null : apportion(payment.admittedMinor, weights);
    for (const [ref, amountMinor] of amounts) {
      if (amountMinor > 0n) parts.get(ref)?.push({ ...payment, amountMinor, admittedMinor: admitted && (admitted.get(ref) ?? 0n) });
    }
  }
  return parts;
}

/**
 * Where the goods came into being. All that is asked of a source's mass is its proportion to the others; where sources are of different
 * dimensions, which only a gift box has, a kilogram, a litre and a piece are taken for one another: an approximation that touches coverage
 * and the width of intervals, never a position.
 */
function sourcesOf(steps: readonly StepFacts[]): SourceStep[] {
  return steps.flatMap(({ id, kind, source }) => {
    if (!source || (kind !== 'DELIVERY' && kind !== 'HARVEST' && kind !== 'UNKNOWN_ORIGIN')) return [];
    const plain = unitOf(plainUnit(source.dimension));
    const massMg = (source.quantity * unitOf('KGM').num * plain.den) / plain.num;
    return [{ stepId: id, kind, massMg, unpriced: source.unpriced }];
  });
}
