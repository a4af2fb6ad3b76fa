import type { FastifyInstance } from 'fastify';

/** Doors that take a body of any size as it comes; everywhere else it is read whole, up to BODY_BYTES_MAX. */
const STREAMED = /^\/(files|imports)(\/|\?|$)/;
const AS_STREAM = 'application/x-sheaf-stream';

/**
 * At the streamed doors the handler is given the body unread, whatever it is called: a table may come as text/csv, as application/json or
 * without a word. What the sender called it stands in `request.raw.headers`.
 */
export function handOverStreams(fastify: Pick<FastifyInstance, 'addHook' | 'addContentTypeParser'>): void {
  fastify.addContentTypeParser(AS_STREAM, (_request, payload, done) => done(null, payload));
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (STREAMED.test(request.url) && (request.method === 'POST' || request.method === 'PATCH')) {
      request.headers = { 'content-type': AS_STREAM };
    }
    done();
  });
}
