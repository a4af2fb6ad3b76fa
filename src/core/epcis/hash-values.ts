/**
 * One spelling for equal values in an event hash (CBV 2.0, 8.9.2): times in UTC to the millisecond, numbers without idle zeros, words of the
 * vocabulary as web URIs, identifiers as canonical Digital Links. Numbers are treated as text, digit by digit: a float would lose
 * what stands behind its sixteenth digit, and then two different events had one name.
 */
import { canonicalise } from '../gs1/digital-link.js';
import type { Vocabulary } from './hash-order.js';

const TIME = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|[+-]\d{2}:\d{2})$/;
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
const PLAIN_DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)$/;
const CBV_URN = /^urn:epcglobal:cbv:(bizstep|disp|btt|sdt|er|comp):(.+)$/;
const CBV_TERMS: Readonly<Record<string, string>> = { bizstep: 'BizStep', disp: 'Disp', btt: 'BTT', sdt: 'SDT', er: 'ER', comp: 'Comp' };
const BARE_WORD = /^[A-Za-z][A-Za-z0-9_]*$/;

/**
 * "2023-02-02T12:04:03.1415+01:00" → "2023-02-02T11:04:03.142Z": the third decimal goes up where the fourth is 5 or more, with carry. Text that is
 * no point in time comes back as it is.
 */
export function canonicalTime(text: string): string {
  const match = TIME.exec(text);
  if (!match) return text;
  const decimals = (match[4] ?? '').padEnd(4, '0');
  const zone = /(?:[Zz]|[+-]\d{2}:\d{2})$/.exec(text)?.[0].toUpperCase() ?? 'Z';
  const seconds = Date.parse(`${match[1] ?? ''}T${match[2] ?? ''}:${match[3] ?? ''}${zone}`);
  if (Number.isNaN(seconds)) return text;
  const milliseconds = Number(decimals.slice(0, 3)) + (decimals.charAt(3) >= '5' ? 1 : 0);
  return new Date(seconds + milliseconds).toISOString();
}

/** "+007.50" → "7.5", "1e-7" → "0.0000001", "-0" → "0"; null where the text is no number. No digit is ever lost. */
export function canonicalNumber(text: string): string | null {
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
  const urn = CBV_URN.exec(text);
  if (urn) return `https://ref.gs1.org/cbv/${CBV_TERMS[urn[1] ?? ''] ?? ''}-${urn[2] ?? ''}`;
  if (vocabulary && BARE_WORD.test(text))
    return vocabulary === 'voc' ? `https://gs1.org/voc/${text}` : `https://ref.gs1.org/cbv/${vocabulary}-${text}`;
  if (PLAIN_DECIMAL.test(text)) return canonicalNumber(text) ?? text;
  return canonicalise(text) ?? text;
}

/** By UTF-8 bytes, which is by code points; JavaScript's own order is by UTF-16 and differs beyond the basic plane. */
export function compareUtf8(a: string, b: string): number {
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
