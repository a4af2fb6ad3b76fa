import type { INestApplicationContext } from '@nestjs/common';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { OPERATIONS, ROUTES } from './policy.js';

/** Every GraphQL root field and HTTP route that no policy names; and, the other way, policies of doors that are not there. */
export function doorsWithoutPolicy(app: INestApplicationContext, routes: readonly string[]): { missing: string[]; idle: string[] } {
  const { schema } = app.get(GraphQLSchemaHost);
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const operations = roots.flatMap((root) => (root ? Object.keys(root.getFields()).map((field) => `${root.name}.${field}`) : []));
  // Fastify answers HEAD and OPTIONS of every GET by itself.
  const served = routes.filter((route) => !/^(HEAD|OPTIONS) /.test(route));
  return {
    missing: [...operations.filter((operation) => !(operation in OPERATIONS)), ...served.filter((route) => !(route in ROUTES))],
    idle: [
      ...Object.keys(OPERATIONS).filter((operation) => !operations.includes(operation)),
      ...Object.keys(ROUTES).filter((route) => !served.includes(route)),
    ],
  };
}

/** Denied by default is not enough: a door that nobody decided about is a mistake, and the platform does not start with it. */
export function refuseDoorsWithoutPolicy(app: INestApplicationContext, routes: readonly string[]): void {
  const { missing } = doorsWithoutPolicy(app, routes);
  if (missing.length > 0) throw new Error(`These doors have no policy (src/modules/identity/policy.ts): ${missing.join(', ')}.`);
}
