import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { eventHash, HASH_PROFILE } from '../../src/core/epcis/event-hash.js';
import { sha256Hex } from '../../src/core/kernel/sha256.js';
import { conformance, describeConformance } from '../support/conformance.js';

interface Vector {
  readonly inputs: readonly string[];
  readonly eventIndex: number;
  readonly hash: string;
  readonly prehash: string | null;
  readonly prehashVerified: boolean;
  /** Where implementations are known to differ; absent where the source gives a hash without its string. */
  readonly disputed?: readonly string[];
  /** The hash by the order of the standard's own table, where the source takes another. */
  readonly derivedCbvOrderHash?: string;
}

type Json = Readonly<Record<string, unknown>>;

interface Document {
  readonly '@context': unknown;
  readonly epcisBody: {
    readonly eventList?: readonly Json[];
    readonly queryResults?: { readonly resultsBody: { readonly eventList: readonly Json[] } };
  };
}

function read(path: string): { context: unknown; events: readonly Json[]; ignoreFields: readonly string[] } {
  const document = JSON.parse(readFileSync(conformance(path), 'utf8')) as Document & Json;
  const { eventList, queryResults } = document.epcisBody;
  return {
    context: document['@context'],
    events: eventList ?? queryResults?.resultsBody.eventList ?? [],
    ignoreFields: ignoreFieldsOf(document) ?? ignoreFieldsOf({ ...queryResults }) ?? [],
  };
}

/** The reference's own convention, which is not the standard's: the document, or its query results, name the extensions to leave out. */
function ignoreFieldsOf(object: Json): readonly string[] | undefined {
  const entry = Object.entries(object).find(([key]) => key.endsWith(':ignoreFields'));
  return entry?.[1] as readonly string[] | undefined;
}

const jsonInput = (vector: Vector): string | undefined => vector.inputs.find((input) => /\.json(ld)?$/.test(input));

describeConformance('event hash ids, by the vectors of the reference generator', () => {
  const { vectors } = JSON.parse(readFileSync(conformance('event-hash/vectors.json'), 'utf8')) as { vectors: Vector[] };
  const undisputed = vectors.filter((vector) => (vector.disputed ?? []).length === 0);
  const asJson = undisputed.flatMap((vector) => {
    const input = jsonInput(vector);
    return input === undefined ? [] : [{ ...vector, input }];
  });
  const xmlOnly = undisputed.length - asJson.length;

  describe(`${undisputed.length} undisputed vectors, of which ${asJson.length} as JSON and ${xmlOnly} as XML only (not read yet)`, () => {
    it('has vectors to hold the hash against', () => expect(asJson.length).toBeGreaterThan(0));

    it.each(asJson)('$input, event $eventIndex', ({ input, eventIndex, hash, prehash, prehashVerified }) => {
      const { context, events, ignoreFields } = read(`event-hash/tests/examples/${input}`);
      const event = events[eventIndex];
      const found = eventHash(event ?? {}, context, HASH_PROFILE, ignoreFields);
      if (prehashVerified) expect(found.prehash).toBe(prehash);
      expect(found).toMatchObject({ hash, profile: HASH_PROFILE });
    });
  });

  it('hashes exactly the pre-hash it shows', () => {
    const verified = undisputed.filter((vector) => vector.prehashVerified);
    expect(verified.length).toBeGreaterThan(0);
    for (const { prehash, hash } of verified) expect(`ni:///sha-256;${sha256Hex(prehash ?? '')}?ver=CBV2.0`).toBe(hash);
  });

  const disputed = vectors.filter((vector) => (vector.disputed ?? []).length > 0);

  it('follows the order of the table where the vectors are disputed', () => {
    const found = disputed.flatMap((vector) => {
      const input = jsonInput(vector);
      if (input === undefined) return [];
      const { context, events, ignoreFields } = read(`event-hash/tests/examples/${input}`);
      const { hash } = eventHash(events[vector.eventIndex] ?? {}, context, HASH_PROFILE, ignoreFields);
      return [{ input, eventIndex: vector.eventIndex, hash, expected: vector.derivedCbvOrderHash ?? vector.hash }];
    });
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(({ hash, expected }) => hash !== expected)).toEqual([]);
  });

  it('follows the reference generator under its own profile, in the disputed vectors and in the undisputed', () => {
    const found = [...undisputed, ...disputed].flatMap((vector) => {
      const input = jsonInput(vector);
      if (input === undefined) return [];
      const { context, events, ignoreFields } = read(`event-hash/tests/examples/${input}`);
      const { hash } = eventHash(events[vector.eventIndex] ?? {}, context, 'CBV2.0-python/1', ignoreFields);
      return [{ input, eventIndex: vector.eventIndex, hash, expected: vector.hash }];
    });
    expect(found.length).toBeGreaterThan(disputed.length);
    expect(found.filter(({ hash, expected }) => hash !== expected)).toEqual([]);
  });

  const equal = readdirSync(conformance('event-hash/tests/expected_equal')).filter(
    (file) => file.endsWith('.json') || file.endsWith('.jsonld'),
  );

  it.each(equal)('gives one hash to all spellings of one event in %s', (file) => {
    const { context, events } = read(`event-hash/tests/expected_equal/${file}`);
    expect(events.length).toBeGreaterThan(1);
    expect(new Set(events.map((event) => eventHash(event, context).hash)).size).toBe(1);
  });
});
