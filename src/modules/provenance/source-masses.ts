import type { Fraction } from '../../core/kernel/fraction.js';
import { add, fraction, multiply, sum, ZERO } from '../../core/kernel/fraction.js';
import { compose } from '../../core/income/composition.js';
import type { Ancestor, HoldingFacts } from '../traceability/index.js';

type Step = Pick<Ancestor, 'id' | 'kind' | 'inputs' | 'outputs' | 'source'>;
type Made = Pick<HoldingFacts, 'id' | 'made'>;

export interface SourceMasses {
  /** Source step → how much of its quantity is in the batch, milligrams. */
  readonly byStep: ReadonlyMap<string, Fraction>;
  readonly total: Fraction;
  /** Without those of unknown origin. */
  readonly known: Fraction;
}

/**
 * What the batch, wherever it lies or went, is made of: the quantities of the deliveries, harvests and unknown origins upstream, as far as
 * its holdings carry them. Sources that are counted or measured by volume weigh nothing here. `steps`: all upstream of the holdings.
 */
export function sourceMasses(holdings: readonly Made[], steps: readonly Step[]): SourceMasses {
  const resting = restingQuantities(holdings, steps);
  const composition = compose(steps, resting.keys());
  const byStep = new Map<string, Fraction>();
  let known = ZERO;
  for (const step of steps) {
    if (step.source?.dimension !== 'MASS') continue;
    const parts = [...resting].map(([holdingId, quantity]) =>
      multiply(fraction(quantity), composition.get(holdingId)?.get(step.id) ?? ZERO),
    );
    const mass = multiply(sum(parts), fraction(step.source.quantity));
    if (mass.num === 0n) continue;
    byStep.set(step.id, mass);
    if (step.kind !== 'UNKNOWN_ORIGIN') known = add(known, mass);
  }
  return { byStep, total: sum(byStep.values()), known };
}

/**
 * Holding → what of it did not go on into another holding of the same batch: a batch that changed hands was made twice, and is counted
 * where it came to rest.
 */
function restingQuantities(holdings: readonly Made[], steps: readonly Step[]): Map<string, bigint> {
  const resting = new Map(holdings.map((holding) => [holding.id, holding.made]));
  for (const step of steps) {
    if (!step.outputs.some((output) => resting.has(output.holdingId))) continue;
    for (const input of step.inputs) {
      const made = resting.get(input.holdingId);
      if (made !== undefined) resting.set(input.holdingId, made - input.quantity);
    }
  }
  return new Map([...resting].filter(([, quantity]) => quantity > 0n));
}
