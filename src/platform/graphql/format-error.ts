import { randomUUID } from 'node:crypto';
import type { GraphQLFormattedError } from 'graphql';
import { GraphQLError } from 'graphql';
import { unwrapResolverError } from '@apollo/server/errors';
import type { ErrorCode, ErrorDetail } from '../../core/kernel/errors.js';
import { CATALOGUE, DomainError } from '../../core/kernel/errors.js';
import type { Log } from '../logging/log.js';

/** Bigints of a detail become strings: JSON has none. */
export function plainDetail(detail: ErrorDetail): unknown {
  return JSON.parse(JSON.stringify(detail, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)));
}

/**
 * The one place where an error becomes GraphQL. A rejection keeps its code, path and values; what GraphQL itself refuses (syntax,
 * validation, variables) is BAD_INPUT with GraphQL's own sentence; anything else is INTERNAL with a number to find it in the log.
 */
export function formatError(log: Log): (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError {
  return (formatted, error) => {
    const original = causeOf(error);
    if (original instanceof DomainError) {
      log.write(CATALOGUE[original.code].level, 'A request was rejected.', { code: original.code, path: formatted.path });
      return {
        message: original.message,
        ...(formatted.path && { path: formatted.path }),
        ...(formatted.locations && { locations: formatted.locations }),
        extensions: {
          code: original.code,
          retryable: original.retryable,
          detail: plainDetail(original.detail),
          ...(original.path.length > 0 && { inputPath: original.path }),
        },
      };
    }
    const code = formatted.extensions?.['code'];
    if (original instanceof GraphQLError && code !== 'INTERNAL_SERVER_ERROR') {
      return { ...formatted, extensions: { code: codeOf(original), retryable: false } };
    }
    const correlationId = randomUUID();
    log.write('error', 'A request broke.', {
      correlationId,
      path: formatted.path,
      error: original instanceof Error ? original.stack : String(original),
    });
    return {
      message: CATALOGUE.INTERNAL.message,
      ...(formatted.path && { path: formatted.path }),
      extensions: { code: 'INTERNAL', retryable: true, detail: { correlationId } },
    };
  };
}

/**
 * What a resolver threw, such that GraphQL notes at which field: an error with a `path` of its own, as a rejection has one into the input,
 * it takes for one that is located already.
 */
export function locatable(error: unknown): unknown {
  return error instanceof DomainError ? new GraphQLError(error.message, { originalError: error }) : error;
}

function causeOf(error: unknown): unknown {
  const thrown = unwrapResolverError(error);
  return thrown instanceof GraphQLError && thrown.originalError instanceof DomainError ? thrown.originalError : thrown;
}

/** Apollo writes its own code over that of a validation rule or scalar, which keeps it in `originalError`. */
function codeOf(error: GraphQLError): ErrorCode {
  const inner = error.originalError instanceof GraphQLError ? error.originalError.extensions['code'] : undefined;
  return [inner, error.extensions['code']].find(isCode) ?? 'BAD_INPUT';
}

function isCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(CATALOGUE, code);
}
