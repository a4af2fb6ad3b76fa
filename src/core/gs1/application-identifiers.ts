/**
 * What application identifiers may hold and which of them make a Digital Link (GS1 General Specifications, 3; Digital Link URI syntax 1.4), read
 * from the GS1 Barcode Syntax Dictionary (ai-dictionary.ts). Format, check digit and content are three questions, because a link of somebody
 * else's must have one canonical form even where its check digit is wrong; the finest level of identification is CBV's rule (2.0, 8.9.2).
 */
import { AI_DICTIONARY } from './ai-dictionary.js';
import { hasCheckDigit } from './check-digit.js';
import { compileFormat } from './ai-format.js';
import type { AiFormat } from './ai-format.js';

/** An application identifier and its value, not percent-encoded: {ai: '10', value: 'L/1'}. */
export interface ElementString {
  readonly ai: string;
  readonly value: string;
}

interface Identifier {
  readonly format: AiFormat;
  /** May stand in the query of a link. */
  readonly attribute: boolean;
  /** Of a key: the qualifier paths it takes, each an order in which any may be left out. */
  readonly paths: readonly (readonly string[])[] | null;
}

const IDENTIFIERS: ReadonlyMap<string, Identifier> = new Map(
  AI_DICTIONARY.flatMap((entry) => {
    const format = compileFormat(entry.format);
    const paths = entry.key === undefined ? null : entry.key.split('|').map((path) => (path === '' ? [] : path.split(',')));
    const identifier = { format, attribute: entry.attribute === true, paths };
    return spread(entry.ais).map((ai) => [ai, identifier] as const);
  }),
);

/** A GTIN of a link may be written shorter; it is padded where the link is read. */
const GTIN = /^(\d{8}|\d{12,14})$/;

/** Key → its qualifiers by which things are told apart, finest first; a key that is not here has no canonical form. */
const FINEST: ReadonlyMap<string, readonly string[]> = new Map([
  ['00', []],
  ['01', ['21', '235', '10']],
  ['253', []],
  ['255', []],
  ['401', []],
  ['402', []],
  ['414', ['254']],
  ['417', []],
  ['8003', []],
  ['8004', []],
  ['8006', ['21', '10']],
  ['8010', ['8011']],
  ['8017', []],
  ['8018', []],
]);

/** The alphabetic names of URI syntax 1.1 and 1.2, read but never written since 1.3. */
const ALPHA_KEYS: ReadonlyMap<string, string> = new Map([
  ['sscc', '00'],
  ['gtin', '01'],
  ['gdti', '253'],
  ['gcn', '255'],
  ['ginc', '401'],
  ['gsin', '402'],
  ['gln', '414'],
  ['payTo', '415'],
  ['party', '417'],
  ['grai', '8003'],
  ['giai', '8004'],
  ['itip', '8006'],
  ['cpid', '8010'],
  ['gmn', '8013'],
  ['gsrnp', '8017'],
  ['gsrn', '8018'],
]);
const ALPHA_QUALIFIERS: ReadonlyMap<string, string> = new Map([
  ['cpv', '22'],
  ['lot', '10'],
  ['ser', '21'],
  ['tpx', '235'],
  ['glnx', '254'],
  ['cpsn', '8011'],
  ['srin', '8019'],
  ['refno', '8020'],
]);

/** The application identifier a path segment names as a key ("01", "gtin"), or null. */
export function primaryKeyOf(segment: string): string | null {
  const ai = ALPHA_KEYS.get(segment) ?? segment;
  return IDENTIFIERS.get(ai)?.paths ? ai : null;
}

/** The application identifier a path segment names as a qualifier ("10", "lot"); unknown ones come back as they are. */
export function qualifierOf(segment: string): string {
  return ALPHA_QUALIFIERS.get(segment) ?? segment;
}

/** True where these qualifiers may follow this key, in this order. */
export function qualifiersFit(primary: string, qualifiers: readonly string[]): boolean {
  return (IDENTIFIERS.get(primary)?.paths ?? []).some((path) => {
    const places = qualifiers.map((ai) => path.indexOf(ai));
    return places.every((place, i) => place >= 0 && (i === 0 || place > (places[i - 1] ?? -1)));
  });
}

/** True where the value has the characters and the length of its identifier. False for an unknown identifier. */
export function hasFormat({ ai, value }: ElementString): boolean {
  if (ai === '01') return GTIN.test(value);
  return IDENTIFIERS.get(ai)?.format.pattern.test(value) ?? false;
}

/** True where the value has the right check digit (or characters), or its identifier has none. */
export function isChecked({ ai, value }: ElementString): boolean {
  return ai === '01' ? hasCheckDigit(value) : (IDENTIFIERS.get(ai)?.format.isChecked(value) ?? true);
}

/** True where the value can be what it says: a date of the calendar, a piece of a total, a place on the earth. */
export function isSound({ ai, value }: ElementString): boolean {
  return IDENTIFIERS.get(ai)?.format.isSound(value) ?? true;
}

/**
 * True for an attribute that may stand in the query of a link. One that the dictionary does not know is let pass where it is numeric and of a legal
 * length: identifiers are still being added, and an older reader must not turn a newer label away.
 */
export function isAttribute(element: ElementString): boolean {
  const identifier = IDENTIFIERS.get(element.ai);
  if (!identifier) return /^\d{2,4}$/.test(element.ai) && UNKNOWN_ATTRIBUTE.test(element.value);
  return identifier.attribute && hasFormat(element) && isChecked(element) && isSound(element);
}

/**
 * Key and at most one qualifier: the finest level at which the thing is identified (CBV 2.0, 8.9.2). Null for a key that has no canonical
 * form there.
 */
export function finestLevel(primary: ElementString, qualifiers: readonly ElementString[]): ElementString[] | null {
  const finest = FINEST.get(primary.ai);
  if (!finest) return null;
  for (const ai of finest) {
    const qualifier = qualifiers.find((candidate) => candidate.ai === ai);
    // Extension 0 of a location is the location itself.
    if (qualifier && !(ai === '254' && qualifier.value === '0')) return [primary, qualifier];
  }
  return [primary];
}

const UNKNOWN_ATTRIBUTE = compileFormat('X..90').pattern;

/** "3100-3105" → six identifiers. */
function spread(ais: string): string[] {
  const [first = '', last = first] = ais.split('-');
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => String(Number(first) + i).padStart(first.length, '0'));
}
