import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { eventHash } from '../../src/core/epcis/event-hash.js';
import { eventsFromXml } from '../../src/core/epcis/from-xml.js';
import { readEvent } from '../../src/core/epcis/read-event.js';
import { conformance, describeConformance } from '../support/conformance.js';
import { parseXml } from '../support/xml.js';

type Json = Readonly<Record<string, unknown>>;
interface Body {
  readonly eventList?: readonly Json[];
  readonly queryResults?: { readonly resultsBody: { readonly eventList: readonly Json[] } };
}

const OFFICIAL = 'epcis/gs1-EPCIS/XML';
const OTHERS = 'epcis/openepcis-test-resources';
const HASHED = `${OFFICIAL}/WithEventHashID`;

/** What holds no events (jobs, queries, master data), and what is meant to be refused. */
const OTHER = /Invalid|CaptureJob|Queries\/|CBV-11\.4/;

const filesBelow = (folder: string, ending: RegExp): string[] =>
  readdirSync(conformance(folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => ending.test(file) && !OTHER.test(file))
    .sort()
    .map((file) => `${folder}/${file}`);
const textOf = (file: string): string => readFileSync(conformance(file), 'utf8').replace(/^\uFEFF/, '');

function hashesOfXml(file: string): string[] {
  const { context, events } = eventsFromXml(parseXml(textOf(file)));
  return events.map((event) => eventHash(event, context).hash);
}

function hashesOfJson(file: string): string[] {
  const { '@context': context, epcisBody, ...event } = JSON.parse(textOf(file)) as Json & { readonly epcisBody?: Body };
  const events = epcisBody ? (epcisBody.eventList ?? epcisBody.queryResults?.resultsBody.eventList ?? []) : [event];
  return events.map((one) => eventHash(one, context).hash);
}

/** What these documents say is no event of the standard, in the JSON binding at least. */
const UNREADABLE: Readonly<Record<string, string>> = {
  'ObjectEventWithAllPossibleFields.xml': 'a time without seconds',
  'epcisDocWithAllGS1Keys.xml': 'an EPC twice',
};
/** What says another thing in its two syntaxes: another base of the GS1 vocabulary. */
const UNEQUAL = ['queryDocument.xml'];

describeConformance('EPCIS documents in XML', () => {
  const files = [...filesBelow(OFFICIAL, /\.xml$/), ...filesBelow(OTHERS, /2\.0.*\.xml$/)];

  it('are there to be read', () => expect(files.length).toBeGreaterThan(0));

  it.each(files)('%s is read as events of the standard', (file) => {
    const { events } = eventsFromXml(parseXml(textOf(file)));
    const refusals = events.flatMap((event) => {
      try {
        readEvent(event);
        return [];
      } catch (error) {
        return [error];
      }
    });
    expect(events.length).toBeGreaterThan(0);
    if (!Object.hasOwn(UNREADABLE, basename(file))) expect(refusals).toEqual([]);
    expect(refusals.length > 0).toBe(Object.hasOwn(UNREADABLE, basename(file)));
  });

  describe('have the hash of the same event in JSON', () => {
    const json = new Set(filesBelow(OTHERS, /\.json$/));
    const pairs = filesBelow(OTHERS, /\.xml$/)
      .map((file) => [file, file.replace('/XML/', '/JSON/').replace(/\.xml$/, '.json')] as const)
      .filter(([xml, sibling]) => json.has(sibling) && !UNEQUAL.includes(basename(xml)));

    it('in pairs that are there', () => expect(pairs.length).toBeGreaterThan(0));

    it.each(pairs)('%s', (xml, sibling) => expect(hashesOfXml(xml)).toEqual(hashesOfJson(sibling)));

    it('in the official documents that are one event in several spellings', () => {
      // The second of them has another eventTimeZoneOffset, which is hashed as it is.
      const same = filesBelow(HASHED, /_[13-9]\.(xml|json)$/);
      expect(same.length).toBeGreaterThan(2);
      const hashes = same.flatMap((file) => (file.endsWith('.xml') ? hashesOfXml(file) : hashesOfJson(file)));
      expect(new Set(hashes).size).toBe(1);
    });
  });
});
