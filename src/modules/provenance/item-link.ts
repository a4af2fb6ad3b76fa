import type { DigitalLink } from '../../core/gs1/digital-link.js';
import { CANONICAL_HOST, digitalLink, parseDigitalLink } from '../../core/gs1/digital-link.js';
import { DomainError } from '../../core/kernel/errors.js';

/** A product, or a lot of it; a serial or a variant names neither more precisely here. */
export interface ItemLink {
  /** 14 digits. */
  readonly gtin: string;
  readonly lot: string | null;
}

/** Null for a link to something other than a product. */
export function itemOf({ primary, qualifiers }: DigitalLink): ItemLink | null {
  if (primary.ai !== '01') return null;
  return { gtin: primary.value, lot: qualifiers.find((qualifier) => qualifier.ai === '10')?.value ?? null };
}

/** Canonical, on id.gs1.org. */
export function itemLink({ gtin, lot }: ItemLink): string {
  return digitalLink(lot === null ? { gtin } : { gtin, lot });
}

/** The path "/01/…" of what a person typed, a Digital Link on any host; else "/t/…", which says what is wrong with it. */
export function pathOfCode(code: string): string {
  try {
    const item = itemOf(parseDigitalLink(code));
    if (item) return itemLink(item).slice(CANONICAL_HOST.length);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
  }
  return `/t/${encodeURIComponent(code)}`;
}
