/**
 * Whether the log still says what it said: its leaves are walked in order, each held against the record it stands for, and every head that was ever signed
 * against the root of the leaves before it. A record that was changed, taken away, put in or moved has another leaf than was logged; a log that was rewritten
 * to match has another root than was signed. The walk keeps a frontier, so a log of any size is audited in the memory of its height.
 */
import { assert } from '../kernel/assert.js';
import type { Frontier, Hash } from './merkle.js';
import { append, EMPTY_TREE, equalHashes, leafHash, rootOf } from './merkle.js';
import { recordDigest } from './record.js';
import type { TreeHead } from './tree-head.js';

export type AuditFault =
  /** The record is not the one that was logged. */
  | 'RECORD_CHANGED'
  /** The log names a record that is not there. */
  | 'RECORD_MISSING'
  /** A leaf is not there, or stands twice. */
  | 'LEAF_OUT_OF_ORDER'
  /** The leaves are not those that the head was signed over. */
  | 'ROOT_WRONG'
  /** A head was signed over more leaves than there are. */
  | 'LOG_SHORTENED';

export interface AuditFinding {
  readonly fault: AuditFault;
  /** Of the leaf; of a head, its size. */
  readonly index: number;
}

export interface LoggedRecord {
  readonly index: number;
  /** The digest that was logged. */
  readonly digest: Hash;
  /** The canonical text of the record as it is stored now; null where there is none. */
  readonly text: string | null;
}

export class LogAudit {
  private tree: Frontier = EMPTY_TREE;
  private readonly heads: readonly TreeHead[];
  private nextHead = 0;
  private nextIndex = 0;

  /** All signed heads, in any order; their signatures are checked elsewhere. */
  constructor(heads: readonly TreeHead[]) {
    this.heads = [...heads].sort((a, b) => a.size - b.size);
  }

  get audited(): number {
    return this.tree.size;
  }

  /** The next leaf of the log. A gap is told once and walked over, so that what comes behind it is still held against its record. */
  add({ index, digest, text }: LoggedRecord): AuditFinding[] {
    const findings: AuditFinding[] = this.headsAt(this.tree.size);
    if (index !== this.nextIndex) findings.push({ fault: 'LEAF_OUT_OF_ORDER', index });
    this.nextIndex = index + 1;
    if (text === null) findings.push({ fault: 'RECORD_MISSING', index });
    else if (!equalHashes(recordDigest(text), digest)) findings.push({ fault: 'RECORD_CHANGED', index });
    this.tree = append(this.tree, leafHash(digest)).tree;
    return findings;
  }

  /** After the last leaf. */
  end(): AuditFinding[] {
    const findings = this.headsAt(this.tree.size);
    return [...findings, ...this.heads.slice(this.nextHead).map(({ size }): AuditFinding => ({ fault: 'LOG_SHORTENED', index: size }))];
  }

  private headsAt(size: number): AuditFinding[] {
    const findings: AuditFinding[] = [];
    for (let head = this.heads[this.nextHead]; head && head.size <= size; head = this.heads[this.nextHead]) {
      assert(head.size === size, 'Heads are checked as the leaves come by.');
      if (!equalHashes(head.root, rootOf(this.tree))) findings.push({ fault: 'ROOT_WRONG', index: size });
      this.nextHead += 1;
    }
    return findings;
  }
}
