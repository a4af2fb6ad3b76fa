import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Frontier, Hash, NodeRef } from './merkle.js';
import { append, EMPTY_ROOT, EMPTY_TREE, leafHash, nodeHash, rootOf, splitOf } from './merkle.js';
import { consistencyRanges, hashesOf, inclusionRanges, nodesNeeded, verifyConsistency, verifyInclusion } from './proof.js';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');

/** The leaves and roots that implementations of Certificate Transparency test themselves with. */
const ENTRIES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(bytes);
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const A = '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7';
const B = '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e';
const C = '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4';
const D = 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b';
const E = 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0';
const F = '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a';

/** The definition itself (RFC 9162, 2.1.1), slow and plain. */
function treeHash(entries: readonly Uint8Array[]): Hash {
  const [only] = entries;
  if (!only) return EMPTY_ROOT;
  if (entries.length === 1) return leafHash(only);
  const split = splitOf(entries.length);
  return nodeHash(treeHash(entries.slice(0, split)), treeHash(entries.slice(split)));
}

class Log {
  private readonly nodes = new Map<string, Hash>();
  readonly trees: Frontier[] = [EMPTY_TREE];

  constructor(entries: readonly Uint8Array[]) {
    for (const entry of entries) {
      const { tree, completed } = append(this.tree, leafHash(entry));
      this.trees.push(tree);
      for (const node of completed) this.nodes.set(`${node.level}/${node.index}`, node.hash);
    }
  }

  get tree(): Frontier {
    return this.trees.at(-1) ?? EMPTY_TREE;
  }

  root(size: number): Hash {
    return rootOf(this.trees[size] ?? EMPTY_TREE);
  }

  readonly hashAt = ({ level, index }: NodeRef): Hash => this.nodes.get(`${level}/${index}`) ?? new Uint8Array();

  inclusion(index: number, size: number): Hash[] {
    return hashesOf(inclusionRanges(index, size), this.hashAt);
  }

  consistency(older: number, newer: number): Hash[] {
    return hashesOf(consistencyRanges(older, newer), this.hashAt);
  }

  get nodeCount(): number {
    return this.nodes.size;
  }
}

const entryList = (max: number, min = 1) => fc.array(fc.uint8Array({ maxLength: 8 }), { minLength: min, maxLength: max });

describe('the tree', () => {
  const log = new Log(ENTRIES);

  it.each(ROOTS.map((root, size) => [size, root] as const))('of %i reference leaves has its published root', (size, root) => {
    expect(hex(log.root(size))).toBe(root);
  });

  it.each([
    [0, 8, [A, B, C]],
    [5, 8, [D, E, ROOTS[4]]],
    [2, 3, [ROOTS[2]]],
    [1, 5, [ROOTS[1], B, D]],
  ])('proves leaf %i of %i with the published path', (index, size, path) => {
    expect(log.inclusion(index, size).map(hex)).toEqual(path);
  });

  it.each([
    [1, 1, []],
    [1, 8, [A, B, C]],
    [6, 8, [F, E, ROOTS[4]]],
    [2, 5, [B, D]],
  ])('proves that %i leaves are the beginning of %i with the published path', (older, newer, path) => {
    expect(log.consistency(older, newer).map(hex)).toEqual(path);
  });

  it('is what the definition says, at every size, and keeps a hash for each bit of its size', () => {
    fc.assert(
      fc.property(entryList(70), (entries) => {
        const grown = new Log(entries);
        entries.forEach((_, i) => expect(hex(grown.root(i + 1))).toBe(hex(treeHash(entries.slice(0, i + 1)))));
        expect(grown.tree.peaks.length).toBe([...entries.length.toString(2)].filter((bit) => bit === '1').length);
        expect(grown.nodeCount).toBeLessThan(2 * entries.length);
      }),
    );
  });

  it('is not shaken by sizes beyond 32 bits', () => {
    const size = 2 ** 40 + 3;
    expect(splitOf(size)).toBe(2 ** 40);
    expect(nodesNeeded(inclusionRanges(2 ** 40 + 1, size))).toEqual([
      { level: 0, index: 2 ** 40 },
      { level: 0, index: 2 ** 40 + 2 },
      { level: 40, index: 0 },
    ]);
  });
});

describe('a proof', () => {
  it('of any leaf in any tree is right, and is no longer than the tree is high', () => {
    fc.assert(
      fc.property(entryList(70), (entries) => {
        const log = new Log(entries);
        const size = entries.length;
        entries.forEach((entry, index) => {
          const path = log.inclusion(index, size);
          expect(path.length).toBeLessThanOrEqual(Math.ceil(Math.log2(size)));
          expect(verifyInclusion(leafHash(entry), index, size, path, log.root(size))).toBe(true);
        });
      }),
    );
  });

  it('between any two sizes is right', () => {
    const log = new Log(Array.from({ length: 40 }, (_, i) => Uint8Array.of(i)));
    for (let newer = 0; newer <= 40; newer += 1) {
      for (let older = 0; older <= newer; older += 1) {
        expect([older, newer, verifyConsistency(older, newer, log.consistency(older, newer), log.root(older), log.root(newer))]).toEqual([
          older,
          newer,
          true,
        ]);
      }
    }
  });

  it('finds every leaf that was changed, dropped, doubled or put elsewhere', () => {
    const tampering = fc.constantFrom('change', 'drop', 'double', 'swap');
    fc.assert(
      fc.property(entryList(40, 2), tampering, fc.nat(), fc.nat(), (entries, how, one, other) => {
        const distinct = entries.map((entry, i) => Uint8Array.of(i, ...entry));
        const size = distinct.length;
        const at = one % size;
        // The last leaf once more is no tampering: the log has grown.
        fc.pre(how !== 'double' || at < size - 1);
        const published = new Log(distinct).root(size);
        const log = new Log(tamper(distinct, how, at, (at + 1 + (other % (size - 1))) % size));
        const grown = log.tree.size;
        const path = grown >= size ? log.consistency(size, grown) : [];
        expect(verifyConsistency(size, grown, path, published, log.root(grown))).toBe(false);
        const leaf = leafHash(distinct[at] ?? new Uint8Array());
        const place = grown > at ? log.inclusion(at, grown) : [];
        expect(how !== 'double' && verifyInclusion(leaf, at, grown, place, log.root(grown))).toBe(false);
      }),
    );
  });

  it('that is forged anywhere is refused, as is one for another place or size', () => {
    fc.assert(
      fc.property(entryList(40, 2), fc.nat(), fc.nat(), fc.nat(255), (entries, i, place, byte) => {
        const log = new Log(entries.map((entry, n) => Uint8Array.of(n, ...entry)));
        const size = entries.length;
        const index = i % size;
        const leaf = log.hashAt({ level: 0, index });
        const path = log.inclusion(index, size);
        const root = log.root(size);
        const forged = path.map((hash) => Uint8Array.from(hash));
        const victim = forged[place % forged.length] ?? new Uint8Array(1);
        victim[byte % 32] = (victim[byte % 32] ?? 0) ^ 1;
        expect(verifyInclusion(leaf, index, size, forged, root)).toBe(false);
        expect(verifyInclusion(leaf, index, size, path.slice(1), root)).toBe(false);
        expect(verifyInclusion(leaf, index, size, [...path, root], root)).toBe(false);
        expect(verifyInclusion(leaf, (index + 1) % size, size, path, root)).toBe(false);
        expect(verifyInclusion(leaf, index, size, path, leaf)).toBe(false);
      }),
    );
    for (const [index, size] of [
      [-1, 1],
      [1, 1],
      [0.5, 1],
      [0, Number.NaN],
    ] as const) {
      expect(verifyInclusion(EMPTY_ROOT, index, size, [], EMPTY_ROOT)).toBe(false);
    }
    expect(verifyConsistency(3, 2, [], EMPTY_ROOT, EMPTY_ROOT)).toBe(false);
  });
});

function tamper(entries: readonly Uint8Array[], how: string, at: number, to: number): Uint8Array[] {
  const copy = [...entries];
  const [here, there] = [copy[at] ?? new Uint8Array(), copy[to] ?? new Uint8Array()];
  if (how === 'change') copy[at] = Uint8Array.of(...here, 0);
  if (how === 'drop') copy.splice(at, 1);
  if (how === 'double') copy.splice(at, 0, here);
  if (how === 'swap') [copy[at], copy[to]] = [there, here];
  return copy;
}
