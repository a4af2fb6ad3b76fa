import type { Log } from '../logging/log.js';
import { Listeners } from './listeners.js';
import type { Listener } from './pubsub.js';
import { PubSub } from './pubsub.js';

/** In process. */
export class LocalPubSub extends PubSub {
  private readonly listeners: Listeners;

  constructor(log: Log) {
    super();
    this.listeners = new Listeners(log);
  }

  override publish(channel: string, payload: string): Promise<void> {
    // Later, as over Redis: a listener that runs within the publisher's call would see a half-done state there and not here.
    setImmediate(() => this.listeners.tell(channel, payload));
    return Promise.resolve();
  }

  override subscribe(channel: string, listener: Listener): Promise<() => Promise<void>> {
    const remove = this.listeners.add(channel, listener);
    return Promise.resolve(() => {
      remove();
      return Promise.resolve();
    });
  }
}
