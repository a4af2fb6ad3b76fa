/**
 * Proofs over the tree of merkle.ts (RFC 9162, 2.1.3 and 2.1.4): that a leaf is in a tree, and that one tree is the beginning of another. Making a proof is
 * said in two steps, because a store is not asked from here: which ranges the proof consists of, and the hashes once their nodes were fetched. Whoever
 * verifies needs nothing but the proof and the root.
 */
import { assert } from '../kernel/assert.js';
import type { Hash, LeafRange, NodeRef } from './merkle.js';
import { equalHashes, fold, nodeHash, nodesOf, splitOf } from './merkle.js';

/** The ranges whose hashes prove that leaf `index` is in the tree of `size` leaves, the lowest first (PATH). */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  assert(Number.isSafeInteger(index) && index >= 0 && index < size, 'A leaf that is proved is in the tree.');
  const ranges: LeafRange[] = [];
  for (let first = 0, end = size; end - first > 1;) {
    const split = first + splitOf(end - first);
    if (index < split) {
      ranges.push({ first: split, end });
      end = split;
    } else {
      ranges.push({ first, end: split });
      first = split;
    }
  }
  return ranges.reverse();
}

/** The ranges whose hashes prove that the tree of `older` leaves is the beginning of that of `newer` (PROOF); none where one of them is trivial. */
export function consistencyRanges(older: number, newer: number): LeafRange[] {
  assert(Number.isSafeInteger(older) && older >= 0 && older <= newer, 'A tree grows.');
  if (older === 0 || older === newer) return [];
  const ranges: LeafRange[] = [];
  let first = 0;
  let end = newer;
  while (end !== older) {
    const split = first + splitOf(end - first);
    if (older <= split) {
      ranges.push({ first: split, end });
      end = split;
    } else {
      ranges.push({ first, end: split });
      first = split;
    }
  }
  // What is left is the end of the older tree. Where it is all of it, whoever verifies has its hash already.
  if (first > 0) ranges.push({ first, end });
  return ranges.reverse();
}

/** The nodes a store is asked for, each once. */
export function nodesNeeded(ranges: readonly LeafRange[]): NodeRef[] {
  return ranges.flatMap(nodesOf);
}

/** The proof, from what the store has. */
export function hashesOf(ranges: readonly LeafRange[], hashAt: (node: NodeRef) => Hash): Hash[] {
  return ranges.map((range) => fold(nodesOf(range).map(hashAt)));
}

/** True where `path` proves that the tree with this root and size holds `leaf` (a leafHash) at `index` (RFC 9162, 2.1.3.2). */
export function verifyInclusion(leaf: Hash, index: number, size: number, path: readonly Hash[], root: Hash): boolean {
  if (!isPlace(index) || !isPlace(size) || index >= size) return false;
  let place = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of path) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      hash = nodeHash(sibling, hash);
      // A right edge has no sibling on these levels.
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && equalHashes(hash, root);
}

/** True where `path` proves that the tree with the older root is the beginning of that with the newer (RFC 9162, 2.1.4.2). */
export function verifyConsistency(older: number, newer: number, path: readonly Hash[], olderRoot: Hash, newerRoot: Hash): boolean {
  if (!isPlace(older) || !isPlace(newer) || older > newer) return false;
  if (older === newer) return path.length === 0 && equalHashes(olderRoot, newerRoot);
  if (older === 0) return path.length === 0;
  // An older tree that is a perfect subtree of the newer is its own first node.
  const nodes = isPowerOfTwo(older) ? [olderRoot, ...path] : path;
  const [first, ...rest] = nodes;
  if (!first) return false;
  let place = older - 1;
  let last = newer - 1;
  while (place % 2 === 1) [place, last] = [half(place), half(last)];
  let olderHash = first;
  let newerHash = first;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      olderHash = nodeHash(sibling, olderHash);
      newerHash = nodeHash(sibling, newerHash);
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      newerHash = nodeHash(newerHash, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && equalHashes(olderHash, olderRoot) && equalHashes(newerHash, newerRoot);
}

const half = (value: number): number => Math.floor(value / 2);
const isPlace = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

function isPowerOfTwo(value: number): boolean {
  let power = 1;
  while (power < value) power *= 2;
  return power === value;
}
