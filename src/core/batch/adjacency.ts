/**
 * The batch graph in typed arrays: who went into whom, so that a trace costs what it finds and not what is stored (70 to 1,000 times less than asking a
 * database level by level). Batches and events are numbers here. Links lie sorted by batch (compressed sparse rows, once for each direction); what
 * comes after goes into a log that is threaded through the rows it belongs to and is merged into them when it has grown. It answers exactly as trace.ts
 * does, in the same order; that one is its oracle. Links of an event that was declared wrong stay, and are walked over only when asked for.
 */
import { assert } from '../kernel/assert.js';
import { Bits } from './bits.js';
import { Links } from './links.js';
import type { TraceDirection } from './trace.js';

/** Numbers of batches and events are whole and below this. */
export const ADJACENCY_NUMBER_MAX = 2 ** 31 - 1;
/** The log is merged when it holds more than this, and more than a quarter of what is merged: so merging costs each link a few copies in its life. */
export const ADJACENCY_LOG_MIN = 65_536;

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

export class Adjacency {
  private readonly up = new Links();
  private readonly down = new Links();
  private readonly known = new Bits();
  private readonly wrong = new Bits();
  private walk = 0;

  get linkCount(): number {
    return this.up.count;
  }

  /** Bytes of the arrays. */
  get byteLength(): number {
    return this.up.byteLength + this.down.byteLength + this.known.byteLength + this.wrong.byteLength;
  }

  /**
   * Takes in the links of an event, as [from, to] pairs; false where it had them already. So a follower may read a stretch of events again, and in
   * whatever order they were committed.
   */
  append(event: number, links: Iterable<readonly [number, number]>): boolean {
    assert(isNumber(event), 'An event has a number of 31 bits.');
    if (this.known.has(event)) return false;
    this.known.add(event);
    const seen = new Set<string>();
    for (const [from, to] of links) {
      assert(isNumber(from) && isNumber(to), 'A batch has a number of 31 bits.');
      const pair = `${from}>${to}`;
      if (seen.has(pair)) continue;
      seen.add(pair);
      this.up.append(to, from, event);
      this.down.append(from, to, event);
    }
    if (this.up.logged > Math.max(ADJACENCY_LOG_MIN, this.up.merged / 4)) this.merge();
    return true;
  }

  /**
   * Loads many links at once, as a start does: entry i of the arrays is one link, links of one event are told apart by their ends. Events that are known
   * already are left out; no event may come in two loads.
   */
  load(from: Int32Array, to: Int32Array, event: Int32Array): void {
    assert(from.length === to.length && to.length === event.length, 'A link has two ends and an event.');
    const isFresh = (_: number, i: number): boolean => !this.known.has(event[i] ?? 0);
    const [freshFrom, freshTo, freshEvent] = [from.filter(isFresh), to.filter(isFresh), event.filter(isFresh)];
    for (const number of freshEvent) this.known.add(number);
    this.merge();
    const eventOf = (i: number): number => freshEvent[i] ?? 0;
    this.up.mergeIn(freshTo.length, freshTo, (i) => freshFrom[i] ?? 0, eventOf);
    this.down.mergeIn(freshTo.length, freshFrom, (i) => freshTo[i] ?? 0, eventOf);
  }

  /** The event was declared wrong: its links are no longer walked. May come before the event itself. */
  declareError(event: number): void {
    assert(isNumber(event), 'An event has a number of 31 bits.');
    this.wrong.add(event);
  }

  /** Sorts the log in. Takes a moment that grows with the graph, so a follower may choose a quiet one. */
  merge(): void {
    this.up.merge();
    this.down.merge();
  }

  /** Breadth first, proof against circles; both ways advance level by level, so that a limit cuts them evenly. */
  trace(query: TraceQuery): NumberTrace {
    const { start, direction, maxDepth, nodesMax } = query;
    assert(isNumber(start) && maxDepth >= 0 && nodesMax >= 1, 'A trace may hold at least its start.');
    this.nextWalk();
    const wrong = query.withErrors === true ? NO_BITS : this.wrong;
    const [up, down] = [this.up, this.down];
    const ways = { UPSTREAM: [up], DOWNSTREAM: [down], BOTH: [up, down] }[direction].map(
      (links) => new Way(links, links === up, links === up ? down : up),
    );
    return new Walk(ways, wrong, this.walk, query).run();
  }

  /** Numbers of walks come round; what the last round marked must not look visited. */
  private nextWalk(): void {
    if (this.walk === ADJACENCY_NUMBER_MAX) {
      this.walk = 0;
      for (const links of [this.up, this.down]) links.visited.fill(0);
    }
    this.walk += 1;
  }
}

const NO_BITS = new Bits();

/** Numbers in a row that grows. */
class Column {
  private numbers = new Int32Array(64);
  length = 0;

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

  taken(): Int32Array {
    return this.numbers.slice(0, this.length);
  }
}

interface LinkColumns {
  readonly from: Column;
  readonly to: Column;
  readonly event: Column;
}

/** One direction of a walk: what it reached, level by level. */
class Way {
  readonly reached = new Column();

  constructor(
    readonly links: Links,
    readonly upstream: boolean,
    readonly other: Links,
  ) {}
}

/** One trace. */
class Walk {
  private readonly nodes = new Column();
  private readonly depths = new Column();
  private readonly links: LinkColumns = { from: new Column(), to: new Column(), event: new Column() };
  private truncated = false;
  /** True where a link may have been walked in both directions: only in a circle. */
  private circular = false;

  constructor(
    private readonly ways: readonly Way[],
    private readonly wrong: Bits,
    private readonly walk: number,
    private readonly query: TraceQuery,
  ) {}

  run(): NumberTrace {
    const { start } = this.query;
    this.nodes.push(start);
    this.depths.push(0);
    for (const { links, reached } of this.ways) {
      links.reach(start);
      links.visited[start] = this.walk;
      reached.push(start);
    }
    let levels = this.ways.map(() => 0);
    for (let depth = 0; levels.some((first, i) => first < (this.ways[i]?.reached.length ?? 0)); depth += 1) {
      levels = this.ways.map((way, i) => this.expand(way, levels[i] ?? 0, depth));
    }
    const { from, to, event } = this.circular ? distinct(this.links) : this.links;
    return {
      nodes: this.nodes.taken(),
      depths: this.depths.taken(),
      from: from.taken(),
      to: to.taken(),
      event: event.taken(),
      truncated: this.truncated,
    };
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
    const { walk, query } = this;
    const { visited } = way.links;
    const elsewhere = this.ways.length === 2 && way.other.visited[neighbour] === walk;
    if (visited[neighbour] !== walk) {
      if (depth >= query.maxDepth || (!elsewhere && this.nodes.length >= query.nodesMax)) {
        this.truncated = true;
        return;
      }
      visited[neighbour] = walk;
      way.reached.push(neighbour);
      if (!elsewhere) {
        this.nodes.push(neighbour);
        this.depths.push(depth + 1);
      }
    }
    if (elsewhere && (neighbour !== query.start || neighbour === node)) this.circular = true;
    this.links.from.push(way.upstream ? neighbour : node);
    this.links.to.push(way.upstream ? node : neighbour);
    this.links.event.push(event);
  }
}

/** Each link once, where it came first. */
function distinct({ from, to, event }: LinkColumns): LinkColumns {
  const links = { from: new Column(), to: new Column(), event: new Column() };
  const seen = new Set<string>();
  for (let i = 0; i < from.length; i += 1) {
    const link = `${from.at(i)}>${to.at(i)}:${event.at(i)}`;
    if (seen.has(link)) continue;
    seen.add(link);
    links.from.push(from.at(i));
    links.to.push(to.at(i));
    links.event.push(event.at(i));
  }
  return links;
}

function isNumber(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= ADJACENCY_NUMBER_MAX;
}
