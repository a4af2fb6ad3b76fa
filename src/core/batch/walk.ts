/**
 * One trace over the links of links.ts, breadth first and level by level, both ways in turn: what trace.ts does, in numbers. What is found goes into columns
 * that outlive the walk, and leaves it as one block.
 */
import type { Bits } from './bits.js';
import type { Links } from './links.js';
import type { TraceDirection } from './trace.js';

export interface TraceQuery {
  readonly start: number;
  readonly direction: TraceDirection;
  /** Links from the start; 0 gives the start alone. */
  readonly maxDepth: number;
  /** The start included. */
  readonly nodesMax: number;
  /** True: also links of events that were declared wrong. */
  readonly withErrors?: boolean;
}

/** As Trace of trace.ts, in numbers; entry i of each of the three link arrays is one link. */
export interface NumberTrace {
  readonly nodes: Int32Array;
  readonly depths: Int32Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly event: Int32Array;
  readonly truncated: boolean;
}

/** Numbers in a row that grows. */
export class Column {
  private numbers = new Int32Array(64);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  push(number: number): void {
    if (this.length === this.numbers.length) {
      const larger = new Int32Array(4 * this.length);
      larger.set(this.numbers);
      this.numbers = larger;
    }
    this.numbers[this.length] = number;
    this.length += 1;
  }

  at(place: number): number {
    return this.numbers[place] ?? 0;
  }

  /** What is in it. Holds until the column is cleared. */
  view(): Int32Array {
    return this.numbers.subarray(0, this.length);
  }
}

/** What walks write into, one at a time. */
export class WalkColumns {
  readonly nodes = new Column();
  readonly depths = new Column();
  readonly from = new Column();
  readonly to = new Column();
  readonly event = new Column();
  /** Batches reached in each direction, level by level. */
  readonly up = new Column();
  readonly down = new Column();

  clear(): void {
    for (const column of [this.nodes, this.depths, this.from, this.to, this.event, this.up, this.down]) column.clear();
  }
}

/** One direction of a walk. */
export interface Way {
  readonly links: Links;
  readonly upstream: boolean;
  readonly reached: Column;
}

export class Walk {
  private truncated = false;
  /** True where a link may have been walked in both directions: only in a circle. */
  private circular = false;

  constructor(
    private readonly ways: readonly Way[],
    private readonly wrong: Bits,
    private readonly walk: number,
    private readonly query: TraceQuery,
    private readonly columns: WalkColumns,
  ) {}

  run(): NumberTrace {
    const { start } = this.query;
    const { columns } = this;
    columns.clear();
    columns.nodes.push(start);
    columns.depths.push(0);
    for (const { links, reached } of this.ways) {
      links.reach(start);
      links.visited[start] = this.walk;
      reached.push(start);
    }
    let levels = this.ways.map(() => 0);
    for (let depth = 0; levels.some((first, i) => first < (this.ways[i]?.reached.length ?? 0)); depth += 1) {
      levels = this.ways.map((way, i) => this.expand(way, levels[i] ?? 0, depth));
    }
    if (this.circular) dropRepeated(columns);
    const [nodes, depths, from, to, event] = together([columns.nodes, columns.depths, columns.from, columns.to, columns.event]);
    return { nodes, depths, from, to, event, truncated: this.truncated };
  }

  /** Walks all links of one level, the merged ones of a batch before those of the log; answers where the next level begins. */
  private expand(way: Way, first: number, depth: number): number {
    const { links, reached } = way;
    const { offsets, entries, log, next } = links;
    const end = reached.length;
    for (let place = first; place < end; place += 1) {
      const node = reached.at(place);
      if (node + 1 < offsets.length) {
        const behind = 2 * (offsets[node + 1] ?? 0);
        for (let at = 2 * (offsets[node] ?? 0); at < behind; at += 2) {
          this.follow(way, node, depth, entries[at] ?? 0, entries[at + 1] ?? 0);
        }
      }
      if (!links.inLog.has(node)) continue;
      const ring = links.last.get(node) ?? 0;
      let entry = ring;
      do {
        entry = next[entry] ?? ring;
        this.follow(way, node, depth, log[2 * entry] ?? 0, log[2 * entry + 1] ?? 0);
      } while (entry !== ring);
    }
    return end;
  }

  private follow(way: Way, node: number, depth: number, neighbour: number, event: number): void {
    if (this.wrong.has(event)) return;
    const { walk, query, columns } = this;
    const { visited } = way.links;
    const elsewhere = this.ways.length === 2 && this.ways[way.upstream ? 1 : 0]?.links.visited[neighbour] === walk;
    if (visited[neighbour] !== walk) {
      if (depth >= query.maxDepth || (!elsewhere && columns.nodes.length >= query.nodesMax)) {
        this.truncated = true;
        return;
      }
      visited[neighbour] = walk;
      way.reached.push(neighbour);
      if (!elsewhere) {
        columns.nodes.push(neighbour);
        columns.depths.push(depth + 1);
      }
    }
    if (elsewhere && (neighbour !== query.start || neighbour === node)) this.circular = true;
    columns.from.push(way.upstream ? neighbour : node);
    columns.to.push(way.upstream ? node : neighbour);
    columns.event.push(event);
  }
}

/** Keeps each link once, where it came first. */
function dropRepeated({ from, to, event }: WalkColumns): void {
  const links = Array.from(from.view(), (one, i) => [one, to.at(i), event.at(i)] as const);
  const seen = new Set<string>();
  for (const column of [from, to, event]) column.clear();
  for (const [one, other, by] of links) {
    const link = `${one}>${other}:${by}`;
    if (seen.has(link)) continue;
    seen.add(link);
    from.push(one);
    to.push(other);
    event.push(by);
  }
}

/** Copies of the columns, which share one block of memory: five small blocks would cost more than the walk. */
function together(
  columns: readonly [Column, Column, Column, Column, Column],
): [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array] {
  const block = new Int32Array(columns.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  const next = (column: Column): Int32Array => {
    block.set(column.view(), at);
    at += column.length;
    return block.subarray(at - column.length, at);
  };
  const [a, b, c, d, e] = columns;
  return [next(a), next(b), next(c), next(d), next(e)];
}
