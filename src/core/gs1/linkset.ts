/**
 * What a Digital Link leads to, as one document: a linkset of RFC 9264 (4.2, JSON), filled by the rules of the GS1-Conformant resolver
 * standard 1.2: an anchor and an itemDescription for each level of identification from the one asked for up to the primary key, every link
 * with a title, and exactly one gs1:defaultLink without optional attributes, which is also described by a link type of its own. The types
 * are terms of the GS1 Web Vocabulary.
 */
import { assert } from '../kernel/assert.js';

/** The namespace of link types. */
export const GS1_VOCABULARY = 'https://ref.gs1.org/voc/';
/** What tools turn a linkset into JSON-LD with. */
export const LINKSET_CONTEXT = 'https://ref.gs1.org/standards/resolver/linkset-context';
/** Spellings of the vocabulary that requests use. */
const VOCABULARY_SPELLINGS = ['gs1:', GS1_VOCABULARY, 'https://gs1.org/voc/', 'https://www.gs1.org/voc/'] as const;

/** Link types this platform serves; more come with what they lead to. */
export type LinkType = 'pip' | 'traceability';

export interface Link {
  readonly type: LinkType;
  /** Absolute. */
  readonly href: string;
  readonly title: string;
  /** BCP 47. */
  readonly languages: readonly string[];
  readonly mediaType: string;
}

/** One level of identification: a lot, its product. */
export interface Level {
  /** Absolute, the uncompressed Digital Link. */
  readonly anchor: string;
  readonly itemDescription: string;
  readonly links: readonly Link[];
}

export interface LinkTarget {
  readonly href: string;
  readonly title: string;
  readonly type?: string;
  readonly hreflang?: readonly string[];
}

export type LinkContext = Readonly<Record<'anchor' | 'itemDescription', string>> &
  Readonly<Record<`https://${string}`, readonly LinkTarget[]>>;

export interface Linkset {
  readonly linkset: readonly LinkContext[];
}

/** The linkset of the first level, and of those above it; the first link of the first level is the default. */
export function linksetOf(levels: readonly Level[]): Linkset {
  const standard = levels[0]?.links[0];
  assert(standard, 'A thing that is resolved has a page.');
  return {
    linkset: levels.map((level, place) => ({
      anchor: level.anchor,
      itemDescription: level.itemDescription,
      ...(place === 0 && { [`${GS1_VOCABULARY}defaultLink`]: [{ href: standard.href, title: standard.title }] }),
      ...byType(level.links),
    })),
  };
}

/**
 * Where `?linkType=` leads from these levels: the link of that type at the finest level that has one; null where none has. Understood are
 * "gs1:pip" and the term's full URI. gs1:defaultLink is the default.
 */
export function linkOfType(levels: readonly Level[], linkType: string): Link | null {
  const vocabulary = VOCABULARY_SPELLINGS.find((spelling) => linkType.startsWith(spelling));
  if (vocabulary === undefined) return null;
  const term = linkType.slice(vocabulary.length);
  const links = levels.flatMap((level) => level.links);
  return (term === 'defaultLink' ? links[0] : links.find((link) => link.type === term)) ?? null;
}

function byType(links: readonly Link[]): Record<`https://${string}`, LinkTarget[]> {
  const targets: Record<`https://${string}`, LinkTarget[]> = {};
  for (const { type, href, title, languages, mediaType } of links) {
    const key = `${GS1_VOCABULARY}${type}` as const;
    targets[key] = [...(targets[key] ?? []), { href, title, type: mediaType, hreflang: languages }];
  }
  return targets;
}
