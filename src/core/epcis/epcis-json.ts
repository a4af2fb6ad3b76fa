/**
 * Events as an EPCIS 2.0 document in JSON-LD (EPCIS 2.0, 10.1): the standard context, and the platform's own namespace for `sheaf:*`. The time
 * of making is given, because the core has no clock.
 */
import type { Instant } from '../kernel/instant.js';
import { formatInstant } from '../kernel/instant.js';
import { writeExactJson } from '../kernel/write-exact-json.js';
import type { EpcisEvent } from './event.js';

/** The namespace of the extension fields; part of what is hashed, so it never changes. */
export const SHEAF_NAMESPACE = 'https://ns.sheaf.farm/epcis/';

/** The context every document and every hash of ours uses. */
export const EPCIS_CONTEXT = ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld', { sheaf: SHEAF_NAMESPACE }] as const;

export interface EpcisDocument {
  readonly '@context': typeof EPCIS_CONTEXT;
  readonly type: 'EPCISDocument';
  readonly schemaVersion: '2.0';
  readonly creationDate: string;
  readonly epcisBody: { readonly eventList: readonly EpcisEvent[] };
}

export interface DocumentContext {
  readonly creationDate: Instant;
}

/** An EPCISDocument with the events in the order given. */
export function toEpcisDocument(events: readonly EpcisEvent[], context: DocumentContext): EpcisDocument {
  return {
    '@context': EPCIS_CONTEXT,
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: formatInstant(context.creationDate),
    epcisBody: { eventList: events },
  };
}

/** The document as JSON text, exact numbers digit for digit. */
export function writeEpcisDocument(document: EpcisDocument): string {
  return writeExactJson(document);
}
