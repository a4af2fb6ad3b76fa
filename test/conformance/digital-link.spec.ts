import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { canonicalise, parseDigitalLink } from '../../src/core/gs1/digital-link.js';
import { conformance, describeConformance } from '../support/conformance.js';

interface Pair {
  readonly input: string;
  readonly expected: string | null;
}

describeConformance('canonical Digital Links, by the pairs of the reference generator', () => {
  const { vectors } = JSON.parse(readFileSync(conformance('event-hash/dl-normaliser-vectors.json'), 'utf8')) as { vectors: Pair[] };

  it.each(vectors)('$input is $expected', ({ input, expected }) => {
    expect(canonicalise(input)).toBe(expected);
  });

  it('leaves every canonical link as it is', () => {
    const canonical = vectors.map((pair) => pair.expected).filter((expected) => expected !== null);
    expect(canonical.length).toBeGreaterThan(0);
    expect(canonical.map(canonicalise)).toEqual(canonical);
  });

  it('refuses to parse what has no canonical form', () => {
    const nowhere = vectors.filter((pair) => pair.expected === null);
    expect(nowhere.length).toBeGreaterThan(0);
    for (const { input } of nowhere) expect(() => parseDigitalLink(input)).toThrow();
  });
});
