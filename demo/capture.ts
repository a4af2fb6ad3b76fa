import type { GraphqlClient } from './graphql-client.js';
import type { Input } from './values.js';

/** What a phone sends at once when it has found a network. */
const ITEMS_PER_CALL = 20;

export type CaptureStatus = 'ACCEPTED' | 'REPLAYED' | 'HELD' | 'REJECTED';

interface CaptureResult {
  readonly id: string;
  readonly status: CaptureStatus;
  readonly error: { readonly code: string; readonly message: string; readonly path: readonly string[]; readonly detail: unknown } | null;
}

const CAPTURE = `mutation ($items: [CaptureItem!]!) {
  capture(items: $items) { id status error { code message path detail } }
}`;

/** One call of an offline queue; answers each item's status. Throws where an item is rejected. */
export async function captureOnce(client: GraphqlClient, items: readonly Input[]): Promise<CaptureStatus[]> {
  const { capture } = await client.ask<{ capture: CaptureResult[] }>(CAPTURE, { items });
  for (const { id, status, error } of capture) {
    if (status === 'REJECTED') throw new Error(`An item of the queue was rejected: ${id} ${JSON.stringify(error)}`);
  }
  return capture.map(({ status }) => status);
}

/** All items in their order, in calls of ITEMS_PER_CALL. */
export async function captureAll(client: GraphqlClient, items: readonly Input[]): Promise<number> {
  let calls = 0;
  for (let from = 0; from < items.length; from += ITEMS_PER_CALL) {
    await captureOnce(client, items.slice(from, from + ITEMS_PER_CALL));
    calls += 1;
  }
  return calls;
}

/** The first call again, as a phone does that never saw the answer. Throws unless the platform knew all of it; answers how many items. */
export async function captureAgain(client: GraphqlClient, items: readonly Input[]): Promise<number> {
  const statuses = await captureOnce(client, items.slice(0, ITEMS_PER_CALL));
  const unknown = statuses.filter((status) => status !== 'REPLAYED').length;
  if (unknown > 0) throw new Error(`${String(unknown)} items sent twice were not recognised.`);
  return statuses.length;
}
