/**
 * EPC URIs (GS1 Tag Data Standard 2.0, 6 and 8) as element strings: the URN form keeps the company prefix apart and leaves the check digit
 * out, so both are put back. Only GS1 keys are read; a number of another scheme (gid, usdod, bic ...) has no Digital Link.
 */
import { checkDigit } from './check-digit.js';
import type { ElementString } from './application-identifiers.js';

const URN = /^urn:epc:(id|class|idpat):([a-z]+):(.+)$/;
type Reader = (parts: readonly string[]) => ElementString[] | null;

/** Key and qualifiers of an EPC, EPC class or EPC pattern URN; null where it is none, or names no GS1 key. Formats are not checked here. */
export function readEpcUrn(urn: string): ElementString[] | null {
  const match = URN.exec(urn);
  if (!match) return null;
  const [, kind = '', scheme = '', rest = ''] = match;
  const parts = rest.split('.');
  // A serial may hold dots: what stands behind the last fixed part belongs to it.
  const schemes = kind === 'id' ? INSTANCES : kind === 'class' ? CLASSES : PATTERNS;
  const entry = Object.hasOwn(schemes, scheme) ? schemes[scheme] : undefined;
  if (!entry || parts.length < entry.parts) return null;
  const fixed = [...parts.slice(0, entry.parts - 1), parts.slice(entry.parts - 1).join('.')];
  if (!/^\d{4,12}$/.test(fixed[0] ?? '')) return null;
  return entry.read(fixed);
}

const element = (ai: string, value: string | null): ElementString[] | null => (value === null ? null : [{ ai, value }]);

/** Percent-decoded, or null where that cannot be. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** `length` digits and their check digit, or null. */
function checked(digits: string, length: number): string | null {
  return digits.length === length && /^\d+$/.test(digits) ? digits + checkDigit(digits) : null;
}

/** Company prefix and reference; the first digit of the reference (indicator, extension digit) goes to the front. */
function leading(prefix: string, reference: string, length: number): string | null {
  return checked(reference.slice(0, 1) + prefix + reference.slice(1), length);
}

function withQualifier(key: ElementString[] | null, ai: string, raw: string): ElementString[] | null {
  const value = decoded(raw);
  return key === null || value === null || value === '' ? null : [...key, { ai, value }];
}

/** A checked number and a serial in one value; `pattern` says whether the serial is the wildcard. */
function joined(ai: string, number: string | null, serial: string): ElementString[] | null {
  const value = decoded(serial);
  return number === null || value === null ? null : [{ ai, value: number + value }];
}

const gtin = (prefix: string, reference: string): ElementString[] | null => element('01', leading(prefix, reference, 13));
const itip = ([prefix = '', reference = '', piece = '', total = '']: readonly string[]): ElementString[] | null => {
  const item = leading(prefix, reference, 13);
  return item === null ? null : [{ ai: '8006', value: item + piece + total }];
};
const grai = (prefix: string, type: string): string | null => {
  const number = checked(prefix + type, 12);
  return number === null ? null : `0${number}`;
};
const free =
  (ai: string): Reader =>
  ([prefix = '', reference = '']) => {
    const value = decoded(reference);
    return value === null || value === '' ? null : [{ ai, value: prefix + value }];
  };
const plain =
  (ai: string, length: number): Reader =>
  ([prefix = '', reference = '']) =>
    element(ai, checked(prefix + reference, length));
/** The reader of a pattern: the last part must be the wildcard, what stands before it names the class. */
const wildcard =
  (read: Reader): Reader =>
  (parts) =>
    parts.at(-1) === '*' ? read(parts.slice(0, -1)) : null;

interface Scheme {
  readonly parts: number;
  readonly read: Reader;
}

const INSTANCES: Readonly<Record<string, Scheme>> = {
  sgtin: { parts: 3, read: ([prefix = '', reference = '', serial = '']) => withQualifier(gtin(prefix, reference), '21', serial) },
  sscc: { parts: 2, read: ([prefix = '', reference = '']) => element('00', leading(prefix, reference, 17)) },
  sgln: {
    parts: 3,
    read: ([prefix = '', reference = '', extension = '']) =>
      withQualifier(element('414', checked(prefix + reference, 12)), '254', extension),
  },
  grai: { parts: 3, read: ([prefix = '', type = '', serial = '']) => joined('8003', grai(prefix, type), serial) },
  giai: { parts: 2, read: free('8004') },
  gsrn: { parts: 2, read: plain('8018', 17) },
  gsrnp: { parts: 2, read: plain('8017', 17) },
  gdti: { parts: 3, read: ([prefix = '', type = '', serial = '']) => joined('253', checked(prefix + type, 12), serial) },
  sgcn: { parts: 3, read: ([prefix = '', reference = '', serial = '']) => joined('255', checked(prefix + reference, 12), serial) },
  cpi: { parts: 3, read: (parts) => withQualifier(free('8010')(parts), '8011', parts[2] ?? '') },
  ginc: { parts: 2, read: free('401') },
  gsin: { parts: 2, read: plain('402', 16) },
  itip: { parts: 5, read: (parts) => withQualifier(itip(parts), '21', parts[4] ?? '') },
  upui: { parts: 3, read: ([prefix = '', reference = '', extension = '']) => withQualifier(gtin(prefix, reference), '235', extension) },
  pgln: { parts: 2, read: plain('417', 12) },
};

const CLASSES: Readonly<Record<string, Scheme>> = {
  lgtin: { parts: 3, read: ([prefix = '', reference = '', lot = '']) => withQualifier(gtin(prefix, reference), '10', lot) },
};

const PATTERNS: Readonly<Record<string, Scheme>> = {
  sgtin: { parts: 3, read: wildcard(([prefix = '', reference = '']) => gtin(prefix, reference)) },
  grai: { parts: 3, read: wildcard(([prefix = '', type = '']) => element('8003', grai(prefix, type))) },
  gdti: { parts: 3, read: wildcard(plain('253', 12)) },
  sgcn: { parts: 3, read: wildcard(plain('255', 12)) },
  cpi: { parts: 3, read: wildcard(free('8010')) },
  itip: { parts: 5, read: wildcard(itip) },
  upui: { parts: 3, read: wildcard(([prefix = '', reference = '']) => gtin(prefix, reference)) },
};
