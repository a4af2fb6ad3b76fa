import { describe, expect, it } from '@jest/globals';
import type { Party } from '../ledger/party.js';
import { claimOf } from './claim.js';

const household: Party = { kind: 'HOUSEHOLD', id: 'h' };
const coop: Party = { kind: 'ORGANISATION', id: 'coop' };

describe('a claim', () => {
  it('goes no further than the weakest model on the path', () => {
    expect(claimOf(['IDENTITY_PRESERVED'], [household])).toEqual({
      model: 'IDENTITY_PRESERVED',
      measuredAt: 'PAID_TO_HOUSEHOLD',
      text: 'This harvest. Paid to the household.',
      perPack: true,
    });
    expect(claimOf(['SEGREGATED', 'MASS_BALANCE', 'IDENTITY_PRESERVED'], [household]).text).toContain('On average, this site and period.');
  });

  it('puts no figure on a pack where there is no physical link', () => {
    expect(claimOf(['BOOK_AND_CLAIM', 'IDENTITY_PRESERVED'], [household]).perPack).toBe(false);
  });

  it('says where the money was measured: one cooperative that received for its members is enough', () => {
    expect(claimOf([], [household, coop, household]).measuredAt).toBe('RECEIVED_BY_COOPERATIVE');
    expect(claimOf([], [{ kind: 'UNKNOWN', id: '' }]).measuredAt).toBe('NOT_MEASURED');
  });
});
