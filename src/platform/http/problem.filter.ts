import { randomUUID } from 'node:crypto';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Catch, HttpException } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { ErrorCode } from '../../core/kernel/errors.js';
import { CATALOGUE, DomainError } from '../../core/kernel/errors.js';
import { plainDetail } from '../graphql/format-error.js';
import { locatable } from '../graphql/format-error.js';
import type { Log } from '../logging/log.js';

/** The one place where an error of an HTTP door becomes application/problem+json (RFC 9457). GraphQL has its own. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    // GraphQL formats its own errors, in formatError.
    if (host.getType<string>() !== 'http') throw locatable(error) as Error;
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { status, body } = this.problemOf(error);
    void reply.status(status).header('content-type', 'application/problem+json; charset=utf-8').send(JSON.stringify(body));
  }

  private problemOf(error: unknown): { status: number; body: Record<string, unknown> } {
    if (error instanceof DomainError) {
      this.log.write(CATALOGUE[error.code].level, 'A request was rejected.', { code: error.code });
      return {
        status: error.status,
        body: problem(error.code, error.status, error.message, { detail: plainDetail(error.detail), retryable: error.retryable }),
      };
    }
    const status = error instanceof HttpException ? error.getStatus() : (error as { statusCode?: number } | null)?.statusCode;
    if (status === 404) return { status, body: problem('NOT_FOUND', 404, 'There is no such address here.') };
    if (status === 413) return { status, body: problem('BODY_TOO_LARGE', 413, CATALOGUE.BODY_TOO_LARGE.message) };
    if (status !== undefined && status >= 400 && status < 500) {
      return { status, body: problem('BAD_INPUT', status, error instanceof Error ? error.message : CATALOGUE.BAD_INPUT.message) };
    }
    const correlationId = randomUUID();
    this.log.write('error', 'A request broke.', { correlationId, error: error instanceof Error ? error.stack : String(error) });
    return { status: 500, body: problem('INTERNAL', 500, CATALOGUE.INTERNAL.message, { detail: { correlationId } }) };
  }
}

function problem(code: ErrorCode, status: number, title: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { type: `urn:sheaf:error:${code}`, title, status, code, ...more };
}
