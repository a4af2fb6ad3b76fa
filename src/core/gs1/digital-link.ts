/**
 * GS1 Digital Link (URI syntax 1.4.0): the address of a thing, which is also its identifier. Links are read strictly (parseDigitalLink), written
 * in the one canonical spelling on https://id.gs1.org (digitalLink and its sisters), and any spelling of anybody's, EPC URNs included,
 * is brought to that spelling at the finest level of identification (canonicalise; CBV 2.0, 8.9.2), so that one thing has one name.
 */
import { assert } from '../kernel/assert.js';
import type { ErrorDetail } from '../kernel/errors.js';
import { DomainError } from '../kernel/errors.js';
import type { ElementString } from './application-identifiers.js';
import {
  finestLevel,
  hasFormat,
  isAttribute,
  isChecked,
  isSound,
  primaryKeyOf,
  qualifierOf,
  qualifiersFit,
} from './application-identifiers.js';
import { readEpcUrn } from './epc-uri.js';
import { parseGln } from './gln.js';
import { parseGtin } from './gtin.js';
import { parseLot } from './lot.js';
import { parseSscc } from './sscc.js';

/** The host of every canonical link. */
export const CANONICAL_HOST = 'https://id.gs1.org';
/** Longer than any link of known identifiers; browsers and readers cut further out. */
export const DIGITAL_LINK_LENGTH_MAX = 2_048;

export interface DigitalLink {
  /** A GTIN always has 14 digits. Values are percent-decoded. */
  readonly primary: ElementString;
  /** In the order of the path. */
  readonly qualifiers: readonly ElementString[];
  /** GS1 attributes of the query (best before, net weight ...), in the order they came; other parameters (linkType) are left to the caller. */
  readonly attributes: readonly ElementString[];
}

const LINK = /^(?:https?:\/\/[^/?#\s]+)?(\/[^?#]*)(?:\?([^#]*))?(?:#.*)?$/i;
/** The commonest links in their canonical spelling, recognised without taking them apart: product, product and lot or serial, unit, place, party. */
const CANONICAL = /^https:\/\/id\.gs1\.org\/(?:01\/\d{14}(?:\/(?:10|21)\/[\w.-]{1,20})?|00\/\d{18}|41[47]\/\d{13})$/;
const ABSOLUTE = /^https?:\/\/[^/?#\s]/i;

/**
 * Reads an absolute link on any host, or a path that opens with "/". Alphabetic keys and shorter GTINs are understood. Throws
 * DIGITAL_LINK_INVALID for an unknown key, a wrong format or check digit, qualifiers out of order, a bad attribute.
 */
export function parseDigitalLink(uriOrPath: string): DigitalLink {
  const link = split(uriOrPath);
  if (!link) throw invalid(uriOrPath, { reason: 'no key, or qualifiers that do not fit it' });
  const elements = [link.primary, ...link.qualifiers];
  const wrong = elements.find((element) => !isChecked(element));
  if (wrong) throw invalid(uriOrPath, { reason: 'check digit', ai: wrong.ai, value: wrong.value });
  const unsound = elements.find((element) => !isSound(element));
  if (unsound) throw invalid(uriOrPath, { reason: 'content', ai: unsound.ai, value: unsound.value });
  const attributes = attributesOf(link.query, uriOrPath);
  const named = [...elements, ...attributes].map((element) => element.ai);
  if (new Set(named).size < named.length) throw invalid(uriOrPath, { reason: 'an identifier twice' });
  return { primary: link.primary, qualifiers: link.qualifiers, attributes };
}

/** "https://id.gs1.org/01/{gtin}[/10/{lot}][/21/{serial}]". Throws GS1_KEY_INVALID, CHECK_DIGIT_WRONG, LOT_INVALID, DIGITAL_LINK_INVALID. */
export function digitalLink(item: { readonly gtin: string; readonly lot?: string; readonly serial?: string }): string {
  const elements: ElementString[] = [{ ai: '01', value: parseGtin(item.gtin) }];
  if (item.lot !== undefined) elements.push({ ai: '10', value: parseLot(item.lot) });
  if (item.serial !== undefined) {
    const serial = { ai: '21', value: item.serial };
    if (!hasFormat(serial)) throw invalid(item.serial, { reason: 'serial' });
    elements.push(serial);
  }
  return write(elements);
}

/** "https://id.gs1.org/00/{sscc}". Throws GS1_KEY_INVALID, CHECK_DIGIT_WRONG. */
export function ssccLink(sscc: string): string {
  return write([{ ai: '00', value: parseSscc(sscc) }]);
}

/** "https://id.gs1.org/414/{gln}": a physical location. Throws GS1_KEY_INVALID, CHECK_DIGIT_WRONG. */
export function locationLink(gln: string): string {
  return write([{ ai: '414', value: parseGln(gln) }]);
}

/** "https://id.gs1.org/417/{gln}": a party. Throws GS1_KEY_INVALID, CHECK_DIGIT_WRONG. */
export function partyLink(gln: string): string {
  return write([{ ai: '417', value: parseGln(gln) }]);
}

/** The same path on a host of one's own ("https://sheaf.example", with or without a slash behind): what a QR code carries. */
export function onHost(canonicalUri: string, publicUrl: string): string {
  assert(canonicalUri.startsWith(`${CANONICAL_HOST}/`), 'Only a canonical link is moved to another host.');
  return publicUrl.replace(/\/+$/, '') + canonicalUri.slice(CANONICAL_HOST.length);
}

/**
 * Any EPC URN or Digital Link → the canonical link at the finest level (a serial makes the lot needless; attributes go; a GTIN has 14
 * digits). Null where it is neither. Check digits are not judged: a link with a wrong one still has one canonical spelling, and a hash over
 * it must be the same everywhere.
 */
export function canonicalise(uriOrUrn: string): string | null {
  if (CANONICAL.test(uriOrUrn)) return uriOrUrn;
  return canonicalLink(readElements(uriOrUrn) ?? []);
}

/** The canonical link of what readElements gave; null where its key has none. */
export function canonicalLink(elements: readonly ElementString[]): string | null {
  const [primary, ...qualifiers] = elements;
  const finest = primary ? finestLevel(primary, qualifiers) : null;
  return finest && write(finest);
}

/**
 * Key and qualifiers of any EPC URN or absolute Digital Link, all that it spells, a GTIN with 14 digits. Null where it is neither. Check digits are
 * not judged.
 */
export function readElements(uriOrUrn: string): ElementString[] | null {
  if (!uriOrUrn.startsWith('urn:epc:')) return ABSOLUTE.test(uriOrUrn) ? elementsOf(uriOrUrn) : null;
  const elements = readEpcUrn(uriOrUrn);
  return elements?.every(hasFormat) ? elements : null;
}

interface SplitLink {
  readonly primary: ElementString;
  readonly qualifiers: readonly ElementString[];
  readonly query: string;
}

function elementsOf(uri: string): ElementString[] | null {
  const link = split(uri);
  return link && [link.primary, ...link.qualifiers];
}

/** The first place in the path from where everything reads as key, value and qualifiers: a host may put a path of its own before that. */
function split(text: string): SplitLink | null {
  const match = text.length <= DIGITAL_LINK_LENGTH_MAX ? LINK.exec(text) : null;
  if (!match) return null;
  const segments = (match[1] ?? '').slice(1).split('/');
  if (segments.at(-1) === '') segments.pop();
  for (let start = 0; start < segments.length - 1; start += 1) {
    const [primary, ...qualifiers] = readPath(segments.slice(start)) ?? [];
    if (primary) return { primary, qualifiers, query: match[2] ?? '' };
  }
  return null;
}

function readPath(segments: readonly string[]): ElementString[] | null {
  if (segments.length % 2 !== 0) return null;
  const elements: ElementString[] = [];
  for (let i = 0; i < segments.length; i += 2) {
    const name = segments[i] ?? '';
    const ai = i === 0 ? primaryKeyOf(name) : qualifierOf(name);
    const value = decode(segments[i + 1] ?? '');
    if (ai === null || value === null) return null;
    const element = { ai, value };
    if (!hasFormat(element)) return null;
    elements.push(ai === '01' ? { ai, value: value.padStart(14, '0') } : element);
  }
  const [primary, ...qualifiers] = elements;
  if (!primary) return null;
  const fits = qualifiersFit(
    primary.ai,
    qualifiers.map((element) => element.ai),
  );
  return fits ? elements : null;
}

function attributesOf(query: string, link: string): ElementString[] {
  const attributes: ElementString[] = [];
  // URI syntax 1.4 joins parameters with "&"; ";" was allowed before, and nothing that GS1 writes there holds one unescaped.
  for (const parameter of query.split(/[&;]/)) {
    const [ai = '', raw = ''] = parameter.split('=', 2);
    if (!/^\d+$/.test(ai)) continue;
    const element = { ai, value: decode(raw) ?? '' };
    if (!isAttribute(element)) throw invalid(link, { reason: 'attribute', ai });
    attributes.push(element);
  }
  return attributes;
}

function write(elements: readonly ElementString[]): string {
  return CANONICAL_HOST + elements.map(({ ai, value }) => `/${ai}/${encode(value)}`).join('');
}

/** RFC 3986 reserved characters that encodeURIComponent lets pass are encoded too: a canonical link has one spelling. */
function encode(value: string): string {
  return encodeURIComponent(value).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function invalid(link: string, detail: ErrorDetail): DomainError {
  return new DomainError('DIGITAL_LINK_INVALID', { ...detail, found: link.slice(0, 128) });
}
