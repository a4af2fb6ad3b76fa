import type { Log } from '../logging/log.js';
import type { Listener } from './pubsub.js';

/** Who listens to which channel in this process. */
export class Listeners {
  private readonly byChannel = new Map<string, Set<{ readonly hear: Listener }>>();

  constructor(private readonly log: Log) {}

  /** Answers how to take it off; that answers whether nobody listens to the channel any more. */
  add(channel: string, listener: Listener): () => boolean {
    const own = { hear: listener };
    const all = this.byChannel.get(channel) ?? new Set();
    this.byChannel.set(channel, all.add(own));
    return () => {
      const last = all.delete(own) && all.size === 0;
      if (last && this.byChannel.get(channel) === all) this.byChannel.delete(channel);
      return last;
    };
  }

  tell(channel: string, payload: string): void {
    for (const { hear } of this.byChannel.get(channel) ?? []) {
      try {
        hear(payload);
      } catch (error) {
        this.log.write('warn', 'A listener failed.', { channel, error: String(error) });
      }
    }
  }
}
