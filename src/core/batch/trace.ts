/**
 * Which batches a batch came from and which it went into: the one-up, one-down of GS1's Global Traceability Standard, followed to the end.
 * BOTH is the union of the two directions, not the whole connected component: a sister lot from the same harvest is neither up nor down.
 */
import { assert } from '../kernel/assert.js';

export type TraceDirection = 'UPSTREAM' | 'DOWNSTREAM' | 'BOTH';

/** Goods went from `from` into `to`. */
export interface TraceEdge {
  readonly from: string;
  readonly to: string;
}

export interface TraceNode {
  readonly id: string;
  /** Edges from the start, by the shortest way; the start has 0. */
  readonly depth: number;
}

export interface Trace<E extends TraceEdge> {
  /** By depth, the start first. */
  readonly nodes: readonly TraceNode[];
  /** Every edge followed whose two ends are among the nodes. */
  readonly edges: readonly E[];
  /** True where a limit left something out. */
  readonly truncated: boolean;
}

interface Way<E extends TraceEdge> {
  readonly next: ReadonlyMap<string, readonly E[]>;
  readonly end: (edge: E) => string;
  readonly visited: Set<string>;
}

/** Breadth first, proof against circles. `maxDepth` counts edges (0 gives the start alone); `nodesMax` counts nodes, the start included. */
export function trace<E extends TraceEdge>(
  edges: readonly E[],
  start: string,
  direction: TraceDirection,
  maxDepth: number,
  nodesMax: number,
): Trace<E> {
  assert(maxDepth >= 0 && nodesMax >= 1, 'A trace may hold at least its start.');
  const nodes = new Map<string, TraceNode>([[start, { id: start, depth: 0 }]]);
  const followed = new Set<E>();
  let truncated = false;
  const queue = waysOf(edges, start, direction).map((way) => ({ way, id: start, depth: 0 }));
  // The list grows while it is walked; both ways advance level by level, so that a limit cuts them evenly.
  for (const { way, id, depth } of queue) {
    for (const edge of way.next.get(id) ?? []) {
      const neighbour = way.end(edge);
      if (!way.visited.has(neighbour)) {
        const full = !nodes.has(neighbour) && nodes.size >= nodesMax;
        if (depth >= maxDepth || full) {
          truncated = true;
          continue;
        }
        way.visited.add(neighbour);
        if (!nodes.has(neighbour)) nodes.set(neighbour, { id: neighbour, depth: depth + 1 });
        queue.push({ way, id: neighbour, depth: depth + 1 });
      }
      followed.add(edge);
    }
  }
  return { nodes: [...nodes.values()], edges: [...followed], truncated };
}

function waysOf<E extends TraceEdge>(edges: readonly E[], start: string, direction: TraceDirection): Way<E>[] {
  const from = (edge: E): string => edge.from;
  const to = (edge: E): string => edge.to;
  const way = (begin: (edge: E) => string, end: (edge: E) => string): Way<E> => ({
    next: indexed(edges, begin),
    end,
    visited: new Set([start]),
  });
  switch (direction) {
    case 'UPSTREAM':
      return [way(to, from)];
    case 'DOWNSTREAM':
      return [way(from, to)];
    case 'BOTH':
      return [way(to, from), way(from, to)];
  }
}

function indexed<E extends TraceEdge>(edges: readonly E[], key: (edge: E) => string): Map<string, E[]> {
  const index = new Map<string, E[]>();
  for (const edge of edges) {
    const list = index.get(key(edge));
    if (list) list.push(edge);
    else index.set(key(edge), [edge]);
  }
  return index;
}
