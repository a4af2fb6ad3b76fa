import type { FastifyInstance } from 'fastify';

/**
 * Answers given while the server closes end their connection. Fastify closes the idle ones; one that is under way would be kept alive after
 * its answer, and the stop would wait until somebody cuts it.
 */
export function endConnectionsOnClose(fastify: Pick<FastifyInstance, 'addHook'>): void {
  let closing = false;
  fastify.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing) void reply.header('connection', 'close');
    done();
  });
}
