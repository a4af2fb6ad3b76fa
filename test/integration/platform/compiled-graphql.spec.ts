import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import type { GraphQLInputObjectType, GraphQLSchema } from 'graphql';
import { getOperationAST, isInputObjectType, isObjectType, parse } from 'graphql';
import { hasAmbiguousNames, isCompilable } from '../../../src/platform/graphql/compilable.js';
import { COMPILED_FROM_USE } from '../../../src/platform/graphql/compiled-execution.js';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import { aDelivery, aHousehold, anOrganisationAtWork, aProduct, aSale, kg } from '../../support/builders.js';
import type { AnOrganisationAtWork } from '../../support/builders.js';
import { aTracedPack } from '../../support/builders/traced-pack.js';
import type { ATracedPack } from '../../support/builders/traced-pack.js';

let world: TestApp;
let schema: GraphQLSchema;
let pack: ATracedPack;
let cooperative: AnOrganisationAtWork;
let saleId: string;
let deliveryId: string;
let productId: string;

beforeAll(async () => {
  world = await startTestApp();
  schema = world.app.get(GraphQLSchemaHost, { strict: false }).schema;
  pack = await aTracedPack(world.admin);
  cooperative = await anOrganisationAtWork(world.admin);
  ({ id: productId } = await aProduct(cooperative.manager, cooperative.id));
  const { id: householdId } = await aHousehold(cooperative.manager, cooperative.id);
  ({ id: deliveryId } = await aDelivery(cooperative.manager, { productId, householdId, facilityId: cooperative.facilityId }));
  ({ id: saleId } = await aSale(cooperative, { batch: { madeBy: { captureId: deliveryId } }, quantity: kg('3') }));
  for (let i = 0; i < 100 && (await saleStatus()) !== 'ATTRIBUTED'; i += 1) await new Promise((resolve) => setTimeout(resolve, 100));
}, 60_000);

afterAll(async () => {
  await world.stop();
});

async function saleStatus(): Promise<string> {
  const { sale } = await world.admin.query<{ sale: { status: string } }>('query ($id: UUID!) { sale(id: $id) { status } }', { id: saleId });
  return sale.status;
}

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly body: unknown;
}

async function ask(query: string, variables: object, key: string | null): Promise<Answer> {
  const response = await fetch(`${world.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key !== null && { authorization: `Bearer ${key}` }) },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, type: response.headers.get('content-type'), body: await response.json() };
}

/** Interpreted: a document that was never seen, by its comment. Compiled: from the second use on. */
async function both(query: string, variables: object, key: string | null): Promise<{ interpreted: Answer; compiled: Answer }> {
  const document = parse(query);
  const operation = getOperationAST(document);
  expect(operation && isCompilable(schema, document, operation)).toBe(true);
  const interpreted = await ask(`${query} # ${randomUUID()}`, variables, key);
  let compiled = interpreted;
  for (let use = 0; use <= COMPILED_FROM_USE; use += 1) compiled = await ask(query, variables, key);
  return { interpreted, compiled };
}

const BATCH = `id gtin lot digitalLink shortCode createdAt status product { id name gtin netContent { value unit } }
  made { value unit } available { value unit } holdings { id version inTransit quantity { value unit } holder { id name } facility { id name } }
  events { id type eventTime epcis inputs { batch { id status } quantity { value unit } } outputs { batch { lot product { name } } waste } }`;

type Ask = readonly [what: string, query: string, variables: () => object, key: 'admin' | 'manager' | 'nobody'];

const ASKED: readonly Ask[] = [
  [
    'a batch with all its fields',
    `query ($ref: BatchRef!) { batch(ref: $ref) { ${BATCH} } }`,
    () => ({ ref: { id: pack.batchId } }),
    'admin',
  ],
  ['a batch named inside the document', 'query ($id: UUID!) { batch(ref: {id: $id}) { lot } }', () => ({ id: pack.batchId }), 'admin'],
  ['a batch that is not there', 'query ($ref: BatchRef!) { batch(ref: $ref) { lot } }', () => ({ ref: { id: randomUUID() } }), 'admin'],
  [
    'a page of batches',
    `query ($n: Int = 5) { batches(first: $n) { edges { cursor node { ...B } } pageInfo { hasNextPage endCursor } } } fragment B on Batch { ${BATCH} }`,
    () => ({}),
    'admin',
  ],
  ['a page too long', 'query ($n: Int) { batches(first: $n) { nodes { id } } }', () => ({ n: 10_000 }), 'admin'],
  [
    'two pages under other names',
    '{ some: batches(first: 2) { nodes { title: lot kind: __typename } } all: batches { nodes { lot } } }',
    () => ({}),
    'admin',
  ],
  [
    'a trace upstream',
    'query ($ref: BatchRef!, $d: TraceDirection!) { trace(batch: $ref, direction: $d) { nodes { depth batch { lot status } } edges { from to eventId quantity { value unit } } truncated } }',
    () => ({ ref: { id: pack.batchId }, d: 'UPSTREAM' }),
    'admin',
  ],
  [
    'a trace in a direction that is none',
    'query ($ref: BatchRef!, $d: TraceDirection!) { trace(batch: $ref, direction: $d) { truncated } }',
    () => ({ ref: { id: pack.batchId }, d: 'SIDEWAYS' }),
    'admin',
  ],
  [
    'a trace too deep',
    'query ($ref: BatchRef!) { trace(batch: $ref, direction: BOTH, maxDepth: 51) { truncated } }',
    () => ({ ref: { id: pack.batchId } }),
    'admin',
  ],
  [
    'a trace of what is not there, among others',
    'query ($ref: BatchRef!) { batches(first: 1) { nodes { lot } } trace(batch: $ref, direction: BOTH) { truncated } }',
    () => ({ ref: { id: pack.householdIds[0] } }),
    'admin',
  ],
  [
    'a sale with its attribution',
    'query ($id: UUID!) { sale(id: $id) { id status soldAt lines { ref gross { amount currency } allocations { batch { lot product { name } } quantity { value unit } } attribution { net { amount } toHouseholds { amount } shareToHouseholds { low high } parties { kind position { amount } organisation { name } } lines { eventId amount coefficient kind status } } } } }',
    () => ({ id: saleId }),
    'manager',
  ],
  [
    'an event',
    'query ($ref: EventRef!) { event(ref: $ref) { id type recordedAt epcis inputs { quantity { value } } } }',
    () => ({ ref: { captureId: deliveryId } }),
    'manager',
  ],
  [
    'provenance, to strangers',
    'query ($code: String!) { provenance(ref: {code: $code}) { lot coverage harvests { share households } journey { bizStep at } income { published reason band } } }',
    () => ({ code: `https://id.gs1.org${pack.path}` }),
    'nobody',
  ],
  [
    'provenance of a code that is none',
    'query ($ref: ProvenanceRef!) { provenance(ref: $ref) { lot } }',
    () => ({ ref: { code: 'no such code' } }),
    'nobody',
  ],
  ['what needs a key, without one', '{ batches { nodes { lot } } }', () => ({}), 'nobody'],
  [
    'what this key may not',
    'mutation ($input: RegisterOrganisationInput!) { registerOrganisation(input: $input) { id } }',
    () => ({ input: { id: randomUUID(), name: 'x', kind: 'OTHER', areaCode: '52', timeZone: 'UTC', currency: 'CNY' } }),
    'manager',
  ],
  [
    'a mutation that is rejected deep in its input',
    'mutation ($input: RecordDeliveryInput!) { recordDelivery(input: $input) { id } }',
    () => ({
      input: {
        id: pack.batchId,
        product: { id: productId },
        lot: 'L1',
        deliveredAt: '2026-05-26T08:30:00+08:00',
        facilityId: cooperative.facilityId,
        grower: { householdId: pack.mill.id },
        net: { value: '1', unit: 'LTR' },
      },
    }),
    'manager',
  ],
  [
    'a mutation sent again',
    'mutation ($input: RecordSaleInput!) { recordSale(input: $input) { ... on CaptureAnswer { id replayed event { id type } } sale { id lines { ref } } } }',
    () => ({ input: saleInput() }),
    'manager',
  ],
  ['variables of the wrong type', 'query ($ref: BatchRef!) { batch(ref: $ref) { lot } }', () => ({ ref: { id: 'no uuid' } }), 'admin'],
  ['variables that are missing', 'query ($ref: BatchRef!) { batch(ref: $ref) { lot } }', () => ({}), 'admin'],
];

function saleInput(): object {
  const batch = { madeBy: { captureId: deliveryId } };
  const line = { ref: '1', quantity: kg('3'), gross: { amount: '10.00', currency: 'CNY' }, allocations: [{ batch, quantity: kg('3') }] };
  return { id: saleId, sellerId: cooperative.id, buyer: { consumer: true }, soldAt: '2026-06-01T12:00:00+08:00', lines: [line] };
}

function keyOf(who: Ask[3]): string | null {
  if (who === 'nobody') return null;
  return who === 'admin' ? world.adminKey : (cooperative.manager.key ?? null);
}

describe('compiled execution on the real schema', () => {
  it('has no two fields of one name, and reads properties without a resolver', () => {
    expect(hasAmbiguousNames(schema)).toBe(false);
    const type = schema.getType('HarvestView');
    const readers = isObjectType(type) ? Object.values(type.getFields()).filter((field) => field.resolve !== undefined) : null;
    expect(readers).toEqual([]);
  });

  it.each(ASKED)('answers %s as graphql-js does', async (_, query, variables, who) => {
    const { interpreted, compiled } = await both(query, variables(), keyOf(who));
    expect(compiled).toEqual(interpreted);
  });
});

describe('@oneOf in variables', () => {
  const oneOfs = (): GraphQLInputObjectType[] =>
    Object.values(schema.getTypeMap()).filter((type): type is GraphQLInputObjectType => isInputObjectType(type) && type.isOneOf);

  it('is on the inputs that the contract names', () => {
    const names = oneOfs().map((type) => type.name);
    expect(names).toEqual(
      expect.arrayContaining(['BatchRef', 'BuyerInput', 'CaptureItem', 'DeploymentPlace', 'EventRef', 'InputLotInput']),
    );
    expect(names).toEqual(expect.arrayContaining(['PartyInput', 'ProductRef', 'ProvenanceRef']));
  });

  it('is enforced for every one of them, wherever the input stands', async () => {
    const holders = new Map(oneOfs().map((type) => [type.name, pathsTo(type.name)]));
    for (const [name, path] of holders) {
      for (const wrong of [{}, { ...twoOf(name) }]) {
        const { field, argument, type, value } = wrap(path, wrong);
        const selection = field.selection === '' ? '' : ` { ${field.selection} }`;
        const query = `${field.operation} ($v: ${type}) { ${field.name}(${argument}: $v${field.others}) ${selection} }`;
        for (let use = 0; use <= COMPILED_FROM_USE; use += 1) {
          const { status, body } = await ask(query, { v: value }, world.adminKey);
          const errors = (body as { errors?: { message: string; extensions: { code: string } }[] }).errors ?? [];
          expect([name, status, ...new Set(errors.map((error) => error.extensions.code))]).toEqual([name, 400, 'BAD_INPUT']);
          // Of an input that has only one way, null is the second wrong.
          const said = errors.some(({ message }) => message.includes(`OneOf type "${name}"`) || message.includes('must be non-null'));
          expect([name, said]).toEqual([name, true]);
        }
      }
    }
  });
});

interface Holder {
  readonly operation: 'query' | 'mutation';
  readonly name: string;
  readonly argument: string;
  readonly type: string;
  readonly others: string;
  readonly selection: string;
  readonly keys: readonly { readonly name: string; readonly list: boolean }[];
}

const plain = (type: string): string => type.replace(/[[\]!]/g, '');

/** The way from some root field's argument to the first place of that input. */
function pathsTo(wanted: string): Holder {
  const roots = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
  ] as const;
  for (const [operation, root] of roots) {
    for (const field of Object.values(root?.getFields() ?? {})) {
      for (const argument of field.args) {
        const keys = search(plain(String(argument.type)), wanted, new Set());
        if (!keys) continue;
        const others = field.args
          .filter((one) => one !== argument && String(one.type).endsWith('!'))
          .map((one) => `, ${one.name}: ${one.name === 'direction' ? 'BOTH' : 'null'}`);
        const type = schema.getType(plain(String(field.type)));
        const selection = isObjectType(type) ? '__typename' : '';
        return {
          operation,
          name: field.name,
          argument: argument.name,
          type: String(argument.type),
          others: others.join(''),
          selection,
          keys,
        };
      }
    }
  }
  throw new Error(`No root field takes ${wanted}.`);
}

function search(name: string, wanted: string, seen: Set<string>): Holder['keys'] | null {
  if (name === wanted) return [];
  const type = schema.getType(name);
  if (!isInputObjectType(type) || seen.has(name)) return null;
  seen.add(name);
  for (const field of Object.values(type.getFields())) {
    const below = search(plain(String(field.type)), wanted, seen);
    if (below) return [{ name: field.name, list: String(field.type).startsWith('[') }, ...below];
  }
  return null;
}

function twoOf(name: string): Record<string, unknown> {
  const type = schema.getType(name);
  const fields = isInputObjectType(type) ? Object.keys(type.getFields()) : [];
  // An input of one way only is still told by none, or by null.
  return Object.fromEntries(fields.slice(0, 2).map((field) => [field, null]));
}

function wrap(field: Holder, inner: object): { field: Holder; argument: string; type: string; value: unknown } {
  const value = [...field.keys].reverse().reduce<unknown>((below, key) => ({ [key.name]: key.list ? [below] : below }), inner);
  return { field, argument: field.argument, type: field.type, value };
}
