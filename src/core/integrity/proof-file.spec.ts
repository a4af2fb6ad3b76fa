import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ExactNumber } from '../kernel/exact-json.js';
import type { AuditFinding, LoggedRecord } from './audit.js';
import { LogAudit } from './audit.js';
import type { Frontier, Hash, NodeRef } from './merkle.js';
import { append, EMPTY_TREE, leafHash, rootOf } from './merkle.js';
import { consistencyRanges, hashesOf, inclusionRanges } from './proof.js';
import type { ProofFile, SignatureCheck, SignedTreeHead } from './proof-file.js';
import { checkProof, readProof, writeProof } from './proof-file.js';
import { eventRecord, recordDigest, recordText } from './record.js';
import { treeHeadBytes } from './tree-head.js';

const { privateKey } = generateKeyPairSync('ed25519');
const rawKey = (key: ReturnType<typeof createPublicKey>): Uint8Array =>
  Uint8Array.from(key.export({ format: 'der', type: 'spki' }).subarray(-32));
const PUBLIC_KEY = rawKey(createPublicKey(privateKey));
const isSigned: SignatureCheck = (key, message, signature) => {
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key]);
  return verify(null, message, createPublicKey({ key: spki, format: 'der', type: 'spki' }), signature);
};
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const textOf = (n: number): string =>
  eventRecord({ event: { type: 'ObjectEvent', n }, recordTime: '2026-05-26T00:00:00Z', clientId: null, deliveriesDigest: null });

function logOf(texts: readonly string[]): { tree: Frontier; trees: Frontier[]; hashAt: (node: NodeRef) => Hash } {
  const nodes = new Map<string, Hash>();
  const trees: Frontier[] = [EMPTY_TREE];
  let tree = EMPTY_TREE;
  for (const text of texts) {
    const grown = append(tree, leafHash(recordDigest(text)));
    tree = grown.tree;
    trees.push(tree);
    for (const node of grown.completed) nodes.set(`${node.level}/${node.index}`, node.hash);
  }
  return { tree, trees, hashAt: ({ level, index }) => nodes.get(`${level}/${index}`) ?? new Uint8Array(32) };
}

function signed(tree: Frontier, key = privateKey): SignedTreeHead {
  const head = { timestampMs: 1_780_000_000_000 + tree.size, size: tree.size, root: rootOf(tree) };
  return { ...head, signature: Uint8Array.from(sign(null, treeHeadBytes(head), key)) };
}

function proofOf(texts: readonly string[], indexes: readonly number[], since: number | null): ProofFile {
  const { tree, trees, hashAt } = logOf(texts);
  const older = since === null ? null : signed(trees[since] ?? EMPTY_TREE);
  return {
    publicKey: PUBLIC_KEY,
    head: signed(tree),
    since: older && { head: older, path: hashesOf(consistencyRanges(older.size, tree.size), hashAt) },
    records: indexes.map((index) => ({
      index,
      digest: recordDigest(texts[index] ?? ''),
      text: texts[index] ?? null,
      path: hashesOf(inclusionRanges(index, tree.size), hashAt),
    })),
  };
}

const TEXTS = Array.from({ length: 20 }, (_, n) => textOf(n));
const PROOF = proofOf(TEXTS, [0, 7, 19], 13);
const faults = (proof: ProofFile, expectedKey?: Uint8Array): unknown[] =>
  checkProof(proof, isSigned, expectedKey).map(({ fault }) => fault);

describe('what is signed', () => {
  it('is time, size and root as RFC 9162 lays them out', () => {
    const root = Uint8Array.from({ length: 32 }, (_, i) => i);
    expect(hex(treeHeadBytes({ timestampMs: 0x0102030405, size: 258, root }))).toBe(`0000000102030405000000000000010220${hex(root)}0000`);
  });
});

describe('a record', () => {
  it('has one text, however a store spells its JSON', () => {
    const content = { b: [new ExactNumber('12.50'), 1e2, null], a: { z: 'é', A: true }, gone: undefined };
    expect(recordText('FIGURE', content)).toBe('{"content":{"a":{"A":true,"z":"é"},"b":[12.5,100,null]},"kind":"FIGURE"}');
    expect(recordText('FIGURE', { a: { A: true, z: 'é' }, b: [12.5, new ExactNumber('1E2'), null] })).toBe(recordText('FIGURE', content));
  });

  it('of one kind is never one of another, and null is not absence', () => {
    const texts = [recordText('PAYMENT', { a: 1 }), recordText('FIGURE', { a: 1 }), recordText('FIGURE', { a: 1, b: null })];
    expect(new Set(texts.map((text) => hex(recordDigest(text)))).size).toBe(3);
  });
});

describe('a proof file', () => {
  it('that is true has no fault, also after it was written and read', () => {
    expect(faults(PROOF, PUBLIC_KEY)).toEqual([]);
    expect(readProof(writeProof(PROOF))).toEqual(PROOF);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), fc.option(fc.nat()), (size, index, since) => {
        const texts = Array.from({ length: size }, (_, n) => textOf(n));
        const proof = proofOf(texts, [index % size], since === null ? null : since % (size + 1));
        expect(faults(readProof(writeProof(proof)), PUBLIC_KEY)).toEqual([]);
      }),
    );
  });

  it('may prove a record that it does not show', () => {
    const hidden = { ...PROOF, records: PROOF.records.map((record) => ({ ...record, text: null })) };
    expect(writeProof(hidden)).not.toContain('ObjectEvent');
    expect(faults(readProof(writeProof(hidden)))).toEqual([]);
  });

  it.each([
    ['a record that was changed', { records: PROOF.records.map((record) => ({ ...record, text: textOf(99) })) }, 'RECORD_CHANGED'],
    ['a record put elsewhere', { records: PROOF.records.map((record) => ({ ...record, index: 3 })) }, 'NOT_IN_LOG'],
    [
      'a digest of something else',
      { records: PROOF.records.map((record) => ({ ...record, text: null, digest: rootOf(EMPTY_TREE) })) },
      'NOT_IN_LOG',
    ],
    ['a head that nobody signed', { head: { ...PROOF.head, timestampMs: 1 } }, 'SIGNATURE_WRONG'],
    ['a log that was rewritten', { since: proofOf([...TEXTS.slice(0, 5), textOf(77), ...TEXTS.slice(6)], [], 13).since }, 'LOG_REWRITTEN'],
    ['the key of somebody else', { publicKey: rawKey(generateKeyPairSync('ed25519').publicKey) }, 'KEY_UNEXPECTED'],
  ])('tells of %s', (_, change, fault) => {
    expect(faults({ ...PROOF, ...change }, PUBLIC_KEY)).toContain(fault);
  });

  it('that is changed anywhere is no longer true, or no longer read', () => {
    const text = writeProof({ ...PROOF, since: null });
    const digits = [...text].flatMap((character, i) => (/[0-9a-f]/.test(character) ? [i] : []));
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('0', '1', '7', 'b', 'e'), (place, digit) => {
        const i = digits[place % digits.length] ?? 0;
        fc.pre(text.charAt(i) !== digit);
        let found: unknown[];
        try {
          found = faults(readProof(text.slice(0, i) + digit + text.slice(i + 1)), PUBLIC_KEY);
        } catch {
          found = ['refused'];
        }
        expect(found).not.toEqual([]);
      }),
    );
  });

  it.each([
    '',
    '[]',
    '{}',
    '{"format":"sheaf-proof/2"}',
    writeProof(PROOF).replace('"size": 20', '"size": 1e400'),
    '{"format":"sheaf-proof/1","records":7}',
  ])('that is none is refused: %#', (text) => expect(() => readProof(text)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' })));
});

describe('an audit', () => {
  const heads = [4, 13, 20].map((size) => signed(logOf(TEXTS.slice(0, size)).tree));
  const logged = TEXTS.map((text, index): LoggedRecord => ({ index, digest: recordDigest(text), text }));
  const audit = (leaves: readonly LoggedRecord[]): AuditFinding[] => {
    const log = new LogAudit(heads);
    return [...leaves.flatMap((leaf) => log.add(leaf)), ...log.end()];
  };

  it('of a log that nobody touched finds nothing', () => {
    expect(audit(logged)).toEqual([]);
    expect(new LogAudit([]).end()).toEqual([]);
    expect(new LogAudit([signed(EMPTY_TREE)]).end()).toEqual([]);
  });

  it('finds a record that was changed or taken away, and where', () => {
    expect(audit(logged.map((leaf) => (leaf.index === 7 ? { ...leaf, text: textOf(99) } : leaf)))).toEqual([
      { fault: 'RECORD_CHANGED', index: 7 },
    ]);
    expect(audit(logged.map((leaf) => (leaf.index === 7 ? { ...leaf, text: null } : leaf)))).toEqual([
      { fault: 'RECORD_MISSING', index: 7 },
    ]);
  });

  it('finds a leaf that was rewritten together with its record, dropped, or swapped with another', () => {
    const rewritten = logged.map((leaf) => (leaf.index === 7 ? { ...leaf, text: textOf(99), digest: recordDigest(textOf(99)) } : leaf));
    expect(audit(rewritten)).toEqual([
      { fault: 'ROOT_WRONG', index: 13 },
      { fault: 'ROOT_WRONG', index: 20 },
    ]);
    const renumbered = logged.filter((leaf) => leaf.index !== 7).map((leaf, index) => ({ ...leaf, index }));
    expect(audit(renumbered)).toEqual([
      { fault: 'ROOT_WRONG', index: 13 },
      { fault: 'LOG_SHORTENED', index: 20 },
    ]);
    const [a, b] = [logged[2], logged[15]];
    const swapped = logged.map((leaf) => ({ ...((leaf.index === 2 ? b : leaf.index === 15 ? a : leaf) ?? leaf), index: leaf.index }));
    expect(audit(swapped).map(({ fault }) => fault)).toEqual(['ROOT_WRONG', 'ROOT_WRONG', 'ROOT_WRONG']);
    expect(audit(logged.filter((leaf) => leaf.index !== 7))).toEqual([
      { fault: 'LEAF_OUT_OF_ORDER', index: 8 },
      { fault: 'ROOT_WRONG', index: 13 },
      { fault: 'LOG_SHORTENED', index: 20 },
    ]);
  });
});
