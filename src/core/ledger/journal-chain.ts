/**
 * A hash chain over the journals of both books: each link is SHA-256 over the link before and the journal's canonical text, so that a journal that was changed,
 * dropped or moved behind the program's back breaks every link after it. The order is that in which transactions could first be seen; a
 * follower makes the links, so that those who book do not wait for one another.
 */
import { canonicalJson } from '../kernel/canonical-json.js';
import { sha256Hex } from '../kernel/sha256.js';

/** What stands before the first journal. */
export const CHAIN_START = '0'.repeat(64);

export interface ChainedJournal {
  readonly id: string;
  readonly book: string;
  readonly currency: string;
  readonly cause: string;
  readonly accounts: readonly string[];
  readonly amountsMinor: readonly bigint[];
  /** RFC 3339, UTC, to the millisecond. */
  readonly recordedAt: string;
}

/** Lower-case hexadecimal. */
export function nextLink(link: string, journal: ChainedJournal): string {
  const { id, book, currency, cause, accounts, amountsMinor, recordedAt } = journal;
  return sha256Hex(canonicalJson({ link, id, book, currency, cause, accounts, amountsMinor, recordedAt }));
}
