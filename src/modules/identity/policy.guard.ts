import type { CanActivate, ExecutionContext, OnModuleInit } from '@nestjs/common';
import { createParamDecorator, Injectable } from '@nestjs/common';
import { GqlExecutionContext } from '@nestjs/graphql';
import type { FastifyRequest } from 'fastify';
import type { GraphQLResolveInfo } from 'graphql';
import { DomainError } from '../../core/kernel/errors.js';
import { SocketAdmission } from '../../platform/graphql/socket-admission.js';
import { IdentityService } from './identity.service.js';
import { OPERATIONS, permits, ROUTES } from './policy.js';
import type { Principal } from './principal.js';

type Request = FastifyRequest & { principal?: Principal | null };

/** Stands before every door: looks up the key, asks the policy, denies by default. */
@Injectable()
export class PolicyGuard implements CanActivate, OnModuleInit {
  constructor(
    private readonly identity: IdentityService,
    private readonly sockets: SocketAdmission,
  ) {}

  onModuleInit(): void {
    this.sockets.register(async (authorization) => (await this.bearerOf(authorization)) !== null);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = requestOf(context);
    request.principal = await this.principalOf(request);
    const access = accessOf(context, request);
    if (permits(access, request.principal?.role ?? null)) return true;
    throw new DomainError(request.principal ? 'FORBIDDEN' : 'UNAUTHENTICATED');
  }

  private async principalOf(request: Request): Promise<Principal | null> {
    if (request.principal !== undefined) return request.principal;
    const header = request.headers.authorization;
    if (header === undefined) return null;
    const principal = await this.bearerOf(header);
    // A wrong key is an error even where none is needed: the caller believes to be somebody.
    if (!principal) throw new DomainError('UNAUTHENTICATED');
    return principal;
  }

  private async bearerOf(authorization: string): Promise<Principal | null> {
    const [, key] = /^Bearer\s+(\S{1,256})$/i.exec(authorization) ?? [];
    return key === undefined ? null : this.identity.authenticate(key);
  }
}

function requestOf(context: ExecutionContext): Request {
  if (context.getType<string>() === 'graphql') return GqlExecutionContext.create(context).getContext<{ req: Request }>().req;
  return context.switchToHttp().getRequest<Request>();
}

function accessOf(context: ExecutionContext, request: Request): (typeof OPERATIONS)[string] | undefined {
  if (context.getType<string>() === 'graphql') {
    const info = GqlExecutionContext.create(context).getInfo<GraphQLResolveInfo>();
    return OPERATIONS[`${info.parentType.name}.${info.fieldName}`];
  }
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  return ROUTES[`${method} ${request.routeOptions.url ?? ''}`];
}

/** The caller of a door that needs a key; UNAUTHENTICATED elsewhere. */
export const By = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const principal = requestOf(context).principal;
  if (!principal) throw new DomainError('UNAUTHENTICATED');
  return principal;
});
