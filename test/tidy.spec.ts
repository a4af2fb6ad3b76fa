import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RequestMethod } from '@nestjs/common';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { GraphQLSchema } from 'graphql';
import { validateSchema } from 'graphql';
import { MIGRATIONS } from '../migrations/index.js';
import { CATALOGUE } from '../src/core/kernel/errors.js';
import { OPERATIONS, ROUTES } from '../src/modules/identity/index.js';
import { parseEnvironment } from '../src/platform/config/environment.js';
import { HealthController } from '../src/platform/health/health.controller.js';
import { buildSchema, errorsPage, metadataOf, schemaText, staleness } from './support/generated.js';

/** Doors that have a policy and are not built yet. An entry that is built must go. */
const PLANNED: readonly string[] = [];

/** Served by platform/graphql, which is no controller. */
const GRAPHQL_ROUTES = ['GET /graphql', 'POST /graphql'];

const read = (file: string): string => readFileSync(resolve(file), 'utf8');
const namesIn = (folder: string): string[] => readdirSync(resolve(folder)).sort();

/** Paths below a folder, of the files with one of the endings. */
function filesBelow(folder: string, ...endings: string[]): string[] {
  return readdirSync(resolve(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => join(entry.parentPath, entry.name).slice(resolve('.').length + 1))
    .sort();
}

function foldersBelow(folder: string): string[] {
  return readdirSync(resolve(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(resolve('.').length + 1));
}

describe('the ladders', () => {
  const ladders = JSON.parse(read('ladders.json')) as Readonly<Record<string, readonly string[]>>;

  it.each(['core', 'modules'])('every folder of src/%s is a rung', (root) => {
    const rungless = namesIn(`src/${root}`).filter((name) => !ladders[root]?.includes(name));
    expect(rungless).toEqual([]);
  });

  it('no folder is called utils, common or helpers: name it after what is in it', () => {
    const vague = ['src', 'test', 'migrations'].flatMap(foldersBelow).filter((path) => /(^|\/)(utils?|commons?|helpers?)$/.test(path));
    expect(vague).toEqual([]);
  });
});

describe('generated files', () => {
  let schema: GraphQLSchema;

  beforeAll(async () => {
    schema = await buildSchema();
  });

  it('the schema is valid', () => {
    expect(validateSchema(schema).map((error) => error.message)).toEqual([]);
  });

  it('schema.graphql is current', async () => {
    expect(await staleness('schema.graphql', schemaText(schema))).toBeNull();
  });

  it('docs/errors.md is current', async () => {
    expect(await staleness('docs/errors.md', await errorsPage())).toBeNull();
  });

  it('docs/errors.md has every code of the catalogue once', async () => {
    const told = [...(await errorsPage()).matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map(([, code]) => code);
    expect(told).toEqual(Object.keys(CATALOGUE));
  });

  it('every GraphQL root field and every HTTP route has a policy, and every policy a door', () => {
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const operations = roots.flatMap((root) => (root ? Object.keys(root.getFields()).map((field) => `${root.name}.${field}`) : []));
    const doors = [...operations, ...GRAPHQL_ROUTES, ...[HealthController, ...metadataOf('controllers')].flatMap(routesOf)];
    const policies = [...Object.keys(OPERATIONS), ...Object.keys(ROUTES)];
    expect({
      doorsWithoutPolicy: doors.filter((door) => !policies.includes(door)),
      policiesWithoutDoor: policies.filter((policy) => !doors.includes(policy) && !PLANNED.includes(policy)),
      plannedButBuilt: PLANNED.filter((door) => doors.includes(door)),
    }).toEqual({ doorsWithoutPolicy: [], policiesWithoutDoor: [], plannedButBuilt: [] });
  });
});

/** The routes of a controller, as Fastify spells them. */
function routesOf(controller: abstract new (...args: never[]) => object): string[] {
  const prototype = controller.prototype as Readonly<Record<string, object>>;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler = Object.getOwnPropertyDescriptor(prototype, name)?.value as object | undefined;
    if (name === 'constructor' || handler === undefined) return [];
    const method = Reflect.getMetadata('method', handler) as RequestMethod | undefined;
    if (method === undefined) return [];
    const paths = [Reflect.getMetadata('path', handler) as string | string[]].flat();
    const bases = [Reflect.getMetadata('path', controller) as string | string[]].flat();
    return bases.flatMap((base) => paths.map((path) => `${RequestMethod[method]} ${fastifyPath(base, path)}`));
  });
}

function fastifyPath(...parts: string[]): string {
  const path = parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    // Nest names its wildcard, Fastify does not.
    .map((part) => part.replace(/^\*\w+$/, '*'));
  return `/${path.join('/')}`;
}

describe('migrations', () => {
  const files = namesIn('migrations').filter((name) => name !== 'index.ts');

  it('are numbered without gap', () => {
    expect(files.map((name) => name.slice(0, 5))).toEqual(files.map((_, i) => `${String(i + 1).padStart(4, '0')}-`));
  });

  it('stand in the list, each in its place', () => {
    expect(MIGRATIONS.map((migration) => migration.name.slice(-4))).toEqual(files.map((name) => name.slice(0, 4)));
  });
});

describe('decision records', () => {
  it('are numbered without gap, in name and in title', () => {
    const records = namesIn('docs/adr');
    expect(records.map((name) => `${name.slice(0, 5)} ${read(`docs/adr/${name}`).split(' ', 2)[1] ?? ''}`)).toEqual(
      records.map((_, i) => `${String(i + 1).padStart(4, '0')}- ${String(i + 1)}.`),
    );
  });
});

describe('.env.example', () => {
  it('names what the platform reads, and nothing that it does not, except what it marks as later', () => {
    const readNames = new Set<string>();
    parseEnvironment(
      new Proxy<Record<string, string | undefined>>(
        {},
        {
          get(_, name) {
            readNames.add(String(name));
            return undefined;
          },
        },
      ),
    );
    const example = read('.env.example');
    const named = [...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name ?? '');
    const inUse = [...example.matchAll(/^([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name ?? '');
    expect([...readNames].filter((name) => !named.includes(name))).toEqual([]);
    expect(inUse.filter((name) => !readNames.has(name))).toEqual([]);
  });
});

interface BannedWord {
  readonly word: RegExp;
  readonly instead: string;
  readonly where: readonly string[];
  readonly except?: RegExp;
}

const BANNED: readonly BannedWord[] = [
  {
    word: /\bprocess\.env\b/,
    instead: 'take Settings, or read it in platform/config/environment.ts',
    where: ['src', 'migrations'],
    except: /^src\/(platform\/config\/|main\.ts$|rotate-keys\.ts$)/,
  },
  {
    word: /\bDate\.now\(|\bnew Date\(\)/,
    instead: 'the time is an argument of a rule; elsewhere it comes from Clock',
    where: ['src/core'],
  },
  { word: /\bMath\.random\b|\brandomUUID\b/, instead: 'ids and chance are arguments of a rule', where: ['src/core'] },
  { word: /\bforwardRef\b/, instead: 'let the right module pull, move the rule into core, or raise a job', where: ['src'] },
  { word: /\bconsole\.\w+\(/, instead: 'use Log', where: ['src', 'migrations'] },
  {
    word: /\b(?:it|test|describe)\.(?:only|skip|todo)\b|\b(?:f|x)(?:it|describe)\(/,
    instead: 'run one file by its name; delete a test that is not wanted',
    where: ['src', 'test'],
    // Where a suite says why it does not run.
    except: /^test\/support\/(conformance|chromium|redis|mosquitto|compose)\.ts$/,
  },
];

describe('banned words', () => {
  it.each(BANNED)('$word: $instead', ({ word, where, except }) => {
    const found = where
      .flatMap((folder) => filesBelow(folder, '.ts'))
      .filter((file) => !except?.test(file) && word.test(withoutComments(read(file))));
    expect(found).toEqual([]);
  });
});

/** Coarse, but what it takes too much of a line with `//` inside a string only makes the check a little blinder. */
function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
}
