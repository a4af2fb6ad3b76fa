/**
 * The application identifiers a Digital Link may carry, with their formats (GS1 General Specifications, 3; Digital Link URI syntax 1.4): the
 * keys that identify, the qualifiers each takes and in which order, the names older links spell them with. Check digits are told apart
 * from formats, because a link of somebody else's must have one canonical form even where its check digit is wrong.
 */
import { hasCheckDigit } from './check-digit.js';

/** An application identifier and its value, not percent-encoded: {ai: '10', value: 'L/1'}. */
export interface ElementString {
  readonly ai: string;
  readonly value: string;
}

interface Format {
  readonly pattern: RegExp;
  /** How many leading digits a check digit ends. */
  readonly checked?: number;
}

interface PrimaryKey {
  /** Allowed qualifier paths: each an order in which any may be left out. */
  readonly paths: readonly (readonly string[])[];
  /** What the finest level of identification is, first match wins; none of them present: the key alone. Null: no canonical form. */
  readonly finest: readonly string[] | null;
}

const SET_82 = `[!"%&'()*+,\\-./0-9:;<=>?A-Z_a-z]`;
const upTo = (max: number): RegExp => new RegExp(`^${SET_82}{1,${max}}$`);
/** Keys of free length open with at least four digits, the GS1 Company Prefix: else any path with 401 in it would be a consignment. */
const prefixedUpTo = (max: number): RegExp => new RegExp(`^\\d{4}${SET_82}{0,${max - 4}}$`);

const FORMATS: Readonly<Record<string, Format>> = {
  '00': { pattern: /^\d{18}$/, checked: 18 },
  '01': { pattern: /^(\d{8}|\d{12,14})$/, checked: 14 },
  '10': { pattern: upTo(20) },
  '11': { pattern: /^\d{6}$/ },
  '12': { pattern: /^\d{6}$/ },
  '13': { pattern: /^\d{6}$/ },
  '15': { pattern: /^\d{6}$/ },
  '16': { pattern: /^\d{6}$/ },
  '17': { pattern: /^\d{6}$/ },
  '21': { pattern: upTo(20) },
  '22': { pattern: upTo(20) },
  '30': { pattern: /^\d{1,8}$/ },
  '37': { pattern: /^\d{1,8}$/ },
  '235': { pattern: upTo(28) },
  '253': { pattern: new RegExp(`^\\d{13}${SET_82}{0,17}$`), checked: 13 },
  '254': { pattern: upTo(20) },
  '255': { pattern: /^\d{13,25}$/, checked: 13 },
  '401': { pattern: prefixedUpTo(30) },
  '402': { pattern: /^\d{17}$/, checked: 17 },
  '414': { pattern: /^\d{13}$/, checked: 13 },
  '417': { pattern: /^\d{13}$/, checked: 13 },
  '422': { pattern: /^\d{3}$/ },
  '7003': { pattern: /^\d{10}$/ },
  '7006': { pattern: /^\d{6}$/ },
  '7007': { pattern: /^\d{6}(\d{6})?$/ },
  '7040': { pattern: new RegExp(`^\\d${SET_82}{3}$`) },
  '8003': { pattern: new RegExp(`^0\\d{13}${SET_82}{0,16}$`), checked: 14 },
  '8004': { pattern: prefixedUpTo(30) },
  '8006': { pattern: /^\d{18}$/, checked: 14 },
  '8010': { pattern: /^\d{4}[#\-/0-9A-Z]{0,26}$/ },
  '8011': { pattern: /^\d{1,12}$/ },
  '8013': { pattern: prefixedUpTo(25) },
  '8017': { pattern: /^\d{18}$/, checked: 18 },
  '8018': { pattern: /^\d{18}$/, checked: 18 },
  '8019': { pattern: /^\d{1,10}$/ },
};

const PRIMARY_KEYS: Readonly<Record<string, PrimaryKey>> = {
  '00': { paths: [[]], finest: [] },
  '01': { paths: [['22', '10', '21'], ['235']], finest: ['21', '235', '10'] },
  '253': { paths: [[]], finest: [] },
  '255': { paths: [[]], finest: [] },
  '401': { paths: [[]], finest: [] },
  '402': { paths: [[]], finest: [] },
  '414': { paths: [['254'], ['7040']], finest: ['254'] },
  '417': { paths: [['7040']], finest: [] },
  '8003': { paths: [[]], finest: [] },
  '8004': { paths: [['7040']], finest: [] },
  '8006': { paths: [['22', '10', '21']], finest: ['21', '10'] },
  '8010': { paths: [['8011']], finest: ['8011'] },
  '8013': { paths: [[]], finest: null },
  '8017': { paths: [['8019']], finest: [] },
  '8018': { paths: [['8019']], finest: [] },
};

/** The alphabetic names of URI syntax 1.1 and 1.2, read but never written since 1.3. */
const ALPHA_KEYS: Readonly<Record<string, string>> = {
  sscc: '00',
  gtin: '01',
  gdti: '253',
  gcn: '255',
  ginc: '401',
  gsin: '402',
  gln: '414',
  party: '417',
  grai: '8003',
  giai: '8004',
  itip: '8006',
  cpid: '8010',
  gmn: '8013',
  gsrnp: '8017',
  gsrn: '8018',
};
const ALPHA_QUALIFIERS: Readonly<Record<string, string>> = {
  cpv: '22',
  lot: '10',
  ser: '21',
  tpx: '235',
  glnx: '254',
  cpsn: '8011',
  srin: '8019',
};

/** The application identifier a path segment names as a key ("01", "gtin"), or null. */
export function primaryKeyOf(segment: string): string | null {
  const ai = own(ALPHA_KEYS, segment) ?? segment;
  return own(PRIMARY_KEYS, ai) ? ai : null;
}

/** The application identifier a path segment names as a qualifier ("10", "lot"); unknown ones come back as they are. */
export function qualifierOf(segment: string): string {
  return own(ALPHA_QUALIFIERS, segment) ?? segment;
}

/** True where these qualifiers may follow this key, in this order. */
export function qualifiersFit(primary: string, qualifiers: readonly string[]): boolean {
  return (own(PRIMARY_KEYS, primary)?.paths ?? []).some((path) => {
    const places = qualifiers.map((ai) => path.indexOf(ai));
    return places.every((place, i) => place >= 0 && (i === 0 || place > (places[i - 1] ?? -1)));
  });
}

/** True where the value has the format of its identifier; the check digit is another question. False for an unknown identifier. */
export function hasFormat(element: ElementString): boolean {
  return own(FORMATS, element.ai)?.pattern.test(element.value) ?? false;
}

/** True where the value has the right check digit, or its identifier has none. */
export function isChecked(element: ElementString): boolean {
  const checked = own(FORMATS, element.ai)?.checked;
  return checked === undefined || hasCheckDigit(element.value.slice(0, checked));
}

/** True for an attribute that may stand in the query of a link: known and of its format, or at least numeric and of a legal length. */
export function isAttribute(element: ElementString): boolean {
  if (own(PRIMARY_KEYS, element.ai) || PATH_ONLY.has(element.ai)) return false;
  if (own(FORMATS, element.ai)) return hasFormat(element);
  return /^\d{2,4}$/.test(element.ai) && ATTRIBUTE.test(element.value);
}

/**
 * Key and at most one qualifier: the finest level at which the thing is identified (CBV 2.0, 8.9.2). Null for a key that has no canonical
 * form there.
 */
export function finestLevel(primary: ElementString, qualifiers: readonly ElementString[]): ElementString[] | null {
  const finest = own(PRIMARY_KEYS, primary.ai)?.finest;
  if (!finest) return null;
  for (const ai of finest) {
    const qualifier = qualifiers.find((candidate) => candidate.ai === ai);
    // Extension 0 of a location is the location itself.
    if (qualifier && !(ai === '254' && qualifier.value === '0')) return [primary, qualifier];
  }
  return [primary];
}

/** These identify, so they stand in the path or nowhere. */
const PATH_ONLY: ReadonlySet<string> = new Set(['10', '21', '22', '235', '254', '7040', '8011', '8019']);
const ATTRIBUTE = upTo(90);

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
