import type { CacheSpace } from './cache.js';
import { Cache } from './cache.js';

/** All spaces of one process together; the least recently used go first. */
export const LOCAL_CACHE_BYTES_MAX = 64 * 1_024 * 1_024;
/** What a kept value takes beside its own bytes and its key's: map entry, object, buffer header. */
const ENTRY_OVERHEAD_BYTES = 200;
const BYTES_PER_KEY_CHARACTER = 2;

interface Kept {
  readonly value: Buffer;
  readonly bytes: number;
  readonly endsAtMs: number;
}

/** In process: least recently used first out, by bytes. A Map keeps insertion order, so the first entry is the one to go. */
export class LocalCache extends Cache {
  private readonly entries = new Map<string, Kept>();
  private bytes = 0;

  /** `nowMs` is a monotonic clock in milliseconds; the time of day may jump. */
  constructor(
    private readonly bytesMax: number = LOCAL_CACHE_BYTES_MAX,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    super();
  }

  get bytesKept(): number {
    return this.bytes;
  }

  override get(space: CacheSpace, key: string): Promise<Buffer | null> {
    const name = nameOf(space, key);
    const kept = this.entries.get(name);
    if (!kept) return Promise.resolve(null);
    this.drop(name);
    if (kept.endsAtMs <= this.nowMs()) return Promise.resolve(null);
    this.keep(name, kept);
    return Promise.resolve(kept.value);
  }

  override set(space: CacheSpace, key: string, value: Buffer | string): Promise<void> {
    const name = nameOf(space, key);
    this.drop(name);
    // A copy: the caller may go on writing into its buffer, and a slice of a pool would hold the whole pool.
    const own = Buffer.from(value);
    const bytes = own.length + name.length * BYTES_PER_KEY_CHARACTER + ENTRY_OVERHEAD_BYTES;
    if (own.length > space.valueBytesMax || bytes > this.bytesMax) return Promise.resolve();
    this.keep(name, { value: own, bytes, endsAtMs: this.nowMs() + space.ttlMs });
    for (const oldest of this.entries.keys()) {
      if (this.bytes <= this.bytesMax) break;
      this.drop(oldest);
    }
    return Promise.resolve();
  }

  override delete(space: CacheSpace, key: string): Promise<void> {
    this.drop(nameOf(space, key));
    return Promise.resolve();
  }

  private keep(name: string, kept: Kept): void {
    this.entries.set(name, kept);
    this.bytes += kept.bytes;
  }

  private drop(name: string): void {
    const kept = this.entries.get(name);
    if (!kept) return;
    this.entries.delete(name);
    this.bytes -= kept.bytes;
  }
}

function nameOf(space: CacheSpace, key: string): string {
  return `${space.name}:${key}`;
}
