/**
 * One thing, one name: whatever spelling an event or a person uses (EPC URN, a link on anybody's domain, a GTIN of 8 to 14 digits), the thing is
 * kept under its canonical Digital Link (CBV 2.0, 8.9.2) and found by its parts. What is no identifier of GS1 (urn:uuid:…, geo:…, a maker's own URI) is
 * its own name. Here, unlike in a hash, check digits count where goods, units, places and parties are kept under them: a mistyped key must not become another
 * thing.
 */
import { DomainError } from '../kernel/errors.js';
import { checkDigit } from './check-digit.js';
import type { ElementString } from './application-identifiers.js';
import { isChecked } from './application-identifiers.js';
import { canonicalLink, readElements } from './digital-link.js';

export interface Identity {
  /** Canonical Digital Link, or the text as it is. */
  readonly uri: string;
  /** The application identifier of its key ("01", "00", "414" ...); null where it is no identifier of GS1. */
  readonly key: string | null;
  /** 14 digits. */
  readonly gtin: string | null;
  /** Also where the canonical link leaves it out, because there is a serial. */
  readonly lot: string | null;
  readonly serial: string | null;
  /** 18 digits. */
  readonly sscc: string | null;
  /** 13 digits: of a place or of a party. */
  readonly gln: string | null;
}

const KEPT_KEYS: ReadonlySet<string> = new Set(['00', '01', '414', '417']);

/** Throws CHECK_DIGIT_WRONG. */
export function identify(uri: string): Identity {
  const read = readElements(uri) ?? [];
  const link = canonicalLink(read);
  const elements = link === null ? [] : read;
  const wrong = elements.find((element) => KEPT_KEYS.has(element.ai) && !isChecked(element));
  if (wrong) throw new DomainError('CHECK_DIGIT_WRONG', { key: wrong.ai, found: wrong.value, ...expected(wrong) });
  const value = (...ais: readonly string[]): string | null => elements.find((element) => ais.includes(element.ai))?.value ?? null;
  return {
    uri: link ?? uri,
    key: elements[0]?.ai ?? null,
    gtin: value('01'),
    lot: value('10'),
    serial: value('21'),
    sscc: value('00'),
    gln: value('414', '417'),
  };
}

function expected({ value }: ElementString): { expected?: string } {
  return /^\d+$/.test(value) ? { expected: checkDigit(value.slice(0, -1)) } : {};
}
