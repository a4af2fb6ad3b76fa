import { expect, it } from '@jest/globals';
import { describeConformance } from '../support/conformance.js';
import { staleness } from '../support/generated.js';
import { aiDictionarySource, cbvTermsSource } from '../support/vocabularies.js';

describeConformance('lists that are made of the standards', () => {
  it.each([
    ['src/core/epcis/cbv-terms.ts', cbvTermsSource],
    ['src/core/gs1/ai-dictionary.ts', aiDictionarySource],
  ])('%s is current', async (file, source) => {
    expect(await staleness(file, await source(), 'vocabularies')).toBeNull();
  });
});
