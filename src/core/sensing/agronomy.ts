/**
 * What days of weather mean for a crop: growing degree days by the daily mean of capped extremes (McMaster & Wilhelm 1997, method 2: each extreme
 * is brought between base and upper before the mean is taken, because below its base a plant rests and does not go back), rainfall sums of
 * gauges that report amounts or a running total, and dry spells (runs of days below 1 mm, World Meteorological Organization, ETCCDI's CDD). A day
 * of which nothing is known is never taken for a day without warmth or rain: it is counted as missing.
 */
import { decimalToFraction, parseDecimal } from '../kernel/decimal.js';
import type { Fraction } from '../kernel/fraction.js';
import { add, compare, fraction, multiply, subtract, ZERO } from '../kernel/fraction.js';

/** "2026-05-26" with what was measured; null where nothing was. */
export interface DayExtremes {
  readonly day: string;
  readonly min: Fraction | null;
  readonly max: Fraction | null;
}

export interface DegreeDays {
  /** In degrees × days. */
  readonly sum: Fraction;
  readonly days: number;
  /** Days that the sum knows nothing of. */
  readonly missing: number;
}

/** Temperatures in one unit; `upper` null where growth has no upper limit. */
export function growingDegreeDays(days: Iterable<DayExtremes>, base: string, upper: string | null): DegreeDays {
  const floor = decimalToFraction(parseDecimal(base));
  const ceiling = upper === null ? null : decimalToFraction(parseDecimal(upper));
  const within = (value: Fraction): Fraction => {
    const lifted = compare(value, floor) < 0 ? floor : value;
    return ceiling && compare(lifted, ceiling) > 0 ? ceiling : lifted;
  };
  let [sum, count, missing] = [ZERO, 0, 0];
  for (const { min, max } of days) {
    if (!min || !max) {
      missing += 1;
      continue;
    }
    count += 1;
    sum = add(sum, subtract(multiply(fraction(1n, 2n), add(within(min), within(max))), floor));
  }
  return { sum, days: count, missing };
}

/** AMOUNT: what fell since the reading before. TOTAL: a counter that only grows, and starts anew when the gauge does. */
export type GaugeKind = 'AMOUNT' | 'TOTAL';

export interface GaugeReading {
  readonly measuredAt: number;
  readonly value: Fraction;
}

/** What fell, in the gauge's unit. Of a TOTAL the first reading is the start; a drop is a restart at 0. Readings in whatever order. */
export function rainfall(readings: Iterable<GaugeReading>, kind: GaugeKind): Fraction {
  const ordered = [...readings].sort((a, b) => a.measuredAt - b.measuredAt || compare(a.value, b.value));
  let sum = ZERO;
  let before: Fraction | null = null;
  for (const { value } of ordered) {
    if (kind === 'AMOUNT') sum = add(sum, value);
    else if (before) sum = add(sum, compare(value, before) < 0 ? value : subtract(value, before));
    before = value;
  }
  return sum;
}

/** A local day and the rain of it; null where no gauge spoke. */
export interface DayRain {
  readonly day: string;
  readonly amount: Fraction | null;
}

export interface DrySpell {
  readonly from: string;
  readonly to: string;
  readonly days: number;
  /** Days inside it of which nothing is known; they do not end it and do not count. */
  readonly missing: number;
}

const NO_RUN = { from: '', to: '', days: 0, missing: 0, waiting: 0 };

/** Runs of at least `daysMin` known days with less than `wetFrom` (default 1 mm). One entry a day, in whatever order. */
export function drySpells(days: Iterable<DayRain>, daysMin: number, wetFrom = '1'): DrySpell[] {
  const limit = decimalToFraction(parseDecimal(wetFrom));
  const spells: DrySpell[] = [];
  let run = NO_RUN;
  const end = (): void => {
    if (run.days > 0 && run.days >= daysMin) spells.push({ from: run.from, to: run.to, days: run.days, missing: run.missing });
    run = NO_RUN;
  };
  for (const { day, amount } of [...days].sort((a, b) => (a.day < b.day ? -1 : 1))) {
    if (amount && compare(amount, limit) >= 0) {
      end();
    } else if (amount) {
      // Unknown days at the end belong to no spell: they count as missing only once a dry day follows.
      const from = run.days === 0 ? day : run.from;
      run = { from, to: day, days: run.days + 1, missing: run.missing + run.waiting, waiting: 0 };
    } else if (run.days > 0) {
      run = { ...run, waiting: run.waiting + 1 };
    }
  }
  end();
  return spells;
}
