/**
 * Which namespace a prefix stands for (JSON-LD 1.1, 4.1; EPCIS 2.0, 10.1): an extension field is named by its namespace, the prefix is a
 * habit of the document. Contexts are not loaded from where they point: of the standard one the prefixes are known, of others only what is
 * written out in the document counts, so that reading an event never asks the network.
 */

/** Prefix → namespace. */
export type Namespaces = ReadonlyMap<string, string>;

/** What the standard context defines. */
export const STANDARD_NAMESPACES: Namespaces = new Map([
  ['cbv', 'https://ref.gs1.org/cbv/'],
  ['epcis', 'https://ref.gs1.org/epcis/'],
  ['gs1', 'https://gs1.org/voc/'],
  ['cbvmda', 'urn:epcglobal:cbv:mda:'],
]);

/** The namespaces of an `@context` (a URI, an object of prefixes, a list of these, or absent), on top of those that hold around it. */
export function namespacesOf(context: unknown, around: Namespaces = STANDARD_NAMESPACES): Namespaces {
  const own = (Array.isArray(context) ? (context as unknown[]) : [context]).flatMap(prefixes);
  return own.length === 0 ? around : new Map([...around, ...own]);
}

/** "sheaf:x" → "{https://ns…/}x"; a key that is a URI already is split behind its last / or #. */
export function expandName(key: string, namespaces: Namespaces): string {
  const colon = key.indexOf(':');
  if (colon <= 0) return key;
  const namespace = namespaces.get(key.slice(0, colon));
  if (namespace !== undefined) return `{${namespace}}${key.slice(colon + 1)}`;
  const uri = URI.exec(key);
  return uri ? `{${uri[1] ?? ''}}${uri[2] ?? ''}` : key;
}

const URI = /^([a-z][a-z0-9+.-]*:.*[/#])([^/#]+)$/i;

function prefixes(entry: unknown): [string, string][] {
  if (typeof entry !== 'object' || entry === null) return [];
  return Object.entries(entry).filter((pair): pair is [string, string] => typeof pair[1] === 'string' && !pair[0].startsWith('@'));
}
