/**
 * Natural group commit: a write is in flight, and what arrives meanwhile is the next group. Under load groups grow and the cost of a
 * commit is shared; without load an item waits for nobody. Everyone learns of their own item's fate only after the commit.
 */
import { assert } from '../../core/kernel/assert.js';
import { DomainError } from '../../core/kernel/errors.js';

export interface GroupCommitOptions<Item> {
  /** The largest group. */
  readonly itemsMax: number;
  /**
   * How many groups may be written at once. With two, this process prepares one while the database is busy with the other; the store itself must
   * then keep apart what must not meet. Default: 1.
   */
  readonly writesMax?: number;
  /** The largest group by `bytesOf`; a larger item goes alone. Default: no limit. */
  readonly bytesMax?: number;
  /** How many items may wait; one more is refused with BUSY. Default: QUEUE_ITEMS_MAX_DEFAULT. */
  readonly queueItemsMax?: number;
  /** How much memory waiting items may take by `bytesOf`; one more is refused with BUSY. Default: no limit. */
  readonly queueBytesMax?: number;
  readonly bytesOf?: (item: Item) => number;
  /**
   * Whether a failed group may hold an item to blame. False (a lost connection, say) rejects the whole group at once instead of halving it.
   * Default: always true.
   */
  readonly isItemsFault?: (error: unknown) => boolean;
}

export const QUEUE_ITEMS_MAX_DEFAULT = 50_000;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** What was handed over together stays together, in its order. */
interface Handful<Item, Result> {
  readonly waiting: readonly Waiting<Item, Result>[];
  readonly bytes: number;
}

/**
 * `write` stores a group all or nothing (one transaction) and answers one result an item, in their order. A group that fails is halved
 * until the culprit stands alone; only its promise rejects.
 */
export class GroupCommit<Item, Result> {
  private queue: Handful<Item, Result>[] = [];
  private queueItems = 0;
  private queueBytes = 0;
  private unsettled = 0;
  private running = 0;
  private idleListeners: (() => void)[] = [];

  constructor(
    private readonly write: (items: Item[]) => Promise<Result[]>,
    private readonly options: GroupCommitOptions<Item>,
  ) {
    assert(options.itemsMax >= 1, 'A group has room for an item.');
  }

  /** Items that wait or are being written. */
  get pending(): number {
    return this.unsettled;
  }

  /** Resolves after the commit that holds the item; rejects with BUSY, or with what `write` threw for this item alone. */
  submit(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => this.enqueue([{ item, resolve, reject }]));
  }

  /** The same for several, each with its own outcome. They are written in their order, and in one group where they are not more than it holds. */
  submitTogether(items: readonly Item[]): Promise<PromiseSettledResult<Result>[]> {
    const waiting: Waiting<Item, Result>[] = [];
    const outcomes = items.map((item) => new Promise<Result>((resolve, reject) => waiting.push({ item, resolve, reject })));
    const { itemsMax } = this.options;
    for (let from = 0; from < waiting.length; from += itemsMax) this.enqueue(waiting.slice(from, from + itemsMax));
    return Promise.allSettled(outcomes);
  }

  /** Resolves when nothing waits and nothing is being written. */
  async drain(): Promise<void> {
    if (this.running > 0) await new Promise<void>((resolve) => this.idleListeners.push(resolve));
  }

  private enqueue(waiting: readonly Waiting<Item, Result>[]): void {
    const { bytesOf, queueItemsMax = QUEUE_ITEMS_MAX_DEFAULT, queueBytesMax = Infinity } = this.options;
    const bytes = bytesOf ? waiting.reduce((sum, { item }) => sum + bytesOf(item), 0) : 0;
    // What is larger than a whole limit still passes when nothing else waits.
    const full = this.queue.length > 0 && (this.queueItems + waiting.length > queueItemsMax || this.queueBytes + bytes > queueBytesMax);
    if (full) {
      const busy = new DomainError('BUSY', { waiting: this.queueItems });
      for (const { reject } of waiting) reject(busy);
      return;
    }
    this.queue.push({ waiting, bytes });
    this.queueItems += waiting.length;
    this.queueBytes += bytes;
    this.unsettled += waiting.length;
    this.start();
  }

  private start(): void {
    if (this.running >= (this.options.writesMax ?? 1)) return;
    this.running += 1;
    // After this turn of the event loop, so that all messages of one socket's chunk are one group.
    setImmediate(() => void this.run());
  }

  private async run(): Promise<void> {
    for (let group = this.nextGroup(); group.length > 0; group = this.nextGroup()) await this.settle(group);
    this.running -= 1;
    if (this.running > 0) return;
    const listeners = this.idleListeners;
    this.idleListeners = [];
    for (const listener of listeners) listener();
  }

  /** Of those that wait, as many as fit into one group, but at least one handful. */
  private nextGroup(): Waiting<Item, Result>[] {
    const { itemsMax, bytesMax = Infinity } = this.options;
    let [items, bytes] = [0, 0];
    const over = this.queue.findIndex((handful, place) => {
      items += handful.waiting.length;
      bytes += handful.bytes;
      return place > 0 && (items > itemsMax || bytes > bytesMax);
    });
    const taken = this.queue.splice(0, over === -1 ? this.queue.length : over);
    for (const handful of taken) {
      this.queueItems -= handful.waiting.length;
      this.queueBytes -= handful.bytes;
    }
    return taken.flatMap(({ waiting }) => waiting);
  }

  private async settle(group: Waiting<Item, Result>[]): Promise<void> {
    let results: Result[];
    try {
      results = await this.write(group.map(({ item }) => item));
    } catch (error) {
      await this.settleFailed(group, error);
      return;
    }
    this.unsettled -= group.length;
    // Committed, but nobody can say whose result is whose: writing again would be worse than an error.
    const mismatch = results.length === group.length ? null : new Error('A group commit answers one result an item.');
    group.forEach(({ resolve, reject }, index) => (mismatch ? reject(mismatch) : resolve(results[index] as Result)));
  }

  private async settleFailed(group: Waiting<Item, Result>[], error: unknown): Promise<void> {
    if (group.length === 1 || this.options.isItemsFault?.(error) === false) {
      this.unsettled -= group.length;
      for (const { reject } of group) reject(error);
      return;
    }
    const half = group.length >> 1;
    await this.settle(group.slice(0, half));
    await this.settle(group.slice(half));
  }
}
