import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { EPCIS_CONTEXT, toEpcisDocument, writeEpcisDocument } from '../../src/core/epcis/epcis-json.js';
import type { EpcisEvent } from '../../src/core/epcis/event.js';
import { eventHash } from '../../src/core/epcis/event-hash.js';
import { readDocument } from '../../src/core/epcis/read-document.js';
import { DomainError } from '../../src/core/kernel/errors.js';
import { parseInstant } from '../../src/core/kernel/instant.js';
import { writeExactJson } from '../../src/core/kernel/write-exact-json.js';
import { conformance, describeConformance } from '../support/conformance.js';
import { ARBITRARY_CONTEXT, arbitraryEvent } from '../support/builders/arbitrary-events.js';

interface Body {
  readonly eventList?: readonly object[];
  readonly queryResults?: { readonly resultsBody: { readonly eventList: readonly object[] } };
}
type Document = Readonly<Record<string, unknown>> & { readonly epcisBody?: Body };

const CREATION = { creationDate: parseInstant('2026-05-27T00:00:00Z') };
const OFFICIAL = 'epcis/gs1-EPCIS/JSON';
const OTHERS = 'epcis/openepcis-test-resources';

/** EPCIS documents and events below a folder, as [file, text]. */
function documentsBelow(folder: string): [string, string][] {
  if (!existsSync(conformance(folder))) return [];
  return readdirSync(conformance(folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.json(ld)?$/.test(file))
    .sort()
    .map((file): [string, string] => [file, readFileSync(conformance(`${folder}/${file}`), 'utf8')])
    .filter(([, text]) => /(Document|Event)$/.test(String((JSON.parse(text) as Document).type)));
}

const sentEvents = ({ epcisBody, ...document }: Document): readonly object[] =>
  epcisBody ? (epcisBody.eventList ?? epcisBody.queryResults?.resultsBody.eventList ?? []) : [document];

function eventsOf(text: string): EpcisEvent[] {
  return readDocument(text).events.map((event) => {
    if (event instanceof DomainError) throw new Error(`${event.path.join('/')}: ${JSON.stringify(event.detail)}`);
    return event;
  });
}

describeConformance('EPCIS documents of others', () => {
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(conformance('epcis/gs1-EPCIS/EPCIS-JSON-Schema.json'), 'utf8')) as object);
  const errorsOf = (text: string): readonly string[] =>
    validate(JSON.parse(text)) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);

  const official = documentsBelow(OFFICIAL);
  const others = documentsBelow(OTHERS);
  const valid = others.filter(([file]) => !file.includes('/Invalid/'));
  const invalid = others.filter(([file]) => file.includes('/Invalid/'));

  it('are there to be read', () => {
    expect([official.length > 0, valid.length > 0, invalid.length > 0]).toEqual([true, true, true]);
  });

  it.each([...official, ...valid])('%s is read, and written again with the same events, hashes and a valid form', (_, text) => {
    const document = JSON.parse(text) as Document;
    const events = eventsOf(text);
    const sent = sentEvents(document);
    const written = writeEpcisDocument(toEpcisDocument(events, CREATION));
    expect(eventsOf(written)).toEqual(events);

    // Everything that was sent is there, beside the context that the event took with it.
    const back = sentEvents(JSON.parse(written) as Document);
    expect(back.map((event) => ({ ...event, '@context': null }))).toEqual(sent.map((event) => ({ ...event, '@context': null })));
    const hashes = (list: readonly object[], context: unknown): string[] =>
      list.map((event) => eventHash(event as EpcisEvent, context).hash);
    expect(hashes(events, EPCIS_CONTEXT)).toEqual(hashes(sent, document['@context']));

    // Some of these documents measure what this edition of the schema does not know, or do not say what; nothing else is wrong, and nothing new.
    const before = errorsOf(text);
    const after = errorsOf(written);
    expect(after.length).toBeLessThanOrEqual(before.length);
    expect(
      after.filter(
        (error) => !/sensorReport\/\d+(\/type | must have required property 'type')|must match "(then|if)" schema|anyOf/.test(error),
      ),
    ).toEqual([]);
  });

  it('of the official ones, every one is written in a valid form', () => {
    for (const [file, text] of official) {
      expect([file, errorsOf(writeEpcisDocument(toEpcisDocument(eventsOf(text), CREATION)))]).toEqual([file, []]);
    }
  });

  it.each(invalid)('%s is refused, with a code and a path', (_, text) => {
    const refusals = (): (EpcisEvent | DomainError)[] => readDocument(text).events.filter((event) => event instanceof DomainError);
    let refused: unknown;
    try {
      [refused] = refusals();
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(DomainError);
    expect(refused).toMatchObject({ code: expect.stringMatching(/^[A-Z_]+$/) });
  });

  describe('that are made up', () => {
    const documentOf = (event: object, context: unknown): string =>
      writeExactJson({
        '@context': context,
        type: 'EPCISDocument',
        schemaVersion: '2.0',
        creationDate: '2026-05-27T00:00:00Z',
        epcisBody: { eventList: [event] },
      });

    it('are of a valid form when they are written again', () => {
      fc.assert(
        fc.property(arbitraryEvent, (event) => {
          const text = documentOf(event, ARBITRARY_CONTEXT);
          expect(errorsOf(text)).toEqual([]);
          expect(errorsOf(writeEpcisDocument(toEpcisDocument(eventsOf(text), CREATION)))).toEqual([]);
        }),
      );
    });

    it('are read only where the schema lets them pass', () => {
      const field = fc.constantFrom(
        'eventTime',
        'eventTimeZoneOffset',
        'epcList',
        'action',
        'bizStep',
        'readPoint',
        'certificationInfo',
        'ilmd',
        'x',
      );
      fc.assert(
        fc.property(arbitraryEvent, field, fc.oneof(fc.jsonValue(), fc.webUrl(), fc.string()), (event, name, value) => {
          const text = documentOf({ ...event, [name]: value }, ARBITRARY_CONTEXT);
          const accepted = readDocument(text).events.every((read) => !(read instanceof DomainError));
          if (accepted) expect(errorsOf(text)).toEqual([]);
        }),
      );
    });
  });
});
