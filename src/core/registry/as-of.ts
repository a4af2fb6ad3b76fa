/**
 * What held on a day. Register entries are appended, never changed (issue of the registry: valid time and recorded time): of the entries valid
 * by that day the latest begins the state that holds, and of two that begin on the same day the one recorded later is the correction.
 */

export interface DatedEntry {
  /** Calendar day, ISO 8601. */
  readonly validFrom: string;
  /** Order of recording. */
  readonly seq: bigint;
}

/** The entry in force on `day`, or null where none had begun. */
export function entryOn<Entry extends DatedEntry>(entries: readonly Entry[], day: string): Entry | null {
  let best: Entry | null = null;
  for (const entry of entries) {
    if (entry.validFrom > day) continue;
    if (best === null || entry.validFrom > best.validFrom || (entry.validFrom === best.validFrom && entry.seq > best.seq)) best = entry;
  }
  return best;
}

/** True where `day` lies in [from, to); an open end has no `to`. */
export function holdsOn(period: { readonly validFrom: string; readonly validTo: string | null }, day: string): boolean {
  return period.validFrom <= day && (period.validTo === null || day < period.validTo);
}
