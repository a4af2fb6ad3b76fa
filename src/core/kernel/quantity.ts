/**
 * Quantities: an integer of the smallest unit of their dimension (mass in milligrams, volume in microlitres, count in pieces, area in
 * square millimetres). Units are codes of UN/ECE Recommendation 20, and the two that Guizhou's scales and land books speak: jin (500 g)
 * and mu (2,000/3 m²). What was said is kept beside it (`said`), so that a jin comes back as a jin.
 */
import type { Decimal } from './decimal.js';
import { formatDecimal, parseDecimal } from './decimal.js';
import { DomainError } from './errors.js';
import { divideHalfEven } from './fraction.js';

export type Dimension = 'MASS' | 'VOLUME' | 'COUNT' | 'AREA';

export interface Quantity {
  readonly dimension: Dimension;
  /** Milligrams, microlitres, pieces or square millimetres. */
  readonly amount: bigint;
}

/** One unit is num ÷ den of the dimension's smallest unit. */
export interface Unit {
  readonly code: string;
  readonly dimension: Dimension;
  readonly num: bigint;
  readonly den: bigint;
}

/** 9 × 10^15 mg are 9 million tonnes: more than any batch, and sums of a thousand still fit a bigint column. */
export const QUANTITY_AMOUNT_MAX = 9_000_000_000_000_000n;

const UNITS: ReadonlyMap<string, Unit> = new Map(
  (
    [
      ['MGM', 'MASS', 1n, 1n],
      ['GRM', 'MASS', 1_000n, 1n],
      ['KGM', 'MASS', 1_000_000n, 1n],
      ['TNE', 'MASS', 1_000_000_000n, 1n],
      ['DTN', 'MASS', 100_000_000n, 1n],
      ['jin', 'MASS', 500_000n, 1n],
      ['liang', 'MASS', 50_000n, 1n],
      ['4G', 'VOLUME', 1n, 1n],
      ['MLT', 'VOLUME', 1_000n, 1n],
      ['LTR', 'VOLUME', 1_000_000n, 1n],
      ['MTQ', 'VOLUME', 1_000_000_000n, 1n],
      ['H87', 'COUNT', 1n, 1n],
      ['MTK', 'AREA', 1_000_000n, 1n],
      ['HAR', 'AREA', 10_000_000_000n, 1n],
      ['mu', 'AREA', 2_000_000_000n, 3n],
    ] as const
  ).map(([code, dimension, num, den]) => [code, { code, dimension, num, den }]),
);

/** Throws UNIT_UNKNOWN. */
export function unitOf(code: string): Unit {
  const unit = UNITS.get(code);
  if (!unit) throw new DomainError('UNIT_UNKNOWN', { unit: code.slice(0, 16) });
  return unit;
}

/**
 * {value: "12.5", unit: "jin"} → 6,250,000 mg. Mass, volume and count must come out whole; an area is rounded to a square millimetre,
 * because a mu is no finite decimal of a square metre. Throws UNIT_UNKNOWN, QUANTITY_NOT_POSITIVE, QUANTITY_OUT_OF_RANGE, BAD_INPUT.
 */
export function parseQuantity(input: { readonly value: string; readonly unit: string }, options: { zeroAllowed?: boolean } = {}): Quantity {
  const unit = unitOf(input.unit);
  const value: Decimal = parseDecimal(input.value);
  if (value.units < 0n || (value.units === 0n && !options.zeroAllowed)) {
    throw new DomainError('QUANTITY_NOT_POSITIVE', { value: input.value, unit: input.unit });
  }
  const num = value.units * unit.num;
  const den = 10n ** BigInt(value.scale) * unit.den;
  const amount = divideHalfEven(num, den);
  const lost = unit.dimension !== 'AREA' && num % den !== 0n;
  if (lost || amount > QUANTITY_AMOUNT_MAX) throw new DomainError('QUANTITY_OUT_OF_RANGE', { value: input.value, unit: input.unit });
  return { dimension: unit.dimension, amount };
}

/** In the unit asked for, exactly where that is a finite decimal, else rounded half-even at 6 digits. */
export function formatQuantity(quantity: Quantity, unitCode: string): { value: string; unit: string } {
  const unit = unitOf(unitCode);
  if (unit.dimension !== quantity.dimension) throw new DomainError('UNIT_MISMATCH', { unit: unitCode, quantity: quantity.dimension });
  const scale = 9;
  const units = divideHalfEven(quantity.amount * unit.den * 10n ** BigInt(scale), unit.num);
  return { value: formatDecimal({ units, scale }, true), unit: unitCode };
}

/** The unit a dimension is told in when nothing else was said: kilograms, litres, pieces, square metres. */
export function plainUnit(dimension: Dimension): string {
  return { MASS: 'KGM', VOLUME: 'LTR', COUNT: 'H87', AREA: 'MTK' }[dimension];
}

/**
 * The quantity in the dimension asked for: pieces become weight (or volume) by the product's net content, and back where it comes out
 * whole. Throws UNIT_MISMATCH, NET_CONTENT_MISSING.
 */
export function convert(quantity: Quantity, dimension: Dimension, netContent: Quantity | null): Quantity {
  if (quantity.dimension === dimension) return quantity;
  const pieces = quantity.dimension === 'COUNT';
  if (!pieces && dimension !== 'COUNT') throw new DomainError('UNIT_MISMATCH', { from: quantity.dimension, to: dimension });
  if (!netContent) throw new DomainError('NET_CONTENT_MISSING', { from: quantity.dimension, to: dimension });
  if (netContent.dimension !== (pieces ? dimension : quantity.dimension)) {
    throw new DomainError('UNIT_MISMATCH', { from: quantity.dimension, to: dimension, netContent: netContent.dimension });
  }
  if (pieces) return { dimension, amount: quantity.amount * netContent.amount };
  if (quantity.amount % netContent.amount !== 0n) {
    throw new DomainError('QUANTITY_OUT_OF_RANGE', { reason: 'no whole number of pieces', netContent: netContent.amount.toString() });
  }
  return { dimension, amount: quantity.amount / netContent.amount };
}
