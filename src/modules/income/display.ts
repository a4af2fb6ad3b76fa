import { COEFFICIENT_DECIMALS, SCALE } from '../../core/income/coefficient.js';
import { assert } from '../../core/kernel/assert.js';
import { formatDecimal } from '../../core/kernel/decimal.js';
import type { Fraction } from '../../core/kernel/fraction.js';
import { divideHalfEven, toScaled } from '../../core/kernel/fraction.js';
import { currencyExponent } from '../../core/kernel/money.js';

/** Shares and coverage are printed with so many digits; inside they are exact. */
export const SHARE_DECIMALS = 6;

/**
 * Positions as they are printed. Rounded one by one they might miss the net amount by a fen or two, and a reader who adds them up must find
 * the line's net exactly; so every position is rounded down, and what is left goes to the largest remainders (the kernel's apportionment,
 * for signed amounts), ties by key. `scaled` are minor units × 10^18 and add up to `netMinor`.
 */
export function printedPositions(
  netMinor: bigint,
  positions: readonly { readonly key: string; readonly scaled: bigint }[],
): Map<string, bigint> {
  const floors = positions.map(({ key, scaled }) => {
    const remainder = ((scaled % SCALE) + SCALE) % SCALE;
    return { key, floor: (scaled - remainder) / SCALE, remainder };
  });
  const rest = floors.reduce((left, { floor }) => left - floor, netMinor);
  assert(rest >= 0n && rest <= BigInt(floors.length), 'Exact positions add up to the net amount.');
  const byRemainder = [...floors].sort((a, b) => compareBigints(b.remainder, a.remainder) || (a.key < b.key ? -1 : 1));
  const raised = new Set(byRemainder.slice(0, Number(rest)).map(({ key }) => key));
  return new Map(floors.map(({ key, floor }) => [key, raised.has(key) ? floor + 1n : floor]));
}

/** Minor units × 10^18 → minor units, half-even. */
export function printedMinor(scaled: bigint): bigint {
  return divideHalfEven(scaled, SCALE);
}

export function printedShare(value: Fraction): string {
  return formatDecimal({ units: toScaled(value, SHARE_DECIMALS), scale: SHARE_DECIMALS }, true);
}

/** A coefficient × 10^18 as a decimal. */
export function printedCoefficient(coefficient: bigint): string {
  return formatDecimal({ units: coefficient, scale: COEFFICIENT_DECIMALS }, true);
}

/** Minor units × 10^18 as an exact decimal of major units: what one line carries of a payment may be finer than a fen. */
export function printedExact(scaled: bigint, currency: string): string {
  return formatDecimal({ units: scaled, scale: COEFFICIENT_DECIMALS + currencyExponent(currency) }, true);
}

function compareBigints(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
