/** One owner's corner of the cache: its constant says how long and how large its values may be. */
export interface CacheSpace {
  /** Unique among all spaces; part of every key. */
  readonly name: string;
  readonly ttlMs: number;
  /** A larger value is not kept: `set` lets it pass by. */
  readonly valueBytesMax: number;
}

/**
 * What may be forgotten at any time. A cache that cannot be reached answers as an empty one; nothing here ever fails a request, so nothing
 * may stand here that is not written somewhere else. Two implementations: in process, and on Redis for several processes.
 */
export abstract class Cache {
  /** The value, or null where there is none or it is too old. Treat it as immutable: the in-process form hands out the kept one. */
  abstract get(space: CacheSpace, key: string): Promise<Buffer | null>;

  /** Keeps the value (a string as UTF-8) for the space's `ttlMs`. */
  abstract set(space: CacheSpace, key: string, value: Buffer | string): Promise<void>;

  abstract delete(space: CacheSpace, key: string): Promise<void>;
}
