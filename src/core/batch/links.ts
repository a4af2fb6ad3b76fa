/**
 * One direction of the batch graph: for each row (a batch) its neighbours and the events that made them so. Merged links are compressed sparse rows: row
 * r has the entries offsets[r] to offsets[r + 1]. Later ones lie in a log, those of one row threaded in a ring whose last is known, so that a row is read
 * in the order in which its links came. An entry is a neighbour and an event, side by side, because a walk that waits for memory waits once for both.
 * The walk of adjacency.ts reads the fields directly: a call for each link would cost more than the link.
 */
import { assert } from '../kernel/assert.js';
import { Bits } from './bits.js';

export class Links {
  /** offsets.length − 1 rows are merged. */
  offsets = new Int32Array(1);
  /** Entry e: neighbour at 2e, event at 2e + 1. */
  entries = new Int32Array(0);

  /** Rows that have a ring in the log: few, so the bit is asked first. */
  inLog = new Bits();
  /** Row → the last entry of its ring. */
  readonly last = new Map<number, number>();
  next = new Int32Array(0);
  log = new Int32Array(0);
  private logRows = new Int32Array(0);
  logged = 0;

  /** Per row: the walk that visited it last. */
  visited = new Int32Array(0);

  get merged(): number {
    return this.entries.length / 2;
  }

  get count(): number {
    return this.merged + this.logged;
  }

  get byteLength(): number {
    const arrays = [this.offsets, this.entries, this.visited, this.next, this.log, this.logRows];
    return arrays.reduce((sum, array) => sum + array.byteLength, this.inLog.byteLength);
  }

  append(row: number, neighbour: number, event: number): void {
    this.reach(Math.max(row, neighbour));
    const entry = this.logged;
    if (entry >= this.logRows.length) this.growLog(entry + 1);
    this.logRows[entry] = row;
    this.log[2 * entry] = neighbour;
    this.log[2 * entry + 1] = event;
    const last = this.last.get(row);
    this.next[entry] = last === undefined ? entry : (this.next[last] ?? entry);
    if (last !== undefined) this.next[last] = entry;
    this.last.set(row, entry);
    this.inLog.add(row);
    this.logged += 1;
  }

  /** Makes room for a row; without links it costs its place in one array only. */
  reach(row: number): void {
    if (row >= this.visited.length) this.visited = grown(this.visited, row + 1);
  }

  /** Sorts the log into the rows. */
  merge(): void {
    if (this.logged === 0) return;
    const { logRows, log, logged } = this;
    this.last.clear();
    this.inLog = new Bits();
    this.logged = 0;
    this.mergeIn(logged, logRows, log);
  }

  /**
   * Sorts `more` links into the rows, behind those that are there: a counting sort, which keeps the order within a row. Link i is of row moreRows[i], its
   * entry stands in `pairs` as in `entries`. The log must be empty.
   */
  mergeIn(more: number, moreRows: Int32Array, pairs: Int32Array): void {
    assert(this.logged === 0, 'What came first is merged first.');
    let highest = 0;
    for (let i = 0; i < more; i += 1) highest = Math.max(highest, moreRows[i] ?? 0, pairs[2 * i] ?? 0);
    this.reach(highest);
    const rows = this.visited.length;
    const before = this.offsets.length - 1;
    const offsets = new Int32Array(rows + 1);
    for (let row = 0; row < before; row += 1) offsets[row + 1] = (this.offsets[row + 1] ?? 0) - (this.offsets[row] ?? 0);
    for (let i = 0; i < more; i += 1) count(offsets, (moreRows[i] ?? 0) + 1, 1);
    for (let row = 0; row < rows; row += 1) count(offsets, row + 1, offsets[row] ?? 0);
    const entries = new Int32Array(this.entries.length + 2 * more);
    // Where the next link of each row goes.
    const free = offsets.slice();
    for (let row = 0; row < before; row += 1) {
      const end = 2 * (this.offsets[row + 1] ?? 0);
      let at = 2 * (free[row] ?? 0);
      for (let from = 2 * (this.offsets[row] ?? 0); from < end; from += 1, at += 1) entries[at] = this.entries[from] ?? 0;
      free[row] = at / 2;
    }
    for (let i = 0; i < more; i += 1) {
      const row = moreRows[i] ?? 0;
      const at = free[row] ?? 0;
      entries[2 * at] = pairs[2 * i] ?? 0;
      entries[2 * at + 1] = pairs[2 * i + 1] ?? 0;
      free[row] = at + 1;
    }
    [this.offsets, this.entries] = [offsets, entries];
  }

  private growLog(length: number): void {
    this.logRows = grown(this.logRows, length);
    this.next = grown(this.next, this.logRows.length);
    this.log = grown(this.log, 2 * this.logRows.length);
  }
}

function count(counts: Int32Array, at: number, more: number): void {
  counts[at] = (counts[at] ?? 0) + more;
}

/** The array with room for `length` numbers, and for as many again. */
function grown(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(length, 2 * array.length, 1_024));
  larger.set(array);
  return larger;
}
