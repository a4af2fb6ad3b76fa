import { hash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ApolloServerPlugin } from '@apollo/server';
import type { OnModuleInit } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { Kind, OperationTypeNode } from 'graphql';
import type { CacheSpace } from '../cache/cache.js';
import { Cache } from '../cache/cache.js';

/** How old an answer may be that is given again. */
export const SHARED_ANSWER_MS = 5_000;
/** A stranger may send any number of different questions: short-lived, and not large. */
const ANSWERS: CacheSpace = { name: 'graphql-answer', ttlMs: SHARED_ANSWER_MS, valueBytesMax: 64 * 1_024 };
const QUESTION_BYTES_MAX = 8 * 1_024;
const ROUTE = '/graphql';
const JSON_TYPE = 'application/json; charset=utf-8';

/** For `@Extensions` of a root field: a stranger's answer is every stranger's, and may be a few seconds old. */
export const SAME_FOR_STRANGERS = { sameForStrangers: true } as const;

type Asked = FastifyRequest & { sharedKey?: string; mayBeShared?: boolean };

/**
 * Answers to strangers, given again before Apollo sees the question: word for word the same question, without a key, about nothing but fields
 * that say they are the same for all, and answered without an error. Everything else goes its usual way.
 */
@Injectable()
export class SharedAnswers implements OnModuleInit {
  constructor(
    private readonly cache: Cache,
    private readonly host: HttpAdapterHost<FastifyAdapter>,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance();
    fastify.addHook('preParsing', (request: Asked, reply, payload, done) => {
      if (mayAsk(request)) this.answer(request, reply, payload).then((body) => body && done(null, body), done);
      else done(null, payload);
    });
    fastify.addHook('onSend', (request: Asked, reply, payload, done) => {
      const key = request.mayBeShared === true ? request.sharedKey : undefined;
      const whole = reply.statusCode === 200 && reply.getHeader('content-type') === JSON_TYPE;
      if (key === undefined || !whole || typeof payload !== 'string') done();
      else this.cache.set(ANSWERS, key, payload).then(() => done(), done);
    });
  }

  /** Answers what was answered a moment ago; else gives back the body, which was read to know the question, for who is to answer it. */
  private async answer(request: Asked, reply: FastifyReply, payload: Readable): Promise<Readable | null> {
    const chunks: Buffer[] = [];
    for await (const chunk of payload) chunks.push(chunk as Buffer);
    const [first] = chunks;
    const body = first && chunks.length === 1 ? first : Buffer.concat(chunks);
    const key = hash('sha256', body, 'base64url');
    const kept = await this.cache.get(ANSWERS, key);
    if (kept) {
      void reply.headers({ 'content-type': JSON_TYPE, 'cache-control': 'no-store' }).send(kept);
      return null;
    }
    request.sharedKey = key;
    return Object.assign(Readable.from([body]), { receivedEncodedLength: body.length });
  }
}

/** Notes on the request whether its answer may be given again. */
export const markShareable: ApolloServerPlugin<{ req?: Asked }> = {
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse: ({ schema, operation, response, contextValue }) => {
        const { req } = contextValue;
        const { body } = response;
        const faultless = body.kind === 'single' && body.singleResult.errors === undefined;
        if (req && operation && faultless) req.mayBeShared = isSameForStrangers(schema, operation);
        return Promise.resolve();
      },
    }),
};

function isSameForStrangers(schema: GraphQLSchema, operation: OperationDefinitionNode): boolean {
  if (operation.operation !== OperationTypeNode.QUERY) return false;
  const fields = schema.getQueryType()?.getFields() ?? {};
  return operation.selectionSet.selections.every(
    (selection) => selection.kind === Kind.FIELD && fields[selection.name.value]?.extensions['sameForStrangers'] === true,
  );
}

/** False where the answer depends on more than the question: on who asks, or on the form that the answer is wished in. */
function mayAsk(request: Asked): boolean {
  if (request.method !== 'POST' || request.url !== ROUTE) return false;
  const { authorization, accept = '*/*', 'content-type': type = '', 'content-length': length } = request.headers;
  if (authorization !== undefined || length === undefined || !(Number(length) <= QUESTION_BYTES_MAX)) return false;
  return (accept === '*/*' || accept === 'application/json') && (type === 'application/json' || type === JSON_TYPE);
}
