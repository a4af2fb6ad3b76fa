/**
 * The batch graph in typed arrays: who went into whom, so that a trace costs what it finds and not what is stored (70 to 1,000 times less than asking a
 * database level by level). Batches and events are numbers here. Links lie sorted by batch (compressed sparse rows, once for each direction); what
 * comes after goes into a log that is threaded through the rows it belongs to and is merged into them when it has grown. It answers exactly as trace.ts
 * does, in the same order; that one is its oracle. Links of an event that was declared wrong stay, and are walked over only when asked for.
 */
import { assert } from '../kernel/assert.js';
import { Bits } from './bits.js';
import { Links } from './links.js';
import type { NumberTrace, TraceQuery } from './walk.js';
import { Walk, WalkColumns } from './walk.js';

/** Numbers of batches and events are whole and below this. */
export const ADJACENCY_NUMBER_MAX = 2 ** 31 - 1;
/** The log is merged when it holds more than this, and more than a quarter of what is merged: so merging costs each link a few copies in its life. */
export const ADJACENCY_LOG_MIN = 65_536;

export class Adjacency {
  private readonly up = new Links();
  private readonly down = new Links();
  private readonly known = new Bits();
  private readonly wrong = new Bits();
  /** Used again by every walk: making them anew would cost a small trace more than walking. */
  private readonly columns = new WalkColumns();
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
    const fresh = new Int32Array(event.length);
    let count = 0;
    for (let i = 0; i < event.length; i += 1) {
      if (this.known.has(event[i] ?? 0)) continue;
      fresh[count] = i;
      count += 1;
    }
    this.merge();
    this.up.mergeIn(count, picked(to, fresh, count), pairsOf(from, event, fresh, count));
    this.down.mergeIn(count, picked(from, fresh, count), pairsOf(to, event, fresh, count));
    for (let i = 0; i < count; i += 1) this.known.add(event[fresh[i] ?? 0] ?? 0);
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
    const wrong = query.withErrors === true ? NO_EVENTS : this.wrong;
    const up = { links: this.up, upstream: true, reached: this.columns.up };
    const down = { links: this.down, upstream: false, reached: this.columns.down };
    const ways = { UPSTREAM: [up], DOWNSTREAM: [down], BOTH: [up, down] }[direction];
    return new Walk(ways, wrong, this.walk, query, this.columns).run();
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

const NO_EVENTS = new Bits();

function picked(column: Int32Array, places: Int32Array, count: number): Int32Array {
  const numbers = new Int32Array(count);
  for (let i = 0; i < count; i += 1) numbers[i] = column[places[i] ?? 0] ?? 0;
  return numbers;
}

/** Neighbour and event side by side, as rows keep them. */
function pairsOf(neighbours: Int32Array, events: Int32Array, places: Int32Array, count: number): Int32Array {
  const pairs = new Int32Array(2 * count);
  for (let i = 0; i < count; i += 1) {
    pairs[2 * i] = neighbours[places[i] ?? 0] ?? 0;
    pairs[2 * i + 1] = events[places[i] ?? 0] ?? 0;
  }
  return pairs;
}

function isNumber(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= ADJACENCY_NUMBER_MAX;
}
