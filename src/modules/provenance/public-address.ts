import type { FastifyReply, FastifyRequest } from 'fastify';

/** Path and query as they came, percent-encoded: Fastify decodes its parameters, and a lot may hold an encoded slash. */
export function addressOf(request: FastifyRequest): { path: string; query: string } {
  const url = request.raw.url ?? '/';
  const mark = url.indexOf('?');
  return mark < 0 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark) };
}

/** What is public is public to scripts of other sites too. */
export function openToAll(reply: FastifyReply): FastifyReply {
  return reply.headers({ 'access-control-allow-origin': '*', 'x-content-type-options': 'nosniff' });
}
