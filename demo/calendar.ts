/** The season told is that of 2026; where this machine's clock has not reached its end yet, the last one that is over. */
export class Calendar {
  readonly year: number;

  constructor(nowMs: number) {
    const year = new Date(nowMs).getUTCFullYear();
    const lastFinished = nowMs >= Date.UTC(year, 10, 1) ? year : year - 1;
    this.year = Math.min(2026, lastFinished);
  }

  /** `day("09-18")` → "2026-09-18". */
  day(monthAndDay: string): string {
    return `${String(this.year)}-${monthAndDay}`;
  }

  /** `at("09-18", "08:30")` → "2026-09-18T08:30:00+08:00". */
  at(monthAndDay: string, time: string): string {
    return `${this.day(monthAndDay)}T${time}:00+08:00`;
  }

  /** So many hours after the beginning of a local day, to the second. */
  after(monthAndDay: string, hours: number): string {
    const local = Date.parse(`${this.day(monthAndDay)}T00:00:00Z`) + Math.round(hours * 3_600) * 1_000;
    return `${new Date(local).toISOString().slice(0, 19)}+08:00`;
  }

  /** "20260918", as lots spell it. */
  compact(monthAndDay: string): string {
    return this.day(monthAndDay).replaceAll('-', '');
  }
}
