import type { Fraction } from '../../core/kernel/fraction.js';
import { add, compare, divide, fraction, sum, toScaled, ZERO } from '../../core/kernel/fraction.js';
import { formatDecimal } from '../../core/kernel/decimal.js';
import type { HarvestView } from './view.js';

/** Behind a public number stand at least so many households (income.md, 4). */
export const HOUSEHOLDS_MIN = 10;
const SHARE_DECIMALS = 4;

/** What one grower's delivery gave to the batch. */
export interface HarvestPart {
  readonly cooperative: string;
  readonly areaCode: string | null;
  readonly grower: string;
  readonly household: boolean;
  /** "2026-05". */
  readonly month: string;
  /** In one unit for all parts: how much of the delivery is in the batch. */
  readonly mass: Fraction;
}

interface Group {
  readonly cooperative: string;
  readonly areaCode: string | null;
  readonly parts: HarvestPart[];
}

/**
 * The parts by cooperative and village. A share is told where a single household cannot be read from it: at least HOUSEHOLDS_MIN households
 * behind it, the largest under half. One share held back could be had as the rest of its siblings, so these are held back with it, and
 * all of them where the cooperative as a whole would tell too much. `sourceMass` is that of all sources, those of unknown origin included.
 */
export function harvestViews(parts: readonly HarvestPart[], sourceMass: Fraction): HarvestView[] {
  const groups = [...grouped(parts, (part) => `${part.cooperative}\n${part.areaCode ?? ''}`).values()].map(groupOf);
  const cooperatives = grouped(parts, (part) => part.cooperative);
  const sound = new Map([...cooperatives].map(([name, all]) => [name, isSafe(all)]));
  // Of one single group the share says what coverage says already.
  const open = groups.length === 1 || [...sound.values()].every(Boolean);
  return groups.map((group) => {
    const siblings = groups.filter((other) => other.cooperative === group.cooperative);
    const told = groups.length === 1 || (open && siblings.every((sibling) => isSafe(sibling.parts)));
    const months = group.parts.map((part) => part.month).sort();
    const growers = growersOf(group.parts);
    return {
      cooperative: group.cooperative,
      areaCode: group.areaCode,
      from: months[0] ?? '',
      to: months.at(-1) ?? '',
      share: told && sourceMass.num > 0n ? decimal(divide(sum(group.parts.map((part) => part.mass)), sourceMass)) : null,
      households: growers.households >= HOUSEHOLDS_MIN ? growers.households : null,
    };
  });
}

/** Between 0 and 1, rounded down, so that a trace of unknown origin never reads as none. Without any source nothing is known: 0. */
export function coverageOf(known: Fraction, sourceMass: Fraction): string {
  if (sourceMass.num === 0n) return '0';
  const part = divide(known, sourceMass);
  const scale = 10n ** BigInt(SHARE_DECIMALS);
  return formatDecimal({ units: (part.num * scale) / part.den, scale: SHARE_DECIMALS }, true);
}

function isSafe(parts: readonly HarvestPart[]): boolean {
  const { households, masses } = growersOf(parts);
  const total = sum(masses);
  const half = divide(total, fraction(2n));
  return households >= HOUSEHOLDS_MIN && masses.every((mass) => compare(mass, half) < 0);
}

function growersOf(parts: readonly HarvestPart[]): { households: number; masses: Fraction[] } {
  const growers = grouped(parts, (part) => part.grower);
  const households = [...growers.values()].filter(([first]) => first?.household).length;
  return { households, masses: [...growers.values()].map((own) => own.reduce((total, part) => add(total, part.mass), ZERO)) };
}

function groupOf(parts: HarvestPart[]): Group {
  return { cooperative: parts[0]?.cooperative ?? '', areaCode: parts[0]?.areaCode ?? null, parts };
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const list = groups.get(keyOf(item));
    if (list) list.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

function decimal(value: Fraction): string {
  return formatDecimal({ units: toScaled(value, SHARE_DECIMALS), scale: SHARE_DECIMALS }, true);
}
