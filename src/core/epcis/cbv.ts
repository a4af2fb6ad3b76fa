/**
 * The words of the Core Business Vocabulary 2.0 (chapter 7) that EPCIS events are written with: in JSON they stand bare ("shipping"), their
 * full names are web URIs below https://ref.gs1.org/cbv/ (8.9.2 hashes those). The lists (cbv-terms.ts) are complete, so that a word is either
 * known here or somebody's own URI.
 */
import { DomainError } from '../kernel/errors.js';
import type { DISPOSITIONS, ERROR_REASONS, SENSOR_COMPONENTS, SOURCE_DESTINATION_TYPES } from './cbv-terms.js';
import { BIZ_STEPS, BIZ_TRANSACTION_TYPES } from './cbv-terms.js';

export type BizStep = (typeof BIZ_STEPS)[number];
export type Disposition = (typeof DISPOSITIONS)[number];
export type BizTransactionType = (typeof BIZ_TRANSACTION_TYPES)[number];
export type SourceDestinationType = (typeof SOURCE_DESTINATION_TYPES)[number];
export type ErrorReason = (typeof ERROR_REASONS)[number];
export type SensorComponent = (typeof SENSOR_COMPONENTS)[number];

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

/**
 * The bare word behind any spelling of a term: "cbv:BizStep-shipping", its web URI and its URN are "shipping"; "gs1:Temperature" is "Temperature". A
 * bare word, and a URI of somebody's own, come back as they are.
 */
export function bareWord(term: string): string {
  return CBV_TERM.exec(term)?.[1] ?? term;
}

const CBV_TERM =
  /^(?:(?:cbv:|https:\/\/ref\.gs1\.org\/cbv\/)(?:BizStep|Disp|BTT|SDT|ER|Comp)-|urn:epcglobal:cbv:(?:bizstep|disp|btt|sdt|er|comp):|(?:gs1:|https:\/\/(?:ref\.)?gs1\.org\/voc\/))([A-Za-z][A-Za-z0-9_]*)$/;
