import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from './canonical-json.js';
import { derivedUuid, parseUuid } from './ids.js';

describe('canonical JSON', () => {
  it('spells equal content equally, in whatever order the keys come', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const turned = Object.fromEntries(Object.entries(object).reverse());
        return canonicalJson(object) === canonicalJson(turned);
      }),
    );
  });

  it('takes what is absent and what is null for the same', () => {
    expect(canonicalJson({ a: 1, b: null, c: undefined })).toBe(canonicalJson({ a: 1 }));
  });

  it('tells different content apart', () => {
    expect(canonicalJson({ a: ['1'] })).not.toBe(canonicalJson({ a: [1] }));
    expect(canonicalJson([[1], 2])).not.toBe(canonicalJson([1, [2]]));
  });
});

describe('derived ids', () => {
  it('are UUIDs of version 8, the same for the same parts', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (parts) => {
        const id = derivedUuid(...parts);
        return parseUuid(id) === id && id[14] === '8' && /[89ab]/.test(id.charAt(19)) && id === derivedUuid(...parts);
      }),
    );
  });

  it('do not run into each other where parts could be glued', () => {
    expect(derivedUuid('a', 'bc')).not.toBe(derivedUuid('ab', 'c'));
  });
});
