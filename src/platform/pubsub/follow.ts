import type { PubSub } from './pubsub.js';

/** News may be lost: this often is looked without any. */
export const FOLLOW_POLL_MS = 5_000;
/** Under a storm of news one look takes many. */
export const FOLLOW_PAUSE_MS = 100;

export interface FollowOptions {
  readonly pollMs?: number;
  readonly pauseMs?: number;
}

/**
 * What `read` finds, now and whenever there is news on the channel, for ever. `read` keeps its own place and answers what is new since it was
 * asked last. News only wakes; what is told comes from what is stored, so that nothing is lost with a message. Ends when it is returned, also in
 * the middle of a wait, and lets go of the channel then. A `read` that rejects ends it too.
 */
export function follow<Item>(
  pubSub: PubSub,
  channel: string,
  read: () => Promise<readonly Item[]>,
  options: FollowOptions = {},
): AsyncIterableIterator<Item> {
  const { pollMs = FOLLOW_POLL_MS, pauseMs = FOLLOW_PAUSE_MS } = options;
  const bell = new Bell();
  async function* walk(): AsyncGenerator<Item, undefined> {
    // Not waited for: where the messenger is away, looking now and then must do. What was told before it listened is found when it does.
    const listening = pubSub.subscribe(channel, () => bell.ring());
    listening.then(
      () => bell.ring(),
      () => undefined,
    );
    try {
      while (!bell.isBroken) {
        bell.hush();
        const items = await read();
        yield* items;
        // Where something was found there may be more.
        await bell.wait(pauseMs, items.length > 0 ? pauseMs : pollMs);
      }
    } finally {
      listening.then(
        (letGo) => letGo(),
        () => undefined,
      );
    }
  }
  const walking = walk();
  return {
    next: () => walking.next(),
    return: () => {
      // A generator that waits would be returned only after its wait.
      bell.break();
      return walking.return(undefined);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Rings once, however often it was rung since it was hushed. */
class Bell {
  isBroken = false;
  private rung = false;
  private wake: () => void = () => undefined;

  ring(): void {
    this.rung = true;
    this.wake();
  }

  hush(): void {
    this.rung = false;
  }

  break(): void {
    this.isBroken = true;
    this.wake();
  }

  /** Resolves when it is rung, not before `pauseMs`, and after `pollMs` in any case; at once when it breaks. */
  async wait(pauseMs: number, pollMs: number): Promise<void> {
    await this.sleep(pauseMs, () => this.isBroken);
    await this.sleep(pollMs - pauseMs, () => this.isBroken || this.rung);
  }

  private async sleep(ms: number, isOver: () => boolean): Promise<void> {
    if (isOver()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        if (!isOver()) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = () => undefined;
  }
}
