import type { ApolloServerPlugin } from '@apollo/server';
import type { DocumentNode } from 'graphql';
import { BREAK, GraphQLError, Kind, visit } from 'graphql';

/** How deep an input may nest; the deepest of ours, a MultiPolygon in an item of `capture`, needs nine. */
export const INPUT_DEPTH_MAX = 32;

/**
 * Looks through what a request brings, before anything is asked of it: a text with U+0000 or half a surrogate pair is one that PostgreSQL
 * cannot keep, and a value that nests without end is one that nobody can walk. Here, once, instead of beside every String of the schema.
 */
export const refuseUnstorableInput: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation: ({ request, document }) => {
        const problem = problemOfInput(request.variables, document);
        if (problem === null) return Promise.resolve();
        throw new GraphQLError(problem, { extensions: { code: 'BAD_INPUT', http: { status: 400 } } });
      },
    }),
};

/** What is wrong with the variables and literals of a request, as a sentence; null where nothing is. */
export function problemOfInput(variables: unknown, document: DocumentNode): string | null {
  return problemOf(variables, 0) ?? problemOfLiterals(document);
}

const TOO_DEEP = `Input nests at most ${String(INPUT_DEPTH_MAX)} levels deep.`;
const NO_TEXT = 'A text has no U+0000 and no unpaired surrogates.';
const HALF_A_PAIR = /\p{Surrogate}/u;

function isText(text: string): boolean {
  return !text.includes('\u0000') && !HALF_A_PAIR.test(text);
}

function problemOf(value: unknown, depth: number): string | null {
  if (typeof value === 'string') return isText(value) ? null : NO_TEXT;
  if (typeof value !== 'object' || value === null) return null;
  if (depth > INPUT_DEPTH_MAX) return TOO_DEEP;
  for (const [key, entry] of Object.entries(value)) {
    const problem = isText(key) ? problemOf(entry, depth + 1) : NO_TEXT;
    if (problem !== null) return problem;
  }
  return null;
}

function problemOfLiterals(document: DocumentNode): string | null {
  let problem: string | null = null;
  let depth = 0;
  visit(document, {
    enter(node) {
      if (node.kind === Kind.LIST || node.kind === Kind.OBJECT) depth += 1;
      if (depth > INPUT_DEPTH_MAX) problem = TOO_DEEP;
      if (node.kind === Kind.STRING && !isText(node.value)) problem = NO_TEXT;
      return problem === null ? undefined : BREAK;
    },
    leave(node) {
      if (node.kind === Kind.LIST || node.kind === Kind.OBJECT) depth -= 1;
    },
  });
  return problem;
}
