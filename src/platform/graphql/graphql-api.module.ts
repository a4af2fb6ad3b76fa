import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import type { ApolloDriverConfig } from '@nestjs/apollo';
import { ApolloDriver } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { Log } from '../logging/log.js';
import { compiledExecution } from './compiled-execution.js';
import { formatError } from './format-error.js';
import { GraphqlSocket } from './graphql-socket.js';
import { noSubscriptions, queryLimits } from './query-limits.js';
import { markShareable, SharedAnswers } from './shared-answers.js';
import { SocketAdmission } from './socket-admission.js';
import { refuseUnstorableInput } from './storable-input.js';

/** GraphQL on Fastify by Apollo Server, code first. The cache-control plug-in is off: it instruments every field of every answer. */
@Module({
  imports: [
    GraphQLModule.forRootAsync<ApolloDriverConfig>({
      driver: ApolloDriver,
      inject: [Log],
      useFactory: (log: Log) => ({
        path: '/graphql',
        autoSchemaFile: true,
        sortSchema: true,
        introspection: true,
        playground: false,
        includeStacktraceInErrorResponses: false,
        allowBatchedHttpRequests: false,
        csrfPrevention: true,
        validationRules: [queryLimits, noSubscriptions],
        formatError: formatError(log),
        plugins: [
          refuseUnstorableInput,
          compiledExecution(formatError(log)),
          markShareable,
          ApolloServerPluginCacheControlDisabled(),
          ApolloServerPluginLandingPageDisabled(),
        ],
        context: (request: unknown, reply: unknown) => ({ req: request, reply }),
      }),
    }),
  ],
  providers: [SharedAnswers, SocketAdmission, GraphqlSocket],
  exports: [SocketAdmission, GraphqlSocket],
})
export class GraphqlApiModule {}
