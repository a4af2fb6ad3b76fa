/**
 * Readings of one channel in the order of their time, and what can be said only of them together: stuck (the model never says exactly the same
 * for so long), duplicate (a network server passed one frame on twice, under another time: chirpstack-application-server#460) and conflict (one
 * time, one count, two values). All of it follows from the set of readings, so late data in whatever order gives the same.
 */

export interface SeriesReading {
  readonly messageId: string;
  readonly measuredAt: number;
  readonly timeAsSent: string | null;
  readonly sequence: string | null;
  readonly value: string | null;
}

export interface SeriesFlags {
  readonly stuck: boolean;
  readonly duplicate: boolean;
  readonly conflict: boolean;
}

/** How long after a message another of its count and value is taken for the same. */
export const DUPLICATE_MS_MAX = 5 * 60_000;

/** By time, then by what was stored first: the one order in which a series is looked at. */
export function inOrder<R extends SeriesReading>(readings: Iterable<R>): R[] {
  return [...readings].sort((a, b) => a.measuredAt - b.measuredAt || compareIds(a.messageId, b.messageId));
}

/** By message id. `stuckAfterMs` null: the model does not say. */
export function judgeSeries(readings: Iterable<SeriesReading>, stuckAfterMs: number | null): Map<string, SeriesFlags> {
  const ordered = inOrder(readings);
  const conflicts = conflictsIn(ordered);
  const lastOfCount = new Map<string, SeriesReading>();
  const flags = new Map<string, SeriesFlags>();
  let same: SeriesReading | null = null;
  for (const reading of ordered) {
    if (same?.value !== reading.value || reading.value === null) same = reading;
    const stuck = stuckAfterMs !== null && reading.value !== null && reading.measuredAt - same.measuredAt >= stuckAfterMs;
    const before = reading.sequence === null ? undefined : lastOfCount.get(reading.sequence);
    const duplicate =
      before !== undefined &&
      before.value === reading.value &&
      before.timeAsSent !== reading.timeAsSent &&
      reading.measuredAt - before.measuredAt <= DUPLICATE_MS_MAX;
    if (reading.sequence !== null && !duplicate) lastOfCount.set(reading.sequence, reading);
    flags.set(reading.messageId, { stuck, duplicate, conflict: conflicts.has(reading.messageId) });
  }
  return flags;
}

function conflictsIn(ordered: readonly SeriesReading[]): Set<string> {
  const byName = new Map<string, SeriesReading[]>();
  for (const reading of ordered) {
    if (reading.timeAsSent === null && reading.sequence === null) continue;
    const name = `${reading.timeAsSent ?? ''}\u0000${reading.sequence ?? ''}`;
    const group = byName.get(name);
    if (group) group.push(reading);
    else byName.set(name, [reading]);
  }
  const conflicts = [...byName.values()].filter((group) => new Set(group.map(({ value }) => value)).size > 1);
  return new Set(conflicts.flat().map(({ messageId }) => messageId));
}

function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
