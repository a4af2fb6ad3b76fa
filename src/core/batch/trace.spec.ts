import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { trace } from './trace.js';

const CHAIN = [
  { from: 'h1', to: 'paddy' },
  { from: 'h2', to: 'paddy' },
  { from: 'paddy', to: 'rice' },
  { from: 'paddy', to: 'bran' },
  { from: 'rice', to: 'pack' },
];
const ids = (result: { nodes: readonly { id: string }[] }): string[] => result.nodes.map((node) => node.id);

describe('a trace', () => {
  it('goes up to the harvests and down to the packs, with depths', () => {
    expect(trace(CHAIN, 'rice', 'UPSTREAM', 10, 100).nodes).toEqual([
      { id: 'rice', depth: 0 },
      { id: 'paddy', depth: 1 },
      { id: 'h1', depth: 2 },
      { id: 'h2', depth: 2 },
    ]);
    expect(ids(trace(CHAIN, 'h1', 'DOWNSTREAM', 10, 100))).toEqual(['h1', 'paddy', 'rice', 'bran', 'pack']);
  });

  it('in both directions leaves sisters out', () => {
    const both = trace(CHAIN, 'rice', 'BOTH', 10, 100);
    expect(new Set(ids(both))).toEqual(new Set(['rice', 'paddy', 'h1', 'h2', 'pack']));
    expect(both.edges).toHaveLength(4);
    expect(both.truncated).toBe(false);
  });

  it('says when a limit cut something off, and not when it merely touched the end', () => {
    expect(trace(CHAIN, 'rice', 'UPSTREAM', 2, 4).truncated).toBe(false);
    expect(trace(CHAIN, 'rice', 'UPSTREAM', 1, 100)).toMatchObject({ truncated: true, edges: [CHAIN[2]] });
    expect(trace(CHAIN, 'rice', 'UPSTREAM', 10, 3)).toMatchObject({ truncated: true });
    expect(ids(trace(CHAIN, 'rice', 'UPSTREAM', 10, 3))).toHaveLength(3);
    expect(trace(CHAIN, 'rice', 'BOTH', 0, 1)).toEqual({ nodes: [{ id: 'rice', depth: 0 }], edges: [], truncated: true });
  });

  it('ends on circles, keeps within its limits, and returns edges between its nodes only', () => {
    const edges = fc.array(fc.record({ from: fc.nat(8).map(String), to: fc.nat(8).map(String) }), { maxLength: 40 });
    const direction = fc.constantFrom('UPSTREAM' as const, 'DOWNSTREAM' as const, 'BOTH' as const);
    fc.assert(
      fc.property(edges, direction, fc.nat(5), fc.integer({ min: 1, max: 9 }), (graph, way, maxDepth, nodesMax) => {
        const result = trace(graph, '0', way, maxDepth, nodesMax);
        const found = new Set(ids(result));
        expect(found.size).toBe(result.nodes.length);
        expect(found.size).toBeLessThanOrEqual(nodesMax);
        expect(result.nodes.every((node) => node.depth <= maxDepth)).toBe(true);
        expect(result.edges.every((edge) => found.has(edge.from) && found.has(edge.to))).toBe(true);
      }),
    );
  });
});
