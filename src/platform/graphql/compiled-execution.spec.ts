import { ApolloServer } from '@apollo/server';
import { describe, expect, it } from '@jest/globals';
import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';
import { assertObjectType, buildSchema, getOperationAST, GraphQLError, parse } from 'graphql';
import { DomainError } from '../../core/kernel/errors.js';
import { Log } from '../logging/log.js';
import { hasAmbiguousNames, isCompilable } from './compilable.js';
import { compiledExecution, COMPILED_FROM_USE } from './compiled-execution.js';
import { formatError, locatable } from './format-error.js';

const SDL = `
  scalar JSON
  directive @defer(if: Boolean! = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
  enum Colour { RED GREEN }
  input Ref @oneOf { id: ID name: String }
  input Search { text: String = "any" limit: Int refs: [Ref!] colour: Colour note: JSON }
  interface Named { name: String! }
  type Lot implements Named { name: String! weight: Int fragile: Int! colour: Colour! strict: Lot! parent: Lot tags: [String!] mixed: [Int] children: [Lot!]! said: JSON }
  type Query {
    lot(ref: Ref): Lot
    must: Lot!
    lots(first: Int = 3): [Lot!]!
    holes: [Lot]
    brokenItems: [Lot!]
    echo(search: Search, any: JSON, colour: Colour = GREEN): JSON
    named: Named
    rejected: String
    sorry: Int
    broken: String!
    status: String
  }
  type Mutation { add(n: Int!): Int! fail: Int }
`;

interface Row {
  name: string | null;
  weight?: unknown;
  [key: string]: unknown;
}

function row(name: string | null, more: object = {}): Row {
  return { name, weight: 3, fragile: 1, colour: 'RED', tags: ['a', 'b'], mixed: [1, null, 2], children: [], said: { deep: [1] }, ...more };
}

function reject(): never {
  throw locatable(new DomainError('BAD_INPUT', { expected: 'something else', big: 5n }, ['ref', 'id']));
}

function schemaWith(counter: { n: number }): GraphQLSchema {
  const schema = buildSchema(SDL);
  const nested = row('nested', { children: [row('a'), row(null), row('c')] });
  const resolvers: Record<string, (source: unknown, args: Record<string, unknown>) => unknown> = {
    lot: (_, { ref }) =>
      Promise.resolve(row('one', { weight: JSON.stringify(ref ?? 'none').length, parent: nested, fragile: ref === undefined ? null : 1 })),
    must: () => Promise.resolve(row(null)),
    lots: (_, { first }) => Array.from({ length: first as number }, (_item, i) => Promise.resolve(row(`lot ${String(i)}`))),
    holes: () => [row('first'), null, row(null), new Error('no such item'), row('last')],
    brokenItems: () => [row('first'), row('no weight', { weight: 'heavy', colour: 'BLUE' })],
    echo: (_, args) => args,
    named: () => ({ __typename: 'Lot', ...row('named') }),
    rejected: () => Promise.resolve().then(reject),
    sorry: () => reject(),
    broken: () => Promise.reject(new GraphQLError('A sentence.', { extensions: { code: 'NOT_FOUND' } })),
    status: () => new Error('as a value'),
  };
  const query = assertObjectType(schema.getType('Query'));
  for (const [name, resolve] of Object.entries(resolvers)) Object.assign(query.getFields()[name] ?? {}, { resolve });
  const strict = assertObjectType(schema.getType('Lot')).getFields()['strict'];
  Object.assign(strict ?? {}, { resolve: () => Promise.resolve(null) });
  const mutation = assertObjectType(schema.getType('Mutation')).getFields();
  const add = async (_: unknown, { n }: { n: number }): Promise<number> => {
    const before = counter.n;
    await new Promise((resolve) => setTimeout(resolve, 5 - n));
    counter.n = before + n;
    return counter.n;
  };
  Object.assign(mutation['add'] ?? {}, { resolve: add });
  Object.assign(mutation['fail'] ?? {}, { resolve: () => reject() });
  return schema;
}

interface Answer {
  readonly status: number | undefined;
  readonly data: unknown;
  readonly errors: readonly GraphQLFormattedError[];
}

/** What one server answers to the same request, sent `times` times; the last one. */
async function answer(compiled: boolean, query: string, variables: Record<string, unknown>, times: number): Promise<Answer> {
  const counter = { n: 0 };
  const format = formatError(new Log('error'));
  const plugins = compiled ? [compiledExecution(format)] : [];
  const server = new ApolloServer({ schema: schemaWith(counter), plugins, formatError: format, includeStacktraceInErrorResponses: false });
  let last: Answer | null = null;
  for (let i = 0; i < times; i += 1) {
    counter.n = 0;
    const { body, http } = await server.executeOperation({ query, variables });
    if (body.kind === 'incremental') return { status: http.status, data: 'incremental', errors: [] };
    const { data, errors = [] } = JSON.parse(JSON.stringify(body.singleResult)) as { data?: unknown; errors?: GraphQLFormattedError[] };
    last = { status: http.status, data, errors: errors.map(withoutNumber).sort(byPath) };
  }
  await server.stop();
  if (!last) throw new Error('Asked at least once.');
  return last;
}

/** An INTERNAL error has a number of its own every time. */
function withoutNumber(error: GraphQLFormattedError): GraphQLFormattedError {
  const { detail, ...extensions } = error.extensions ?? {};
  return extensions['code'] === 'INTERNAL' ? { ...error, extensions } : { ...error, extensions: { ...extensions, detail } };
}

function byPath(a: GraphQLFormattedError, b: GraphQLFormattedError): number {
  return JSON.stringify(a.path ?? '') < JSON.stringify(b.path ?? '') ? -1 : 1;
}

/** Document, variables; all of these are compiled. */
const COMPILED: readonly [string, Record<string, unknown>][] = [
  ['{ lots { name weight fragile colour tags mixed said children { name } } }', {}],
  ['query ($n: Int) { lots(first: $n) { name } }', {}],
  ['query ($n: Int = 2) { lots(first: $n) { name } again: lots(first: 1) { title: name __typename } }', {}],
  ['query ($n: Int = 2) { lots(first: $n) { name } }', { n: 5 }],
  ['query ($n: Int = 2) { lots(first: $n) { name } }', { n: 'five' }],
  ['query ($ref: Ref) { lot(ref: $ref) { name weight } }', {}],
  ['query ($ref: Ref) { lot(ref: $ref) { name weight } }', { ref: null }],
  ['query ($ref: Ref) { lot(ref: $ref) { name weight } }', { ref: { id: 4 } }],
  ['query ($ref: Ref) { lot(ref: $ref) { name weight } }', { ref: { id: 'a', name: 'b' } }],
  ['query ($ref: Ref) { lot(ref: $ref) { name weight } }', { ref: {} }],
  ['query ($ref: Ref) { lot(ref: $ref) { name weight } }', { ref: { id: null } }],
  ['query ($id: ID!) { lot(ref: {id: $id}) { name weight } }', { id: 'x' }],
  ['query ($id: ID!) { lot(ref: {id: $id}) { name weight } }', {}],
  ['{ lot { name parent { name children { name } } } }', {}],
  ['{ lot { name fragile } }', {}],
  ['{ lot { name strict { name } } lots { name } }', {}],
  ['{ must { name } lots { name } }', {}],
  ['{ holes { name } }', {}],
  ['{ brokenItems { name weight } }', {}],
  ['{ brokenItems { name colour } }', {}],
  ['{ rejected sorry status }', {}],
  ['{ broken rejected }', {}],
  ['query ($s: Search, $any: JSON) { echo(search: $s, any: $any) }', {}],
  ['query ($s: Search, $any: JSON) { echo(search: $s, any: $any) }', { s: { limit: null }, any: { __proto: [1, 'a'] } }],
  ['query ($s: Search) { echo(search: $s) }', { s: { refs: { name: 'single' }, colour: 'RED', note: [1, { two: 2 }] } }],
  ['query ($s: Search) { echo(search: $s) }', { s: { refs: [{ id: 1 }, { id: 1, name: 'b' }] } }],
  ['query ($s: Search) { echo(search: $s) }', { s: { nothing: 1 } }],
  ['query ($c: Colour) { echo(colour: $c) }', {}],
  ['query ($c: Colour) { echo(colour: $c) }', { c: 'BLUE' }],
  ['{ echo(search: {limit: 2, colour: RED, refs: []}, colour: RED) }', {}],
  ['query ($c: Colour!) { echo(search: {limit: null, colour: $c}) }', { c: 'GREEN' }],
  ['query One { lots { ...F ...G } } fragment F on Lot { name children { ...G } } fragment G on Named { name ... on Lot { weight } }', {}],
  ['{ lot { name } lot { weight parent { name } } __typename }', {}],
  ['mutation ($n: Int!) { a: add(n: $n) b: add(n: 2) fail c: add(n: 3) }', { n: 1 }],
];

/** None of these is. */
const INTERPRETED: readonly [string, Record<string, unknown>][] = [
  ['{ lot(ref: {name: "a text"}) { name weight } }', {}],
  ['{ echo(search: {text: """a block"""}) }', {}],
  ['query ($s: String = "a default") { echo(search: {text: $s}) }', {}],
  ['query ($s: String) { echo(search: {text: $s}) }', {}],
  ['query ($x: Int!) { echo(any: {inside: [$x]}) }', { x: 1 }],
  ['query ($x: Boolean!) { lots { name @include(if: $x) ... on Lot @skip(if: $x) { weight } } }', { x: true }],
  ['{ a_b: lots { name } }', {}],
  ['{ named { name } }', {}],
  ['{ __schema { queryType { name } } }', {}],
  ['{ echo(any: RED) }', {}],
];

describe('compiled execution', () => {
  it.each(COMPILED)('answers %s with %j as graphql-js does', async (query, variables) => {
    const document = parse(query);
    const operation = getOperationAST(document);
    expect(operation && isCompilable(buildSchema(SDL), document, operation)).toBe(true);
    const interpreted = await answer(false, query, variables, 1);
    expect(await answer(true, query, variables, COMPILED_FROM_USE + 1)).toEqual(interpreted);
  });

  it.each(INTERPRETED)('leaves %s to graphql-js', async (query, variables) => {
    const document = parse(query);
    const operation = getOperationAST(document);
    expect(operation && isCompilable(buildSchema(SDL), document, operation)).toBe(false);
    const interpreted = await answer(false, query, variables, 1);
    expect(await answer(true, query, variables, COMPILED_FROM_USE + 1)).toEqual(interpreted);
  });

  it('leaves @defer and subscriptions to Apollo', () => {
    const schema = buildSchema(`${SDL} type Subscription { lots: Lot! }`);
    for (const text of ['{ lot { name ... @defer { weight } } }', 'subscription { lots { name } }']) {
      const document = parse(text);
      const operation = getOperationAST(document);
      expect(operation && isCompilable(schema, document, operation)).toBe(false);
    }
  });

  it('never makes program of a text in the document', async () => {
    const text = '__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74d(globalThis.broughtIn=1,0)';
    await answer(true, `{ echo(search: {text: "${text}"}) }`, {}, COMPILED_FROM_USE + 1);
    await answer(
      true,
      `query ($t: String = "${text}", $s: Search = {text: "${text}"}) { echo(search: $s, any: $t) }`,
      {},
      COMPILED_FROM_USE + 1,
    );
    await answer(true, 'query ($s: Search) { echo(search: $s) }', { s: { text } }, COMPILED_FROM_USE + 1);
    expect('broughtIn' in globalThis).toBe(false);
  });

  it('sees where the names of two fields would be one in the compiled text', () => {
    expect(hasAmbiguousNames(buildSchema(SDL))).toBe(false);
    expect(hasAmbiguousNames(buildSchema('type Query { a: Ab b: A } type Ab { c: Int } type A { bc: Int }'))).toBe(true);
  });
});
