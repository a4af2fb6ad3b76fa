/**
 * What is signed of the log, and published: time, size and root, as RFC 9162 (4.10, TreeHeadDataV2) lays them out for a signature, so that a verifier of
 * anybody's make can check it. The algorithm is Ed25519 (RFC 8032); signing and checking is the platform's, because the core holds no key.
 */
import { assert } from '../kernel/assert.js';
import type { Hash } from './merkle.js';
import { HASH_BYTES } from './merkle.js';

export interface TreeHead {
  /** Milliseconds since 1970, when the head was made. */
  readonly timestampMs: number;
  /** Leaves. */
  readonly size: number;
  readonly root: Hash;
}

/** uint64 timestamp, uint64 tree_size, opaque root_hash<32..2^8-1>, extensions<0..2^16-1> (none): 51 bytes, big-endian. */
export function treeHeadBytes(head: TreeHead): Uint8Array {
  assert(head.root.length === HASH_BYTES, 'A root is a SHA-256.');
  assert(
    [head.timestampMs, head.size].every((value) => Number.isSafeInteger(value) && value >= 0),
    'Time and size are whole numbers.',
  );
  const bytes = new Uint8Array(8 + 8 + 1 + HASH_BYTES + 2);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(head.timestampMs));
  view.setBigUint64(8, BigInt(head.size));
  view.setUint8(16, HASH_BYTES);
  bytes.set(head.root, 17);
  return bytes;
}
