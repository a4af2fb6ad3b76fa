/**
 * How much goods weigh, and how that is known. What was on a scale is weighed; what follows from a number on a label (pieces by net content, packages by
 * their weight on that day, litres by a recipe's density) is nominal. Both are kept, because a nominal kilogram is a promise and a weighed one a fact; a
 * balance counts the weighed where there is one. Masses are milligrams.
 */
import { DomainError } from '../kernel/errors.js';
import type { Fraction } from '../kernel/fraction.js';
import { divideHalfEven } from '../kernel/fraction.js';
import type { Quantity } from '../kernel/quantity.js';

export interface Mass {
  readonly weighedMg: bigint | null;
  readonly nominalMg: bigint | null;
}

/** What turns pieces and litres into mass; each may be missing. */
export interface NominalRule {
  readonly netContent: Quantity | null;
  /** Milligrams a microlitre. */
  readonly density: Fraction | null;
}

/** A package type of a product: from that day on one of it holds so much. */
export interface DatedPackage {
  readonly type: string;
  /** 2026-05-26. */
  readonly validFrom: string;
  readonly netWeightMg: bigint;
}

/** The mass of a quantity: weighed where it is one, nominal where a rule gives one, unknown (both null) elsewhere. */
export function massOf(quantity: Quantity, rule: NominalRule): Mass {
  const { dimension, amount } = quantity;
  switch (dimension) {
    case 'MASS':
      return { weighedMg: amount, nominalMg: null };
    case 'COUNT': {
      if (rule.netContent === null) return UNKNOWN;
      const content = massOf(rule.netContent, { netContent: null, density: rule.density });
      const each = content.weighedMg ?? content.nominalMg;
      return { weighedMg: null, nominalMg: each === null ? null : amount * each };
    }
    case 'VOLUME':
      return { weighedMg: null, nominalMg: rule.density && divideHalfEven(amount * rule.density.num, rule.density.den) };
    case 'AREA':
      return UNKNOWN;
  }
}

/**
 * What packages hold, by the weights that held on `day`: 40 sacks of "sack 50" are 2,000 kg. Throws NOT_FOUND where a type is not known on that day,
 * QUANTITY_NOT_POSITIVE for a count that is none.
 */
export function packagesMass(
  packages: readonly { readonly type: string; readonly count: number }[],
  known: readonly DatedPackage[],
  day: string,
): bigint {
  return packages.reduce((sum, { type, count }, i) => {
    if (!Number.isSafeInteger(count) || count <= 0)
      throw new DomainError('QUANTITY_NOT_POSITIVE', { value: String(count) }, [String(i), 'count']);
    const weight = packageWeight(known, type, day);
    if (weight === null) throw new DomainError('NOT_FOUND', { packageType: type.slice(0, 64), day }, [String(i), 'type']);
    return sum + BigInt(count) * weight;
  }, 0n);
}

/** What one package of the type holds on that day, milligrams; null where it was not known yet. Of two from one day, the one recorded later. */
export function packageWeight(known: readonly DatedPackage[], type: string, day: string): bigint | null {
  let current: DatedPackage | null = null;
  for (const one of known) {
    if (one.type !== type || one.validFrom > day) continue;
    if (current === null || one.validFrom >= current.validFrom) current = one;
  }
  return current?.netWeightMg ?? null;
}

/** What counts: the scale before the label. */
export function countedMg({ weighedMg, nominalMg }: Mass): bigint | null {
  return weighedMg ?? nominalMg;
}

const UNKNOWN: Mass = { weighedMg: null, nominalMg: null };
