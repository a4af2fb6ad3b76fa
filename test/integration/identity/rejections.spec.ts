import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CATALOGUE } from '../../../src/core/kernel/errors.js';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import { anOrganisation } from '../../support/builders.js';

let world: TestApp;

beforeAll(async () => {
  world = await startTestApp();
});
afterAll(() => world.stop());

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly text: string;
}

async function knock(body: string, init: RequestInit = {}): Promise<Answer> {
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${world.adminKey}`,
    ...(init.headers as Record<string, string>),
  };
  const response = await fetch(`${world.url}/graphql`, { method: 'POST', body, ...init, headers });
  const text = await response.text();
  const answer = JSON.parse(text) as { errors?: { extensions?: { code?: string } }[]; code?: string };
  return { status: response.status, code: answer.errors?.[0]?.extensions?.code ?? answer.code, text };
}

const ask = (query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Answer> =>
  knock(JSON.stringify({ query, variables }));

const nested = (depth: number): string =>
  `{ batch(ref: { id: "${'0'.repeat(8)}-0000-4000-8000-000000000000" }) ${'{ events { inputs { batch '.repeat(depth)}{ id }${' } } }'.repeat(depth)} }`;

describe('a query', () => {
  it.each([
    ['a syntax error', '{ facilities { nodes { id }', 'BAD_INPUT'],
    ['nothing in it', '', 'BAD_INPUT'],
    ['an unknown field', '{ facilities { nodes { mayor } } }', 'BAD_INPUT'],
    ['an argument of the wrong type', '{ facilities(first: "three") { nodes { id } } }', 'BAD_INPUT'],
    ['an argument missing', '{ batch { id } }', 'BAD_INPUT'],
    ['two of a oneOf', '{ batch(ref: { shortCode: "a", digitalLink: "b" }) { id } }', 'BAD_INPUT'],
    ['more levels than allowed', nested(10), 'QUERY_TOO_DEEP'],
    ['more fields than allowed', `{ ${Array.from({ length: 1_001 }, (_, i) => `f${String(i)}: __typename`).join(' ')} }`, 'QUERY_TOO_DEEP'],
    ['levels without end', `{ a${'{a'.repeat(50_000)}${'}'.repeat(50_000)} }`, 'BAD_INPUT'],
    ['a fragment within itself', '{ ...F } fragment F on Query { ...F }', 'BAD_INPUT'],
  ])('with %s is a rejection, and no failure', async (_, query, code) => {
    const answer = await ask(query);
    expect([answer.status, answer.code]).toEqual([400, code]);
  });

  it('of fragments that double at every step is refused before it is walked', async () => {
    const steps = Array.from({ length: 40 }, (_, i) => `fragment F${String(i)} on Query { ...F${String(i + 1)} ...F${String(i + 1)} }`);
    const startedMs = performance.now();
    const answer = await ask(`{ ...F0 } ${steps.join(' ')} fragment F40 on Query { __typename }`);
    expect(answer.code).toBe('QUERY_TOO_DEEP');
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  it('that introspects is answered', async () => {
    const answer = await ask(
      '{ __schema { types { name fields { name type { name ofType { name ofType { name ofType { name } } } } } } } }',
    );
    expect([answer.status, answer.code]).toEqual([200, undefined]);
  });
});

describe('a text', () => {
  const FACILITIES = 'query ($after: String) { facilities(after: $after) { nodes { id } } }';
  const REGISTER = 'mutation ($input: RegisterOrganisationInput!) { registerOrganisation(input: $input) { id } }';

  it.each(['a\u0000b', '\ud800', '\udc00 half a pair'])('that the database cannot keep is refused wherever it stands: %j', async (text) => {
    expect(await ask(FACILITIES, { after: text })).toMatchObject({ status: 400, code: 'BAD_INPUT' });
    expect(await ask(`{ facilities(after: ${JSON.stringify(text)}) { nodes { id } } }`)).toMatchObject({ status: 400, code: 'BAD_INPUT' });
    await expect(anOrganisation(world.admin, { name: text })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(anOrganisation(world.admin, { areaCode: text })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect(await ask(REGISTER, { input: { [text]: 'x' } })).toMatchObject({ status: 400, code: 'BAD_INPUT' });
  });

  it('with whole surrogate pairs is kept', async () => {
    const name = '🥝 𠮷野';
    const made = await world.admin.mutate<{ organisation: { name: string } }>(
      'registerOrganisation',
      { id: '7d9b7f7e-3f0a-4c5e-9d0b-2f7f5f0c1a11', name, kind: 'OTHER', areaCode: '52', timeZone: 'Asia/Shanghai', currency: 'CNY' },
      'organisation { name }',
    );
    expect(made.organisation.name).toBe(name);
  });

  it('or a value that nests without end is refused', async () => {
    const geometry = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const query = 'mutation ($input: RegisterPlotInput!) { registerPlot(input: $input) { id } }';
    expect(await knock(`{"query":${JSON.stringify(query)},"variables":{"input":{"geometry":${geometry}}}}`)).toMatchObject({
      status: 400,
      code: 'BAD_INPUT',
    });
  });
});

describe('a request', () => {
  it.each([
    ['that is no JSON', () => knock('{"query": '), 400, 'BAD_INPUT'],
    ['without a body', () => knock(''), 400, 'BAD_INPUT'],
    ['that is a list of requests', () => knock('[{"query":"{ __typename }"}]'), 400, 'BAD_INPUT'],
    ['that is a form', () => knock('query=a', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }), 400, 'BAD_INPUT'],
    ['whose variables are a word', () => knock('{"query":"{ __typename }","variables":"x"}'), 400, 'BAD_INPUT'],
    ['larger than the door', () => knock(JSON.stringify({ query: ' '.repeat(2 * 1_024 * 1_024) })), 413, 'BODY_TOO_LARGE'],
  ] as const)('%s is a rejection, and no failure', async (_, send, status, code) => {
    const answer = await send();
    expect([answer.status, answer.code]).toEqual([status, code]);
  });

  it('to an address that is not there is told so', async () => {
    const response = await fetch(`${world.url}/nowhere`);
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([404, 'NOT_FOUND']);
  });

  it('by GET changes nothing', async () => {
    const query = 'mutation { registerFacility(input: {}) { id } }';
    const response = await fetch(`${world.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { 'apollo-require-preflight': 'yes' },
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
  });
});

describe('a rejection', () => {
  it('is answered with HTTP 200, a code of the catalogue, its path, and where in the input', async () => {
    const response = await fetch(`${world.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${world.adminKey}` },
      body: JSON.stringify({
        query: `mutation { registerOrganisation(input: { id: "7d9b7f7e-3f0a-4c5e-9d0b-2f7f5f0c1a12", name: "x", kind: OTHER, areaCode: "52", timeZone: "nowhere", currency: "CNY" }) { id } }`,
      }),
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      data: null,
      errors: [
        {
          message: CATALOGUE.BAD_INPUT.message,
          path: ['registerOrganisation'],
          locations: expect.any(Array),
          extensions: { code: 'BAD_INPUT', retryable: false, detail: { expected: 'an IANA time zone' }, inputPath: ['timeZone'] },
        },
      ],
    });
  });
});
