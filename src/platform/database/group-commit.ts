/**
 * Natural group commit: one write is in flight, and what arrives meanwhile is the next group. Under load groups grow and the cost of a
 * commit is shared; without load an item waits for nobody. Everyone learns of their own item's fate only after the commit.
 */
import { assert } from '../../core/kernel/assert.js';
import { DomainError } from '../../core/kernel/errors.js';

export interface GroupCommitOptions<Item> {
  /** The largest group. */
  readonly itemsMax: number;
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
  readonly bytes: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * `write` stores a group all or nothing (one transaction) and answers one result an item, in their order. A group that fails is halved
 * until the culprit stands alone; only its promise rejects.
 */
export class GroupCommit<Item, Result> {
  private queue: Waiting<Item, Result>[] = [];
  private queueBytes = 0;
  private unsettled = 0;
  private running = false;
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
    const bytes = this.options.bytesOf?.(item) ?? 0;
    const full =
      this.queue.length >= (this.options.queueItemsMax ?? QUEUE_ITEMS_MAX_DEFAULT) ||
      // An item larger than the whole limit still passes when nothing else waits.
      (this.queue.length > 0 && this.queueBytes + bytes > (this.options.queueBytesMax ?? Infinity));
    if (full) return Promise.reject(new DomainError('BUSY', { waiting: this.queue.length }));
    return new Promise((resolve, reject) => {
      this.queue.push({ item, bytes, resolve, reject });
      this.queueBytes += bytes;
      this.unsettled += 1;
      this.start();
    });
  }

  /** Resolves when nothing waits and nothing is being written. */
  async drain(): Promise<void> {
    if (this.running) await new Promise<void>((resolve) => this.idleListeners.push(resolve));
  }

  private start(): void {
    if (this.running) return;
    this.running = true;
    // After this turn of the event loop, so that all messages of one socket's chunk are one group.
    setImmediate(() => void this.run());
  }

  private async run(): Promise<void> {
    while (this.queue.length > 0) {
      const group = this.queue.splice(0, this.groupLength());
      for (const { bytes } of group) this.queueBytes -= bytes;
      await this.settle(group);
    }
    this.running = false;
    const listeners = this.idleListeners;
    this.idleListeners = [];
    for (const listener of listeners) listener();
  }

  /** How many of those that wait fit into one group; at least one. */
  private groupLength(): number {
    const { itemsMax, bytesMax = Infinity } = this.options;
    let bytes = 0;
    const over = this.queue.findIndex((waiting, place) => {
      bytes += waiting.bytes;
      return place === itemsMax || (place > 0 && bytes > bytesMax);
    });
    return over === -1 ? this.queue.length : over;
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
