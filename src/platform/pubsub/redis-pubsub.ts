import type { Redis } from 'ioredis';
import type { Log } from '../logging/log.js';
import type { RedisConnections } from '../redis/redis.js';
import { REDIS_PREFIX } from '../redis/redis.js';
import { Listeners } from './listeners.js';
import type { Listener } from './pubsub.js';
import { PubSub } from './pubsub.js';

/** On Redis, for all processes. Its one listening connection subscribes again by itself after an outage. */
export class RedisPubSub extends PubSub {
  private readonly listeners: Listeners;
  private readonly prefix: string;
  private listening: Redis | null = null;

  constructor(
    private readonly redis: RedisConnections,
    private readonly log: Log,
  ) {
    super();
    this.listeners = new Listeners(log);
    this.prefix = `${REDIS_PREFIX}:${String(redis.database)}:`;
  }

  override async publish(channel: string, payload: string): Promise<void> {
    try {
      await this.redis.commands.publish(this.prefix + channel, payload);
    } catch (error) {
      this.log.write('warn', 'News was not published.', { channel, error: String(error) });
    }
  }

  override async subscribe(channel: string, listener: Listener): Promise<() => Promise<void>> {
    const remove = this.listeners.add(channel, listener);
    const connection = this.connection();
    // Twice to the same channel is once, for Redis.
    await connection.subscribe(this.prefix + channel);
    return async () => {
      if (!remove() || connection.status !== 'ready') return;
      await connection.unsubscribe(this.prefix + channel);
    };
  }

  private connection(): Redis {
    if (!this.listening) {
      this.listening = this.redis.patient('listening');
      this.listening.on('message', (channel, payload) => this.listeners.tell(channel.slice(this.prefix.length), payload));
    }
    return this.listening;
  }
}
