/**
 * One spelling for equal values in an event hash (CBV 2.0, 8.9.2): times in UTC to the millisecond, numbers without idle zeros, words of the
 * vocabulary as web URIs, identifiers as canonical Digital Links. Numbers are treated as text, digit by digit: a float would lose
 * what stands behind its sixteenth digit, and then two different events had one name.
 */
import { canonicalise } from '../gs1/digital-link.js';
import type { Vocabulary } from './hash-order.js';

const TIME = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}):(\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})$/;
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
/** The usual one: nothing to do. */
const CANONICAL_NUMBER = /^-?(?:[1-9]\d*|0(?=\.)|(?<!-)0)(?:\.\d*[1-9])?$/;
const PLAIN_DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)$/;
const CBV_URN = /^urn:epcglobal:cbv:(bizstep|disp|btt|sdt|er|comp):(.+)$/;
const CBV_TERMS: Readonly<Record<string, string>> = { bizstep: 'BizStep', disp: 'Disp', btt: 'BTT', sdt: 'SDT', er: 'ER', comp: 'Comp' };
const BARE_WORD = /^[A-Za-z][A-Za-z0-9_]*$/;

/**
 * "2023-02-02T12:04:03.1415+01:00" → "2023-02-02T11:04:03.142Z": the third decimal goes up where the fourth is 5 or more, with carry. Text that is
 * no point in time comes back as it is.
 */
export function canonicalTime(text: string): string {
  return TO_THE_MILLISECOND.test(text) ? withinTheDay(text) : anyTime(text);
}

/** The spelling of nearly every event, ours among them: where the day stays the same in UTC, only hours and minutes change. */
const TO_THE_MILLISECOND = /^[1-9]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T[0-2]\d:[0-5]\d:[0-5]\d\.\d{3}[+-][01]\d:[0-5]\d$/;

function withinTheDay(text: string): string {
  const offset = minutesAt(text, 24);
  const minutes = minutesAt(text, 11) + (text.charAt(23) === '+' ? -offset : offset);
  if (minutes < 0 || minutes >= 1_440 || text.charAt(11) + text.charAt(12) > '23') return anyTime(text);
  const hour = (minutes / 60) | 0;
  return `${text.slice(0, 11)}${TWO_DIGITS[hour] ?? ''}:${TWO_DIGITS[minutes - 60 * hour] ?? ''}${text.slice(16, 23)}Z`;
}

const TWO_DIGITS = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));

/** "08:30" at a place of the text → 510. */
function minutesAt(text: string, at: number): number {
  const digit = (place: number): number => text.charCodeAt(at + place) - 48;
  return 600 * digit(0) + 60 * digit(1) + 10 * digit(3) + digit(4);
}

function anyTime(text: string): string {
  const match = TIME.exec(text);
  if (!match) return text;
  const [, date = '', minutes = '', seconds = '', fraction = '', zone = ''] = match;
  const time = Date.parse(`${date}T${minutes}:${seconds}${zone.toUpperCase()}`);
  if (Number.isNaN(time)) return text;
  const decimals = fraction.padEnd(4, '0');
  return new Date(time + Number(decimals.slice(0, 3)) + (decimals.charAt(3) >= '5' ? 1 : 0)).toISOString();
}

/** "+007.50" → "7.5", "1e-7" → "0.0000001", "-0" → "0"; null where the text is no number. No digit is ever lost. */
export function canonicalNumber(text: string): string | null {
  if (CANONICAL_NUMBER.test(text)) return text;
  const match = NUMBER.exec(text);
  const whole = match?.[2] ?? '';
  const rest = match?.[3] ?? '';
  if (!match || whole + rest === '') return null;
  const exponent = Number(match[4] ?? '0');
  const point = whole.length + exponent;
  const digits = (whole + rest).padEnd(point, '0');
  const before = point > 0 ? digits.slice(0, point) : '';
  const after = point > 0 ? digits.slice(point) : '0'.repeat(-point) + digits;
  const integer = before.replace(/^0+/, '') || '0';
  const fraction = after.replace(/0+$/, '');
  const magnitude = fraction === '' ? integer : `${integer}.${fraction}`;
  return match[1] === '-' && magnitude !== '0' ? `-${magnitude}` : magnitude;
}

/**
 * A value as it is hashed: a bare word of `vocabulary` or its URN as web URI, a plain decimal without idle zeros (in any field, as the
 * reference does), an EPC or a Digital Link of any spelling in canonical form; anything else as it is.
 */
export function canonicalValue(text: string, vocabulary?: Vocabulary): string {
  if (vocabulary && BARE_WORD.test(text))
    return vocabulary === 'voc' ? `https://gs1.org/voc/${text}` : `https://ref.gs1.org/cbv/${vocabulary}-${text}`;
  // Digits, signs and the point stand before the colon; no URI opens with any of these.
  if (text < ':') return PLAIN_DECIMAL.test(text) ? (canonicalNumber(text) ?? text) : text;
  if (text.startsWith('urn:epcglobal:cbv:')) {
    const urn = CBV_URN.exec(text);
    return urn ? `https://ref.gs1.org/cbv/${CBV_TERMS[urn[1] ?? ''] ?? ''}-${urn[2] ?? ''}` : text;
  }
  return canonicalise(text) ?? text;
}

/** By UTF-8 bytes, which is by code points; JavaScript's own order is by UTF-16 and differs beyond the basic plane. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return x < FIRST_SURROGATE || y < FIRST_SURROGATE ? x - y : compareCodePoints(a, b);
  }
  return a.length - b.length;
}

const FIRST_SURROGATE = 0xd800;

function compareCodePoints(a: string, b: string): number {
  const left = a[Symbol.iterator]();
  const right = b[Symbol.iterator]();
  for (;;) {
    const x = left.next();
    const y = right.next();
    if (x.done || y.done) return x.done ? (y.done ? 0 : -1) : 1;
    const difference = (x.value.codePointAt(0) ?? 0) - (y.value.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
}
