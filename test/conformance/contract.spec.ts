import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { conformance, describeConformance } from '../support/conformance.js';
import { capturesWithoutAnswer, compare, contractPage, shapesOf } from '../support/contract.js';
import { staleness } from '../support/generated.js';

const CONTRACT = '../design/api.graphql';

describeConformance(
  'the public contract',
  () => {
    const contract = shapesOf(readFileSync(conformance(CONTRACT), 'utf8'));
    const schema = shapesOf(readFileSync(resolve('schema.graphql'), 'utf8'));
    const comparison = compare(schema, contract);

    it('is kept by what is built', () => {
      expect(comparison.disagreements).toEqual([]);
    });

    it('gives every payload of a capture the interface CaptureAnswer', () => {
      expect(capturesWithoutAnswer(schema, contract)).toEqual([]);
    });

    it('and its page docs/contract.md is current', async () => {
      expect(await staleness('docs/contract.md', contractPage(comparison, contract))).toBeNull();
    });
  },
  CONTRACT,
);
