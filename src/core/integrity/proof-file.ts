/**
 * A proof that fits in a file and is checked without server or database: the signed head of the log, for each record its place and its path to the root, and
 * where an older head is known, that the log only grew since. What it says is either true of the record shown or is found to be false here; a proof
 * nobody signed, or signed by another key than the one expected, proves nothing.
 */
import { parseExactJson } from '../kernel/exact-json.js';
import type { ExactJson, ExactObject } from '../kernel/exact-json.js';
import { ExactNumber, isExactArray, isExactObject } from '../kernel/exact-json.js';
import { at, DomainError } from '../kernel/errors.js';
import type { Hash } from './merkle.js';
import { equalHashes, HASH_BYTES, leafHash } from './merkle.js';
import { verifyConsistency, verifyInclusion } from './proof.js';
import { recordDigest } from './record.js';
import type { TreeHead } from './tree-head.js';
import { treeHeadBytes } from './tree-head.js';

export const PROOF_FORMAT = 'sheaf-proof/1';
/** Records of one file. */
export const PROOF_RECORDS_MAX = 1_000;
/** A tree of 2^63 leaves is no higher. */
export const PROOF_PATH_MAX = 64;

export interface SignedTreeHead extends TreeHead {
  /** Ed25519 over treeHeadBytes: 64 bytes. */
  readonly signature: Uint8Array;
}

export interface ProvedRecord {
  /** Of the leaf in the log. */
  readonly index: number;
  /** SHA-256 of the record's canonical text. */
  readonly digest: Hash;
  /** The canonical text (record.ts); null where whoever holds the file may not see it. */
  readonly text: string | null;
  readonly path: readonly Hash[];
}

export interface ProofFile {
  /** Ed25519, raw: 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly head: SignedTreeHead;
  readonly records: readonly ProvedRecord[];
  /** That an older head, which somebody kept, is the beginning of this one. */
  readonly since: { readonly head: SignedTreeHead; readonly path: readonly Hash[] } | null;
}

/** Checks an Ed25519 signature: platform/crypto lends it. */
export type SignatureCheck = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

export type ProofFault =
  /** The file was signed by another key than the one that was expected. */
  | 'KEY_UNEXPECTED'
  | 'SIGNATURE_WRONG'
  /** The text shown is not the record that the log holds. */
  | 'RECORD_CHANGED'
  | 'NOT_IN_LOG'
  /** The log was rewritten since the older head. */
  | 'LOG_REWRITTEN';

export interface ProofFinding {
  readonly fault: ProofFault;
  /** Of the record it concerns; null for the heads. */
  readonly index: number | null;
}

/** What is wrong with the proof: nothing, where it holds. `expectedKey` is the log's key as the verifier knows it from elsewhere. */
export function checkProof(proof: ProofFile, isSigned: SignatureCheck, expectedKey?: Uint8Array): ProofFinding[] {
  const findings: ProofFinding[] = [];
  if (expectedKey && !equalHashes(expectedKey, proof.publicKey)) findings.push({ fault: 'KEY_UNEXPECTED', index: null });
  const heads = proof.since ? [proof.head, proof.since.head] : [proof.head];
  if (!heads.every((head) => isSigned(proof.publicKey, treeHeadBytes(head), head.signature))) {
    findings.push({ fault: 'SIGNATURE_WRONG', index: null });
  }
  for (const { index, digest, text, path } of proof.records) {
    if (text !== null && !equalHashes(recordDigest(text), digest)) findings.push({ fault: 'RECORD_CHANGED', index });
    if (!verifyInclusion(leafHash(digest), index, proof.head.size, path, proof.head.root)) findings.push({ fault: 'NOT_IN_LOG', index });
  }
  const { since, head } = proof;
  if (since && !verifyConsistency(since.head.size, head.size, since.path, since.head.root, head.root)) {
    findings.push({ fault: 'LOG_REWRITTEN', index: null });
  }
  return findings;
}

/** The file: JSON, hashes in hexadecimal, one line a record where it is printed. */
export function writeProof(proof: ProofFile): string {
  const since = proof.since && { ...headJson(proof.since.head), consistency: proof.since.path.map(hex) };
  const records = proof.records.map(({ index, digest, text, path }) => ({
    index,
    sha256: hex(digest),
    ...(text !== null && { record: text }),
    inclusion: path.map(hex),
  }));
  return `${JSON.stringify({ format: PROOF_FORMAT, publicKey: hex(proof.publicKey), head: headJson(proof.head), since, records }, null, 1)}\n`;
}

/** Reads such a file. Throws BAD_INPUT, TOO_MANY_ITEMS. */
export function readProof(json: string): ProofFile {
  const file = objectOf(parseExactJson(json), ['format', 'publicKey', 'head', 'since', 'records']);
  if (file.format !== PROOF_FORMAT) throw expected(PROOF_FORMAT, file.format).within('format');
  const { since = null } = file;
  const records = listOf(file, 'records', PROOF_RECORDS_MAX);
  return {
    publicKey: hashOf(file, 'publicKey'),
    head: at(['head'], () => headOf(objectOf(file.head, HEAD_KEYS))),
    since: since === null ? null : at(['since'], () => sinceOf(objectOf(since, [...HEAD_KEYS, 'consistency']))),
    records: records.map((record, i) => at(['records', i], () => provedOf(record))),
  };
}

const HEAD_KEYS = ['timestampMs', 'size', 'root', 'signature'] as const;

function sinceOf(since: ExactObject): ProofFile['since'] {
  return { head: headOf(since), path: pathOf(since, 'consistency') };
}

function provedOf(json: ExactJson): ProvedRecord {
  const record = objectOf(json, ['index', 'sha256', 'record', 'inclusion']);
  const { record: text = null } = record;
  if (text !== null && typeof text !== 'string') throw expected('the text of a record', text).within('record');
  return { index: wholeOf(record, 'index'), digest: hashOf(record, 'sha256'), text, path: pathOf(record, 'inclusion') };
}

function headJson({ timestampMs, size, root, signature }: SignedTreeHead): object {
  return { timestampMs, size, root: hex(root), signature: hex(signature) };
}

function headOf(head: ExactObject): SignedTreeHead {
  return {
    timestampMs: wholeOf(head, 'timestampMs'),
    size: wholeOf(head, 'size'),
    root: hashOf(head, 'root'),
    signature: hashOf(head, 'signature', 2 * HASH_BYTES),
  };
}

function pathOf(object: ExactObject, key: string): Hash[] {
  return listOf(object, key, PROOF_PATH_MAX).map((entry, i) => at([key, i], () => bytesOf(entry, HASH_BYTES)));
}

function hashOf(object: ExactObject, key: string, bytes = HASH_BYTES): Hash {
  return at([key], () => bytesOf(object[key] ?? null, bytes));
}

function bytesOf(value: ExactJson, bytes: number): Uint8Array {
  if (typeof value !== 'string' || value.length !== 2 * bytes || !/^[0-9a-f]*$/.test(value)) {
    throw expected(`${2 * bytes} lower-case hexadecimal digits`, value);
  }
  return Uint8Array.from({ length: bytes }, (_, i) => Number.parseInt(value.slice(2 * i, 2 * i + 2), 16));
}

function wholeOf(object: ExactObject, key: string): number {
  const { [key]: value = null } = object;
  const whole = value instanceof ExactNumber ? Number(value.text) : Number.NaN;
  if (!Number.isSafeInteger(whole) || whole < 0) throw expected('a whole number', value).within(key);
  return whole;
}

function listOf(object: ExactObject, key: string, most: number): readonly ExactJson[] {
  const { [key]: value = null } = object;
  if (!isExactArray(value)) throw expected('a list', value).within(key);
  if (value.length > most) throw new DomainError('TOO_MANY_ITEMS', { items: value.length, most }, [key]);
  return value;
}

/** An unknown field is refused: what a verifier does not understand it cannot vouch for. */
function objectOf(value: ExactJson | undefined, keys: readonly string[]): ExactObject {
  if (!isExactObject(value)) throw expected('an object', value ?? null);
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw expected(keys.join(' | '), unknown);
  return value;
}

function expected(what: string, value: ExactJson | undefined): DomainError {
  return new DomainError('BAD_INPUT', { expected: what, found: typeof value === 'string' ? value.slice(0, 64) : typeof value });
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
