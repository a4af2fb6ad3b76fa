/** Takes one message; what it throws is logged and does not reach the publisher. */
export type Listener = (payload: string) => void;

/**
 * News for every process at this moment, the own one included. At most once: who does not listen just then, or cannot be reached, never
 * hears it. So it may shorten a wait and must never be the only way to learn something. Two implementations: in process and on Redis.
 */
export abstract class PubSub {
  /** Never rejects: news is lost rather than that the work which it reports fails. Listeners run later, not within this call. */
  abstract publish(channel: string, payload: string): Promise<void>;

  /** Resolves when the listener hears what is published from now on; what it answers takes it off again. */
  abstract subscribe(channel: string, listener: Listener): Promise<() => Promise<void>>;
}
