import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BrokenInvariant } from '../kernel/assert.js';
import { Adjacency } from './adjacency.js';
import { trace } from './trace.js';
import type { NumberTrace, TraceQuery } from './walk.js';

interface Recorded {
  readonly event: number;
  readonly links: readonly (readonly [number, number])[];
}

interface Link {
  readonly from: string;
  readonly to: string;
  readonly event: number;
}

/** The naive answer, over the links of the events that count. */
function oracle(events: readonly Recorded[], wrong: ReadonlySet<number>, query: TraceQuery): unknown {
  const counted = events.filter(({ event }) => query.withErrors === true || !wrong.has(event));
  const links = counted.flatMap(({ event, links: pairs }) => {
    const distinct = [...new Map(pairs.map((pair) => [pair.join('>'), pair])).values()];
    return distinct.map(([from, to]): Link => ({ from: String(from), to: String(to), event }));
  });
  const found = trace(links, String(query.start), query.direction, query.maxDepth, query.nodesMax);
  return {
    nodes: found.nodes.map(({ id, depth }) => [Number(id), depth]),
    links: found.edges.map(({ from, to, event }) => [Number(from), Number(to), event]),
    truncated: found.truncated,
  };
}

function told({ nodes, depths, from, to, event, truncated }: NumberTrace): unknown {
  return {
    nodes: Array.from(nodes, (node, i) => [node, depths[i]]),
    links: Array.from(from, (node, i) => [node, to[i], event[i]]),
    truncated,
  };
}

const node = fc.nat(12);
const graph = fc
  .array(fc.array(fc.tuple(node, node), { maxLength: 4 }), { maxLength: 25 })
  .map((events) => events.map((links, event): Recorded => ({ event, links })));
const queries = fc.record({
  start: node,
  direction: fc.constantFrom('UPSTREAM' as const, 'DOWNSTREAM' as const, 'BOTH' as const),
  maxDepth: fc.nat(6),
  nodesMax: fc.integer({ min: 1, max: 13 }),
  withErrors: fc.boolean(),
});

describe('the graph in typed arrays', () => {
  it('answers as the naive trace does, whatever is merged, declared wrong, or circular', () => {
    const mergeAfter = fc.array(fc.nat(24), { maxLength: 3 });
    const wrongEvents = fc.array(fc.nat(24), { maxLength: 6 });
    fc.assert(
      fc.property(graph, mergeAfter, wrongEvents, fc.array(queries, { minLength: 1, maxLength: 4 }), (events, merges, wrong, asked) => {
        const adjacency = new Adjacency();
        for (const event of wrong.slice(0, 2)) adjacency.declareError(event);
        for (const { event, links } of events) {
          expect(adjacency.append(event, links)).toBe(true);
          expect(adjacency.append(event, links)).toBe(false);
          if (merges.includes(event)) adjacency.merge();
        }
        for (const event of wrong) adjacency.declareError(event);
        for (const query of asked) expect(told(adjacency.trace(query))).toEqual(oracle(events, new Set(wrong), query));
      }),
      { numRuns: 500 },
    );
  });

  it('is the same graph when it was loaded at once as when it followed', () => {
    fc.assert(
      fc.property(graph, queries, fc.nat(25), (events, query, cut) => {
        const distinct = events.map(({ event, links }) => ({
          event,
          links: [...new Map(links.map((link) => [link.join('>'), link])).values()],
        }));
        const columns = (pick: (link: readonly [number, number], event: number) => number): Int32Array =>
          Int32Array.from(distinct.slice(0, cut).flatMap(({ event, links }) => links.map((link) => pick(link, event))));
        const loaded = new Adjacency();
        loaded.load(
          columns(([from]) => from),
          columns(([, to]) => to),
          columns((_, event) => event),
        );
        for (const { event, links } of distinct.slice(cut)) loaded.append(event, links);
        expect(told(loaded.trace(query))).toEqual(oracle(events, new Set(), query));
        const links = distinct.reduce((sum, { links: own }) => sum + own.length, 0);
        expect(loaded.linkCount).toBe(links);
      }),
    );
  });

  it('merges by itself when its log has grown, and follows events in any order', () => {
    const adjacency = new Adjacency();
    for (let event = 70_000; event >= 0; event -= 1) adjacency.append(event, [[event, event + 1]]);
    expect(adjacency.linkCount).toBe(70_001);
    const found = adjacency.trace({ start: 70_001, direction: 'UPSTREAM', maxDepth: 100_000, nodesMax: 100_000 });
    expect([found.nodes.length, found.nodes.at(-1), found.depths.at(-1), found.truncated]).toEqual([70_002, 0, 70_001, false]);
  });

  it('gives answers that the next question leaves alone', () => {
    const adjacency = new Adjacency();
    adjacency.append(1, [[0, 1]]);
    adjacency.append(2, [[2, 3]]);
    const query = { direction: 'UPSTREAM', maxDepth: 3, nodesMax: 10 } as const;
    const first = adjacency.trace({ ...query, start: 1 });
    adjacency.trace({ ...query, start: 3 });
    expect(told(first)).toEqual({
      nodes: [
        [1, 0],
        [0, 1],
      ],
      links: [[0, 1, 1]],
      truncated: false,
    });
  });

  it('knows nothing of a batch without links but its number, and refuses what is none', () => {
    const adjacency = new Adjacency();
    const query = { start: 5_000_000, direction: 'BOTH', maxDepth: 3, nodesMax: 10 } as const;
    expect(told(adjacency.trace(query))).toEqual({ nodes: [[5_000_000, 0]], links: [], truncated: false });
    expect(() => adjacency.append(2 ** 31, [])).toThrow(BrokenInvariant);
    expect(() => adjacency.append(1, [[0.5, 1]])).toThrow(BrokenInvariant);
  });
});
