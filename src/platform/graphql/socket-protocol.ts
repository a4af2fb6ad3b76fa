import type { ExecutionArgs, GraphQLFormattedError, GraphQLSchema } from 'graphql';
import { getOperationAST, GraphQLError, OperationTypeNode, parse, specifiedRules, validate } from 'graphql';
import type { Context, Server, SubscribePayload, WebSocket as Wire } from 'graphql-ws';
import { makeServer } from 'graphql-ws';
import type { ErrorCode } from '../../core/kernel/errors.js';
import type { Log } from '../logging/log.js';
import { formatError } from './format-error.js';
import { queryLimits } from './query-limits.js';
import type { SocketConnection } from './socket-connection.js';
import { SUBSCRIPTIONS_OF_A_SOCKET_MAX } from './socket-connection.js';
import { problemOfInput } from './storable-input.js';

/** How long a client may take to say who it is. */
export const CONNECTION_INIT_MS_MAX = 10_000;
const QUERY_TOKENS_MAX = 5_000;

type Params = Readonly<Record<string, unknown>>;
interface Extra {
  readonly connection: SocketConnection;
}
type SocketContext = Context<Params, Extra>;

/** graphql-transport-ws, with the rules and the errors of POST /graphql. */
export class SocketProtocol {
  private readonly server: Server<Extra>;
  private readonly format: ReturnType<typeof formatError>;

  constructor(
    private readonly schema: GraphQLSchema,
    log: Log,
  ) {
    this.format = formatError(log);
    this.server = makeServer<Params, Extra>({
      connectionInitWaitTimeout: CONNECTION_INIT_MS_MAX,
      onConnect: (context) => context.extra.connection.connect(context, authorizationIn(context.connectionParams)),
      onSubscribe: (context, _id, payload) => this.argsOf(context, payload),
      onError: (_context, _id, _payload, errors) => errors.map((error) => this.formatted(error)),
      onNext: (_context, _id, _payload, _args, { errors, ...result }) => ({
        ...result,
        ...(errors && { errors: errors.map((error) => this.formatted(error)) }),
      }),
    });
  }

  opened(connection: SocketConnection, wire: Wire): (code?: number, reason?: string) => Promise<void> {
    return this.server.opened(wire, { connection });
  }

  private argsOf(context: SocketContext, { query, variables, operationName }: SubscribePayload): ExecutionArgs | readonly GraphQLError[] {
    // The new one is among them already.
    if (Object.keys(context.subscriptions).length > SUBSCRIPTIONS_OF_A_SOCKET_MAX) {
      return [refusal('TOO_MANY_ITEMS', `A connection has at most ${String(SUBSCRIPTIONS_OF_A_SOCKET_MAX)} subscriptions.`)];
    }
    try {
      const document = parse(query, { maxTokens: QUERY_TOKENS_MAX });
      const errors = validate(this.schema, document, [...specifiedRules, queryLimits]);
      if (errors.length > 0) return errors;
      if (getOperationAST(document, operationName)?.operation !== OperationTypeNode.SUBSCRIPTION) {
        return [refusal('BAD_INPUT', 'Here one subscribes; questions and mutations go to POST /graphql.')];
      }
      const problem = problemOfInput(variables, document);
      if (problem !== null) return [refusal('BAD_INPUT', problem)];
      const { authorization } = context.extra.connection;
      // As the policy finds it at the other door: a request with its headers.
      const contextValue = { req: { headers: authorization === null ? {} : { authorization } } };
      return { schema: this.schema, document, variableValues: variables ?? {}, operationName: operationName ?? null, contextValue };
    } catch (error) {
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
  }

  /** What the source of a subscription threw comes without a place in the answer. */
  private formatted(error: GraphQLError): GraphQLFormattedError {
    const thrown = error.path === undefined ? error.originalError : undefined;
    return this.format(error.toJSON(), thrown ?? error);
  }
}

function refusal(code: ErrorCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

/** Browsers cannot set headers of a socket: the key comes with ConnectionInit. */
function authorizationIn(params: Params | undefined): string | null {
  const value = params?.['authorization'] ?? params?.['Authorization'];
  return typeof value === 'string' ? value : null;
}
