import type { Log } from '../logging/log.js';
import type { RedisConnections } from '../redis/redis.js';
import { REDIS_PREFIX } from '../redis/redis.js';
import type { CacheSpace } from './cache.js';
import { Cache } from './cache.js';

/**
 * On Redis, for all processes together. Redis evicts nothing here (jobs live in it), so what bounds its memory are the spaces' times and
 * sizes: a space whose keys a stranger can multiply needs short ones.
 */
export class RedisCache extends Cache {
  constructor(
    private readonly redis: RedisConnections,
    private readonly log: Log,
  ) {
    super();
  }

  override async get(space: CacheSpace, key: string): Promise<Buffer | null> {
    return this.unlessAway(() => this.redis.commands.getBuffer(keyOf(space, key)));
  }

  override async set(space: CacheSpace, key: string, value: Buffer | string): Promise<void> {
    const name = keyOf(space, key);
    // One that is too large still replaces what stood there: the older value must not be answered any more.
    if (Buffer.byteLength(value) > space.valueBytesMax) await this.unlessAway(() => this.redis.commands.del(name));
    else await this.unlessAway(() => this.redis.commands.set(name, value, 'PX', space.ttlMs));
  }

  override async delete(space: CacheSpace, key: string): Promise<void> {
    await this.unlessAway(() => this.redis.commands.del(keyOf(space, key)));
  }

  private async unlessAway<T>(command: () => Promise<T>): Promise<T | null> {
    try {
      return await command();
    } catch (error) {
      this.log.write('debug', 'The cache cannot be reached.', { error: String(error) });
      return null;
    }
  }
}

function keyOf(space: CacheSpace, key: string): string {
  return `${REDIS_PREFIX}:cache:${space.name}:${key}`;
}
