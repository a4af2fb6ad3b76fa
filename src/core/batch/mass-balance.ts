/**
 * Whether what came out of a step can have come from what went in. A half per cent is left for scales and evaporation that nobody wrote
 * down; more than that is a loss to declare or an input to name, because undeclared mass would carry other people's money.
 */
import { DomainError } from '../kernel/errors.js';
import type { Mass } from './mass.js';
import { countedMg } from './mass.js';

export const MASS_TOLERANCE_PARTS_PER_MILLION = 5_000n;

/** All masses in milligrams, not negative. Auxiliary inputs (water, salt, packaging) count as inputs. */
export interface MassBalanceInput {
  readonly inputs: bigint;
  /** Products; waste is apart. */
  readonly outputs: bigint;
  readonly waste: bigint;
  readonly declaredLoss: bigint;
  /** Of the inputs; MASS_TOLERANCE_PARTS_PER_MILLION where not given. */
  readonly tolerancePartsPerMillion?: bigint;
}

/** Throws MASS_BALANCE where inputs and outputs + waste + declared loss lie further apart than the tolerance, with all values in mg. */
export function massBalance(input: MassBalanceInput): void {
  const { inputs, outputs, waste, declaredLoss, tolerancePartsPerMillion = MASS_TOLERANCE_PARTS_PER_MILLION } = input;
  const difference = inputs - (outputs + waste + declaredLoss);
  const size = difference < 0n ? -difference : difference;
  if (size * 1_000_000n <= tolerancePartsPerMillion * inputs) return;
  throw new DomainError('MASS_BALANCE', {
    inputsMg: inputs.toString(),
    outputsMg: outputs.toString(),
    wasteMg: waste.toString(),
    declaredLossMg: declaredLoss.toString(),
    differenceMg: difference.toString(),
    tolerancePartsPerMillion: tolerancePartsPerMillion.toString(),
  });
}

/** A line of a step as it is balanced. */
export interface BalanceLine {
  readonly part: 'INPUT' | 'OUTPUT' | 'WASTE' | 'DECLARED_LOSS';
  readonly mass: Mass;
}

/**
 * The balance of a step's lines, or null where one of them has no mass: litres against kilograms need a density, which a recipe may give. `weighed` says
 * whether every line was on a scale; a difference between nominal masses says more of labels than of goods.
 */
export function balanceOf(lines: readonly BalanceLine[]): { readonly balance: MassBalanceInput; readonly weighed: boolean } | null {
  const sums = { INPUT: 0n, OUTPUT: 0n, WASTE: 0n, DECLARED_LOSS: 0n };
  for (const { part, mass } of lines) {
    const counted = countedMg(mass);
    if (counted === null) return null;
    sums[part] += counted;
  }
  const balance = { inputs: sums.INPUT, outputs: sums.OUTPUT, waste: sums.WASTE, declaredLoss: sums.DECLARED_LOSS };
  return { balance, weighed: lines.every(({ mass }) => mass.weighedMg !== null) };
}
