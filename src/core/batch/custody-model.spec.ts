import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { claimText, CUSTODY_MODELS, defaultModel, weakest } from './custody-model.js';

describe('chain-of-custody models', () => {
  it('let the weakest on the path win, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...CUSTODY_MODELS), { minLength: 1 }), (path) => {
        const rank = Math.max(...path.map((model) => CUSTODY_MODELS.indexOf(model)));
        expect(weakest(path)).toBe(CUSTODY_MODELS[rank]);
        expect(weakest([...path].reverse())).toBe(weakest(path));
      }),
    );
  });

  it('keep identity on an empty path', () => expect(weakest([])).toBe('IDENTITY_PRESERVED'));

  it('are by default identity preserved for one source, controlled blending for several', () => {
    expect([0, 1, 2, 60].map(defaultModel)).toEqual([
      'IDENTITY_PRESERVED',
      'IDENTITY_PRESERVED',
      'CONTROLLED_BLENDING',
      'CONTROLLED_BLENDING',
    ]);
    expect(() => defaultModel(-1)).toThrow('counted');
  });

  it('each claim something else', () => {
    expect(new Set(CUSTODY_MODELS.map(claimText)).size).toBe(CUSTODY_MODELS.length);
    expect(claimText('BOOK_AND_CLAIM')).toMatch(/no figure/);
  });
});
