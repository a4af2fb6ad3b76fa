import type { ApolloServerPlugin, GraphQLResponse } from '@apollo/server';
import { HeaderMap } from '@apollo/server';
import type { DocumentNode, ExecutionResult, GraphQLFormattedError, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { getVariableValues, isScalarType, Kind } from 'graphql';
import type { CompiledQuery } from 'graphql-jit';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { dropPropertyReaders, hasAmbiguousNames, isCompilable } from './compilable.js';
import { RecentlyUsed } from './recently-used.js';
import { JsonScalar } from './scalars.js';

/** Of one process. A compiled document takes some tens of kilobytes. */
export const COMPILED_DOCUMENTS_MAX = 1_000;
/** A document that comes once is not worth compiling: strangers could have the platform compile all day. */
export const COMPILED_FROM_USE = 2;
const VARIABLE_ERRORS_MAX = 50;

type Format = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

interface Known {
  uses: number;
  /** Null: interpreted for ever. */
  compiled: CompiledQuery | null;
}

/**
 * Executes compiled instead of interpreted, where both give the same answer (compilable.ts); everywhere else Apollo goes on as ever. Variables
 * are coerced by graphql-js, which knows @oneOf and the compiler does not; where that fails, Apollo finds the same and says so in its own way.
 */
export function compiledExecution(format: Format): ApolloServerPlugin {
  const documents = new RecentlyUsed<Known>(COMPILED_DOCUMENTS_MAX);
  let schema: GraphQLSchema | null = null;
  return {
    serverWillStart: (service) => {
      dropPropertyReaders(service.schema);
      // The compiler needs a type of the schema that hands variables on as they are.
      const fit = isScalarType(service.schema.getType(JsonScalar.name)) && !hasAmbiguousNames(service.schema);
      schema = fit ? service.schema : null;
      return Promise.resolve();
    },
    requestDidStart: () =>
      Promise.resolve({
        responseForOperation: async (context) => {
          if (!schema) return null;
          const { operation } = context;
          const key = `${context.queryHash} ${context.operationName ?? ''}`;
          const compiled = compiledForm(documents, key, schema, context.document, operation);
          if (!compiled) return null;
          const variables = getVariableValues(schema, operation.variableDefinitions ?? [], context.request.variables ?? {}, {
            maxErrors: VARIABLE_ERRORS_MAX,
          });
          if (!variables.coerced) return null;
          const result = await compiled.query(undefined, context.contextValue, variables.coerced);
          return answerOf(result, format);
        },
      }),
  };
}

function answerOf({ data, errors }: ExecutionResult, format: Format): GraphQLResponse {
  const formatted = errors?.map((error) => format(enriched(error), error));
  return {
    http: { status: undefined, headers: new HeaderMap() },
    body: { kind: 'single', singleResult: { ...(formatted && { errors: formatted }), data: data ?? null } },
  };
}

/** As Apollo hands errors to formatError: with a code, always. The compiler's errors leave extensions out where there are none. */
function enriched(error: Omit<GraphQLFormattedError, 'toJSON'>): GraphQLFormattedError {
  const { message, locations, path, extensions = {} } = error;
  return {
    message,
    ...(locations && { locations }),
    ...(path && { path }),
    extensions: { ...extensions, code: extensions['code'] ?? 'INTERNAL_SERVER_ERROR' },
  };
}

function compiledForm(
  documents: RecentlyUsed<Known>,
  key: string,
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): CompiledQuery | null {
  const known = documents.get(key) ?? { uses: 0, compiled: null };
  if (known.uses >= COMPILED_FROM_USE) return known.compiled;
  known.uses += 1;
  if (known.uses === COMPILED_FROM_USE && isCompilable(schema, document, operation)) {
    const compiled = compileQuery(schema, handingOnVariables(document, operation), operation.name?.value, {
      disablingCapturingStackErrors: true,
    });
    known.compiled = isCompiledQuery(compiled) ? compiled : null;
  }
  documents.set(key, known);
  return known.compiled;
}

/** The variables are coerced already: their types and defaults must not be applied again. Copied, because the compiler writes into it. */
function handingOnVariables(document: DocumentNode, operation: OperationDefinitionNode): DocumentNode {
  const variableDefinitions = (operation.variableDefinitions ?? []).map(({ kind, variable }) => ({
    kind,
    variable,
    type: { kind: Kind.NAMED_TYPE as const, name: { kind: Kind.NAME as const, value: JsonScalar.name } },
  }));
  const definitions = document.definitions.map((one) => (one === operation ? { ...one, variableDefinitions } : one));
  return { kind: Kind.DOCUMENT, definitions };
}
