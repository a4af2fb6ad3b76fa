/**
 * Cold-chain excursions: how long goods stood outside the range that they bear (EN 12830 records temperature, WHO and GDP practice counts the
 * time outside). A reading holds until the next one, as recorders work, but not longer than `holdsMsMax`: what a silent recorder would have said
 * is unknown, and told as such, never as good.
 */
import { decimalToFraction, parseDecimal } from '../kernel/decimal.js';
import type { Fraction } from '../kernel/fraction.js';
import { compare } from '../kernel/fraction.js';

export interface TimedValue {
  readonly measuredAt: number;
  readonly value: Fraction;
}

export interface AllowedRange {
  /** Exact decimals; null: no limit on this side. Limits are inside. */
  readonly min: string | null;
  readonly max: string | null;
}

export interface Exposure {
  readonly insideMs: number;
  readonly aboveMs: number;
  readonly belowMs: number;
  readonly unknownMs: number;
  /** Times above or below, joined where they touch. */
  readonly excursions: readonly Excursion[];
}

export interface Excursion {
  readonly from: number;
  readonly to: number;
  /** The value farthest outside. */
  readonly worst: Fraction;
}

/** Between `from` and `to` (epoch milliseconds). Readings in whatever order; those before `from` hold into it. inside + above + below + unknown = to − from. */
export function exposure(readings: Iterable<TimedValue>, range: AllowedRange, from: number, to: number, holdsMsMax: number): Exposure {
  const limits = [range.min, range.max].map((text) => (text === null ? null : decimalToFraction(parseDecimal(text))));
  const [min = null, max = null] = limits;
  const ordered = [...readings].sort((a, b) => a.measuredAt - b.measuredAt || compare(a.value, b.value));
  const sums = { INSIDE: 0, ABOVE: 0, BELOW: 0 };
  const excursions: Excursion[] = [];
  let known = 0;
  ordered.forEach(({ measuredAt, value }, index) => {
    const until = Math.min(ordered[index + 1]?.measuredAt ?? Infinity, measuredAt + holdsMsMax, to);
    const [start, end] = [Math.max(measuredAt, from), Math.max(until, from)];
    if (end <= start) return;
    known += end - start;
    const side = max && compare(value, max) > 0 ? 'ABOVE' : min && compare(value, min) < 0 ? 'BELOW' : 'INSIDE';
    sums[side] += end - start;
    if (side !== 'INSIDE') join(excursions, { from: start, to: end, worst: value }, side);
  });
  return {
    insideMs: sums.INSIDE,
    aboveMs: sums.ABOVE,
    belowMs: sums.BELOW,
    unknownMs: Math.max(0, to - from) - known,
    excursions,
  };
}

function join(excursions: Excursion[], next: Excursion, side: 'ABOVE' | 'BELOW'): void {
  const last = excursions.at(-1);
  // A fall from too warm to too cold passes the range between two readings: two excursions would be as wrong as one, so they stay one.
  if (last?.to !== next.from) {
    excursions.push(next);
    return;
  }
  const further = side === 'ABOVE' ? compare(next.worst, last.worst) > 0 : compare(next.worst, last.worst) < 0;
  excursions[excursions.length - 1] = { from: last.from, to: next.to, worst: further ? next.worst : last.worst };
}
