import type { FastifyRequest } from 'fastify';

/** A sender who says nothing for so long is cut off; what he sent is kept where it can be gone on with. */
export const BODY_SILENT_MS_MAX = 120_000;

/** The body of a streamed door, as it comes. Who stops reading lets the rest run out unheard, so that the connection can be used again. */
export async function* bodyOf(request: FastifyRequest): AsyncGenerator<Uint8Array, void, undefined> {
  request.raw.setTimeout(BODY_SILENT_MS_MAX);
  try {
    yield* request.raw.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  } finally {
    request.raw.resume();
  }
}
