/**
 * Chain-of-custody models (ISO 22095): how goods of different origin were kept apart on their way. The weakest model on the path is the
 * ceiling of what a page may claim (income.md, 4); book and claim has no physical link, so no figure on a pack may stand on it.
 */
import { assert } from '../kernel/assert.js';

/** From strongest to weakest. */
export const CUSTODY_MODELS = ['IDENTITY_PRESERVED', 'SEGREGATED', 'CONTROLLED_BLENDING', 'MASS_BALANCE', 'BOOK_AND_CLAIM'] as const;

export type CustodyModel = (typeof CUSTODY_MODELS)[number];

const CLAIMS: Readonly<Record<CustodyModel, string>> = {
  IDENTITY_PRESERVED: 'This harvest.',
  SEGREGATED: 'These villages.',
  CONTROLLED_BLENDING: 'A known percentage of this batch.',
  MASS_BALANCE: 'On average, this site and period.',
  BOOK_AND_CLAIM: 'The programme as a whole; no figure for this pack.',
};

/** The weakest of the models; a path on which nobody handled goods keeps their identity. */
export function weakest(models: Iterable<CustodyModel>): CustodyModel {
  let rank = 0;
  for (const model of models) rank = Math.max(rank, CUSTODY_MODELS.indexOf(model));
  return CUSTODY_MODELS[rank] ?? 'BOOK_AND_CLAIM';
}

/** What a step that names no model is taken for: one source keeps its identity, several are blended in known proportion. */
export function defaultModel(sourceCount: number): CustodyModel {
  assert(Number.isInteger(sourceCount) && sourceCount >= 0, 'Sources are counted.');
  return sourceCount <= 1 ? 'IDENTITY_PRESERVED' : 'CONTROLLED_BLENDING';
}

/** What a page may say at most under this model, in English. */
export function claimText(model: CustodyModel): string {
  return CLAIMS[model];
}
