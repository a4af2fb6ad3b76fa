import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** What a subscription said, in order, and how to wait for more. */
export interface Heard<T> {
  readonly items: readonly T[];
  /** Codes of the errors that it gave. */
  readonly errors: readonly string[];
  /** Resolves when so many items have come; rejects after ten seconds. */
  count(items: number): Promise<readonly T[]>;
  /** Resolves when the server has ended it, by an error or by saying so. */
  ended(): Promise<void>;
  stop(): void;
}

export interface SocketClient {
  subscribe<T>(document: string, variables?: Readonly<Record<string, unknown>>): Heard<T>;
  /** The code with which the server closed the connection. */
  closed(): Promise<number>;
  close(): Promise<void>;
}

const WAIT_MS_MAX = 10_000;

/** A client of WS /graphql that shows its key with ConnectionInit, and does not try again. */
export function graphqlSocket(url: string, key: string | null): SocketClient {
  let tellClosed: (code: number) => void = () => undefined;
  const closed = new Promise<number>((resolve) => (tellClosed = resolve));
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: key === null ? {} : { authorization: `Bearer ${key}` },
    retryAttempts: 0,
    onNonLazyError: () => undefined,
    lazy: false,
    on: { closed: (event) => tellClosed((event as { code: number }).code) },
  });
  return {
    subscribe: (document, variables = {}) => listen(client, document, variables),
    closed: () => within(closed, 'The connection was not closed.'),
    close: async () => client.dispose(),
  };
}

function listen<T>(client: ReturnType<typeof createClient>, query: string, variables: Readonly<Record<string, unknown>>): Heard<T> {
  const items: T[] = [];
  const errors: string[] = [];
  let wake: () => void = () => undefined;
  let tellEnded: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (tellEnded = resolve));
  const note = (error: { readonly extensions?: Readonly<Record<string, unknown>> }): void => {
    errors.push(String(error.extensions?.['code']));
  };
  const stop = client.subscribe<Readonly<Record<string, T>>>(
    { query, variables },
    {
      next: ({ data, errors: refused }) => {
        refused?.forEach(note);
        if (data) items.push(...Object.values(data));
        wake();
      },
      error: (error) => {
        if (Array.isArray(error)) error.forEach(note);
        tellEnded();
      },
      complete: () => tellEnded(),
    },
  );
  const count = async (wanted: number): Promise<readonly T[]> => {
    while (items.length < wanted) {
      const next = new Promise<void>((resolve) => (wake = resolve));
      await within(next, `Heard ${String(items.length)} of ${String(wanted)}; errors: ${errors.join(', ')}.`);
    }
    return items;
  };
  return { items, errors, count, ended: () => within(ended, 'The subscription was not ended.'), stop };
}

async function within<T>(promise: Promise<T>, complaint: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(complaint)), WAIT_MS_MAX);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
