/**
 * The files that are made of the code and committed beside it, so that a reader, and a diff, sees what the public contract is. Each is held
 * against its source by a test; with UPDATE_GENERATED set (`npm run schema`) the test writes it instead.
 */
import 'reflect-metadata';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaBuilderModule, GraphQLSchemaFactory } from '@nestjs/graphql';
import type { GraphQLSchema } from 'graphql';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { MODULES } from '../../src/app.module.js';
import type { ErrorCode } from '../../src/core/kernel/errors.js';
import { CATALOGUE } from '../../src/core/kernel/errors.js';

/** Compares the committed file with what it should be, or writes it; `script` is what writes it. Answers what the test expects to be null. */
export async function staleness(file: string, content: string, script = 'schema'): Promise<string | null> {
  const path = resolve(file);
  if (process.env['UPDATE_GENERATED']) await writeFile(path, content);
  const committed = await readFile(path, 'utf8').catch(() => null);
  if (committed === null) return `${file} is missing: run \`npm run ${script}\`.`;
  return committed === content ? null : `${file} is not what its source says: run \`npm run ${script}\` and commit what changes.`;
}

/** Providers and controllers of the modules, and of what these import. */
export function metadataOf(key: 'providers' | 'controllers', modules: readonly unknown[] = MODULES): Type[] {
  return modules.flatMap((module) => {
    // A dynamic module (`forRoot`) brings its own lists; those of ours are plain classes.
    if (typeof module !== 'function') return [];
    const own = (Reflect.getMetadata(key, module) ?? []) as unknown[];
    const imported = (Reflect.getMetadata('imports', module) ?? []) as unknown[];
    return [
      ...own.filter((one): one is Type => typeof one === 'function'),
      ...metadataOf(
        key,
        imported.filter((one) => !MODULES.includes(one as never)),
      ),
    ];
  });
}

/** The schema that the running platform serves, made without a database. */
export async function buildSchema(): Promise<GraphQLSchema> {
  const builder = await NestFactory.createApplicationContext(GraphQLSchemaBuilderModule, { logger: false });
  try {
    const resolvers = metadataOf('providers').filter((provider) => Reflect.hasMetadata('graphql:resolver_type', provider));
    // The test says what is wrong with an invalid schema; the check here would only print it.
    return lexicographicSortSchema(await builder.get(GraphQLSchemaFactory).create(resolvers, { skipCheck: true }));
  } finally {
    await builder.close();
  }
}

export function schemaText(schema: GraphQLSchema): string {
  return `# Generated from src by \`npm run schema\`: the public GraphQL contract. Do not edit.\n\n${printSchema(schema)}\n`;
}

const ERRORS_INTRODUCTION = `# What the platform rejects, and how it says so

<!-- Generated from src/core/kernel/errors.ts by \`npm run schema\`. Do not edit. -->

A rejection is an answer, not an accident: the caller asked for something that cannot be, and nothing was stored. Every rejection has a **code**. Codes are the contract: they are never
renamed and never get another meaning, so a program compares the code. Messages are for people and may be worded better one day.

**In GraphQL** a rejection is the entry of \`errors\`; the HTTP status stays 200 (400 where the query itself cannot be\nread, or does not fit the schema):

\`\`\`json
{
  "errors": [
    {
      "message": "More would be taken from the batch than is there.",
      "path": ["recordSale"],
      "extensions": {
        "code": "BATCH_OVERDRAWN",
        "retryable": false,
        "detail": { "available": "40", "taken": "50" },
        "inputPath": ["lines", "0", "allocations", "0", "quantity"]
      }
    }
  ]
}
\`\`\`

\`inputPath\`, where present, points into the input. \`detail\` names the values the rejection is about; which ones depends on the case, and personal data is never among them.

**At HTTP doors** (webhooks, Digital Link, health) it is \`application/problem+json\` (RFC 9457) with the status of the table:

\`\`\`json
{
  "type": "urn:sheaf:error:WEBHOOK_SIGNATURE_INVALID",
  "title": "The signature of this webhook is wrong.",
  "status": 401,
  "code": "WEBHOOK_SIGNATURE_INVALID",
  "detail": {},
  "retryable": false
}
\`\`\`

**In \`capture\`** it is the \`error\` of one item; the other items stand or fall alone.

**What to do with it.** Where *again* says yes, the same request may succeed later, unchanged: wait and send it again under the same id. Everywhere else, sending it again is useless
until the input is mended; a rejected id is free, so the mended input may keep it. Two codes deserve attention: \`CONFLICT\` means that this id was accepted before with *other* content (the
same content would have been answered as the first time, with \`replayed: true\`), and \`INTERNAL\` is a fault of ours: report the \`correlationId\` of its detail, under which the log tells more.

*Log* is how loudly the operator's log notes it.
`;

/** docs/errors.md, grouped as the catalogue's source groups its codes. */
export async function errorsPage(): Promise<string> {
  const source = await readFile(resolve('src/core/kernel/errors.ts'), 'utf8');
  const groups: { title: string; codes: ErrorCode[] }[] = [];
  for (const [, title, code] of source.matchAll(/^ {2}(?:\/\/ (.+)\.|([A-Z][A-Z0-9_]+): \{.*)$/gm)) {
    if (title !== undefined) groups.push({ title, codes: [] });
    else if (code !== undefined && isCode(code)) groups.at(-1)?.codes.push(code);
  }
  const sections = groups.map(({ title, codes }) =>
    [`\n## ${title}\n`, '| Code | Message | HTTP | Again | Log |', '| --- | --- | --- | --- | --- |', ...codes.map(row), ''].join('\n'),
  );
  return `${ERRORS_INTRODUCTION}${sections.join('')}`;
}

function isCode(text: string): text is ErrorCode {
  return text in CATALOGUE;
}

function row(code: ErrorCode): string {
  const { status, level, message, retryable }: { status: number; level: string; message: string; retryable?: boolean } = CATALOGUE[code];
  return `| \`${code}\` | ${message} | ${String(status)} | ${retryable === true ? 'yes' : 'no'} | ${level} |`;
}
