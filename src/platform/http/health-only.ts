import type { FastifyInstance } from 'fastify';

const OPEN = '/health/';

/** A process without the role api answers how it is, and nothing else: who asks it for more has the wrong address. */
export function answerHealthOnly(fastify: Pick<FastifyInstance, 'addHook'>): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.url.startsWith(OPEN)) {
      done();
      return;
    }
    const problem = {
      type: 'urn:sheaf:error:NOT_FOUND',
      title: 'This process has no role that answers here.',
      status: 404,
      code: 'NOT_FOUND',
    };
    void reply.status(404).header('content-type', 'application/problem+json; charset=utf-8').send(JSON.stringify(problem));
  });
}
