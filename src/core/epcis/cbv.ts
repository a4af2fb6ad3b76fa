/**
 * The words of the Core Business Vocabulary 2.0 (chapter 7) that EPCIS events are written with: in JSON they stand bare ("shipping"), their
 * full names are web URIs below https://ref.gs1.org/cbv/ (8.9.2 hashes those). The lists are complete, so that a word is either known here
 * or somebody's own URI.
 */
import { DomainError } from '../kernel/errors.js';

/** Steps of a business process (CBV 2.0, 7.1). */
export const BIZ_STEPS = [
  'accepting',
  'arriving',
  'assembling',
  'collecting',
  'commissioning',
  'consigning',
  'creating_class_instance',
  'cycle_counting',
  'decommissioning',
  'departing',
  'destroying',
  'disassembling',
  'dispensing',
  'encoding',
  'entering_exiting',
  'holding',
  'inspecting',
  'installing',
  'killing',
  'loading',
  'other',
  'packing',
  'picking',
  'receiving',
  'removing',
  'repackaging',
  'repairing',
  'replacing',
  'reserving',
  'retail_selling',
  'sampling',
  'sensor_reporting',
  'shipping',
  'staging_outbound',
  'stock_taking',
  'stocking',
  'storing',
  'transporting',
  'unloading',
  'unpacking',
  'void_shipping',
] as const;
export type BizStep = (typeof BIZ_STEPS)[number];

/** States of goods after an event (CBV 2.0, 7.2). */
export const DISPOSITIONS = [
  'active',
  'available',
  'completeness_inferred',
  'completeness_verified',
  'conformant',
  'container_closed',
  'container_open',
  'damaged',
  'destroyed',
  'dispensed',
  'disposed',
  'encoded',
  'expired',
  'in_progress',
  'in_transit',
  'inactive',
  'mismatch_class',
  'mismatch_instance',
  'mismatch_quantity',
  'needs_replacement',
  'no_pedigree_match',
  'non_conformant',
  'non_sellable_other',
  'partially_dispensed',
  'recalled',
  'reserved',
  'retail_sold',
  'returned',
  'sellable_accessible',
  'sellable_not_accessible',
  'stolen',
  'unavailable',
  'unknown',
] as const;
export type Disposition = (typeof DISPOSITIONS)[number];

/** Kinds of documents (CBV 2.0, 7.3): purchase order, invoice, despatch advice, certificate ... */
export const BIZ_TRANSACTION_TYPES = [
  'bol',
  'cert',
  'desadv',
  'inv',
  'pedigree',
  'po',
  'poc',
  'prodorder',
  'recadv',
  'rma',
  'testprd',
  'testres',
  'upevt',
] as const;
export type BizTransactionType = (typeof BIZ_TRANSACTION_TYPES)[number];

/** In what capacity a source or destination is one (CBV 2.0, 7.4). */
export const SOURCE_DESTINATION_TYPES = ['location', 'owning_party', 'possessing_party'] as const;
export type SourceDestinationType = (typeof SOURCE_DESTINATION_TYPES)[number];

/** Why an event is declared wrong (CBV 2.0, 7.5). */
export const ERROR_REASONS = ['did_not_occur', 'incorrect_data'] as const;
export type ErrorReason = (typeof ERROR_REASONS)[number];

/** A word of nobody's standard: a URI of its maker. */
export type OwnTerm = `${string}:${string}`;

/** The business step a caller named. Throws BAD_INPUT; own URIs are for events that come from outside. */
export function parseBizStep(text: string): BizStep {
  return wordOf(BIZ_STEPS, 'a CBV business step', text);
}

/** The kind of document a caller named. Throws BAD_INPUT. */
export function parseBizTransactionType(text: string): BizTransactionType {
  return wordOf(BIZ_TRANSACTION_TYPES, 'a CBV business transaction type', text);
}

function wordOf<Word extends string>(words: readonly Word[], expected: string, text: string): Word {
  const word = words.find((candidate) => candidate === text);
  if (word === undefined) throw new DomainError('BAD_INPUT', { expected, found: text.slice(0, 64) });
  return word;
}
