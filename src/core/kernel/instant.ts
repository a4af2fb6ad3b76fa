/**
 * Points in time as the edge spells them: RFC 3339 with an offset. The offset is kept, because EPCIS wants eventTimeZoneOffset (EPCIS 2.0,
 * 7.4.1) and because a local day is a fact of its own (who was poor on the day of the payment).
 */
import { DomainError } from './errors.js';

export interface Instant {
  readonly epochMs: number;
  /** Minutes east of UTC. */
  readonly offsetMinutes: number;
}

const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:([Zz])|([+-])(\d{2}):(\d{2}))$/;
/** Four digits of year, in whatever zone: what PostgreSQL, ISO 8601 and XML Schema all can write. */
const EPOCH_MS_MIN = Date.parse('0001-01-02T00:00:00Z');
const EPOCH_MS_MAX = Date.parse('9999-12-30T23:59:59.999Z');
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Reads "2026-05-26T08:30:00+08:00". Throws BAD_INPUT; a missing offset is a mistake here (sensing is milder). */
export function parseInstant(text: string): Instant {
  const match = text.length <= 40 ? RFC_3339.exec(text) : null;
  const epochMs = match ? Date.parse(text.replace('t', 'T').replace('z', 'Z')) : Number.NaN;
  if (!match || Number.isNaN(epochMs) || epochMs < EPOCH_MS_MIN || epochMs > EPOCH_MS_MAX) {
    throw new DomainError('BAD_INPUT', { expected: 'RFC 3339 with offset', found: text.slice(0, 64) });
  }
  const sign = match[9] === '-' ? -1 : 1;
  const offsetMinutes = match[8] ? 0 : sign * (Number(match[10]) * 60 + Number(match[11]));
  return { epochMs, offsetMinutes };
}

/** "2026-05-26T08:30:00.000+08:00"; UTC is written with +00:00, as EPCIS's own offsets are. */
export function formatInstant(instant: Instant): string {
  const local = new Date(instant.epochMs + instant.offsetMinutes * 60_000).toISOString();
  return local.slice(0, -1) + formatOffset(instant.offsetMinutes);
}

export function formatOffset(offsetMinutes: number): string {
  const absolute = Math.abs(offsetMinutes);
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `${offsetMinutes < 0 ? '-' : '+'}${pad(Math.trunc(absolute / 60))}:${pad(absolute % 60)}`;
}

/** Reads a calendar day "2026-05-26". Throws BAD_INPUT. */
export function parseDay(text: string): string {
  const match = DATE.exec(text);
  const time = match ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // There is no year 0, and the database knows none.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text || text.startsWith('0000')) {
    throw new DomainError('BAD_INPUT', { expected: 'a day such as 2026-05-26', found: text.slice(0, 32) });
  }
  return text;
}

/** Making a formatter costs a thousand times what using it does; the zones of a platform are few. */
const DAY_FORMATS = new Map<string, Intl.DateTimeFormat>();
const TIME_FORMATS = new Map<string, Intl.DateTimeFormat>();
const ZONES_KEPT_MAX = 1_000;

/** The calendar day of a point in time, as the clock of `timeZone` (IANA) showed it. */
export function localDay(epochMs: number, timeZone: string): string {
  let format = DAY_FORMATS.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    if (DAY_FORMATS.size >= ZONES_KEPT_MAX) DAY_FORMATS.clear();
    DAY_FORMATS.set(timeZone, format);
  }
  return format.format(epochMs);
}

/** True for an IANA time zone this runtime knows. */
export function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

/** The first moment of a calendar day in a time zone, with the offset that holds then. */
export function startOfDay(day: string, timeZone: string): Instant {
  const asUtc = Date.parse(`${day}T00:00:00Z`);
  // Twice, because the offset at the guess may not be the one at the answer (a change of summer time).
  const guess = asUtc - offsetMinutesAt(asUtc, timeZone) * 60_000;
  const offsetMinutes = offsetMinutesAt(guess, timeZone);
  return { epochMs: asUtc - offsetMinutes * 60_000, offsetMinutes };
}

/** Minutes east of UTC that hold at a point in time. */
export function offsetMinutesAt(epochMs: number, timeZone: string): number {
  let format = TIME_FORMATS.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    if (TIME_FORMATS.size >= ZONES_KEPT_MAX) TIME_FORMATS.clear();
    TIME_FORMATS.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(new Date(epochMs)).map((part) => [part.type, Number(part.value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Math.round((Date.UTC(year, month - 1, day, hour, minute, second) - Math.trunc(epochMs / 1_000) * 1_000) / 60_000);
}
