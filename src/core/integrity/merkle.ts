/**
 * The Merkle tree of a transparency log (RFC 9162, 2.1): leaves are hashed behind a byte 0, inner nodes behind a byte 1, so that neither can be taken for
 * the other, and a tree of n leaves is split at the largest power of two below n. A log that grows keeps the peaks of its perfect subtrees, as many as
 * its size has bits set; every perfect subtree that a leaf completes is told once, so that a store of these nodes can prove anything later with as many
 * look-ups as the tree is high.
 */
import { assert } from '../kernel/assert.js';
import { sha256 } from '../kernel/sha256.js';

/** 32 bytes. */
export type Hash = Uint8Array;

export const HASH_BYTES = 32;
/** The root of no leaves: the hash of nothing. */
export const EMPTY_ROOT: Hash = sha256('');

/** A perfect subtree: 2^level leaves from leaf index × 2^level on. Level 0 is a leaf. */
export interface NodeRef {
  readonly level: number;
  readonly index: number;
}

export interface TreeNode extends NodeRef {
  readonly hash: Hash;
}

/** A tree as far as it must be kept to grow. */
export interface Frontier {
  readonly size: number;
  /** Of the perfect subtrees that the leaves fill, from the left, the largest first. */
  readonly peaks: readonly Hash[];
}

export const EMPTY_TREE: Frontier = { size: 0, peaks: [] };

/** The hash of a leaf that holds `entry`. */
export function leafHash(entry: Uint8Array): Hash {
  const bytes = new Uint8Array(1 + entry.length);
  bytes.set(entry, 1);
  return sha256(bytes);
}

export function nodeHash(left: Hash, right: Hash): Hash {
  const bytes = new Uint8Array(1 + 2 * HASH_BYTES);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 1 + HASH_BYTES);
  return sha256(bytes);
}

/** The tree with one leaf more, and the perfect subtrees that the leaf completes, itself first. `leaf` is a leafHash. */
export function append(tree: Frontier, leaf: Hash): { readonly tree: Frontier; readonly completed: readonly TreeNode[] } {
  assert(leaf.length === HASH_BYTES, 'A leaf is a SHA-256.');
  const peaks = [...tree.peaks];
  const completed: TreeNode[] = [{ level: 0, index: tree.size, hash: leaf }];
  let hash = leaf;
  for (let index = tree.size, level = 1; index % 2 === 1; level += 1) {
    index = (index - 1) / 2;
    const left = peaks.pop();
    assert(left, 'A tree has a peak for each bit of its size.');
    hash = nodeHash(left, hash);
    completed.push({ level, index, hash });
  }
  peaks.push(hash);
  return { tree: { size: tree.size + 1, peaks }, completed };
}

/** The root (MTH) of the tree. */
export function rootOf(tree: Frontier): Hash {
  return tree.peaks.length === 0 ? EMPTY_ROOT : fold(tree.peaks);
}

/** A range of leaves, from `first` to before `end`. */
export interface LeafRange {
  readonly first: number;
  readonly end: number;
}

/** The perfect subtrees that a range of the tree consists of, from the left: a range that a split gave has one, or those of a right edge. */
export function nodesOf(range: LeafRange): NodeRef[] {
  const nodes: NodeRef[] = [];
  for (let first = range.first; first < range.end;) {
    let level = 0;
    let width = 1;
    while (first % (2 * width) === 0 && first + 2 * width <= range.end) {
      level += 1;
      width *= 2;
    }
    nodes.push({ level, index: first / width });
    first += width;
  }
  return nodes;
}

/** The hash of a range from the hashes of its nodesOf. */
export function fold(hashes: readonly Hash[]): Hash {
  const last = hashes.at(-1);
  assert(last, 'A range holds something.');
  return hashes.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
}

/** Where a tree of `size` leaves is split: the largest power of two below it. */
export function splitOf(size: number): number {
  assert(Number.isSafeInteger(size) && size > 1, 'Two leaves or more can be split.');
  let split = 1;
  while (2 * split < size) split *= 2;
  return split;
}

export function equalHashes(a: Hash, b: Hash): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
