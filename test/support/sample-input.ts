/**
 * A request for any root field of the public schema, made of the schema itself: well-formed, about things that do not exist. For tests that
 * knock at every door.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { GraphQLField, GraphQLInputType, GraphQLSchema } from 'graphql';
import { buildSchema, getNamedType, isEnumType, isInputObjectType, isLeafType, isListType, isNonNullType } from 'graphql';

const SCALARS: Readonly<Record<string, () => unknown>> = {
  UUID: randomUUID,
  DateTime: () => '2026-05-26T08:30:00+08:00',
  Date: () => '2026-05-26',
  Decimal: () => '1',
  GeoJSON: () => ({ type: 'Point', coordinates: [106.59, 26.84] }),
  FileRef: () => 'a'.repeat(64),
  String: () => '52',
  Int: () => 1,
  Float: () => 1,
  Boolean: () => true,
  ID: randomUUID,
  JSON: () => ({}),
};

/** The committed contract. */
export function publicSchema(): GraphQLSchema {
  return buildSchema(readFileSync(resolve('schema.graphql'), 'utf8'));
}

/** A value of the type; `full`: with the fields that may be left out as well. */
export function sampleOf(type: GraphQLInputType, full = false): unknown {
  if (isNonNullType(type)) return sampleOf(type.ofType, full);
  if (isListType(type)) return [sampleOf(type.ofType, full)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (!isInputObjectType(type)) return SCALARS[type.name]?.();
  const fields = Object.values(type.getFields());
  const wanted = type.isOneOf ? fields.slice(0, 1) : fields.filter((field) => full || isNonNullType(field.type));
  return Object.fromEntries(wanted.map((field) => [field.name, sampleOf(field.type, full)]));
}

export interface SampleRequest {
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** `operation` as the policy names it: "Mutation.recordSale", "Query.batch". */
export function sampleRequest(schema: GraphQLSchema, operation: string, full = false): SampleRequest {
  const [root = '', name = ''] = operation.split('.');
  const field = fieldOf(schema, root, name);
  const args = field.args.filter((arg) => isNonNullType(arg.type));
  const declared = args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const passed = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const selection = isLeafType(getNamedType(field.type)) ? '' : ' { __typename }';
  return {
    document: `${root.toLowerCase()}${declared && `(${declared})`} { ${name}${passed && `(${passed})`}${selection} }`,
    variables: Object.fromEntries(args.map((arg) => [arg.name, sampleOf(arg.type, full)])),
  };
}

function fieldOf(schema: GraphQLSchema, root: string, name: string): GraphQLField<unknown, unknown> {
  const type = schema.getType(root);
  const field = type && 'getFields' in type ? type.getFields()[name] : undefined;
  if (!field || !('args' in field)) throw new Error(`The schema has no ${root}.${name}.`);
  return field;
}
