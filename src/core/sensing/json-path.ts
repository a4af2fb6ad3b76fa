/**
 * The part of JSONPath (RFC 9535) that a mapping may use: the root `$`, members (`.name`, `['any name']`) and indexes (`[0]`, `[-1]`). Each path
 * leads to one place or to none: wildcards, slices, filters and functions would make it a program, and a device model is configuration.
 */
import { DomainError } from '../kernel/errors.js';
import type { ExactJson } from '../kernel/exact-json.js';
import { isExactArray, isExactObject } from '../kernel/exact-json.js';

export type JsonPath = readonly (string | number)[];

export const JSON_PATH_LENGTH_MAX = 256;
const STEP = /\.([\p{L}_][\p{L}\p{N}_-]*)|\[(-?\d{1,6})\]|\['((?:[^'\\]|\\['\\])*)'\]|\["((?:[^"\\]|\\["\\])*)"\]/uy;

/** Reads "$.soil['water %'][0]". Throws BAD_INPUT. */
export function parseJsonPath(text: string): JsonPath {
  const path: (string | number)[] = [];
  let at = 1;
  const isPath = text.startsWith('$') && text.length <= JSON_PATH_LENGTH_MAX;
  while (isPath && at < text.length) {
    STEP.lastIndex = at;
    const [, name, index, single, double] = STEP.exec(text) ?? [];
    if (STEP.lastIndex === 0) break;
    path.push(index !== undefined ? Number(index) : (name ?? (single ?? double ?? '').replace(/\\(.)/g, '$1')));
    at = STEP.lastIndex;
  }
  if (!isPath || at < text.length) {
    throw new DomainError('BAD_INPUT', { expected: "a path of members and indexes, such as $.soil['water'][0]", found: text.slice(0, 64) });
  }
  return path;
}

/** What stands there; undefined where nothing does. */
export function valueAt(value: ExactJson, path: JsonPath): ExactJson | undefined {
  let found: ExactJson | undefined = value;
  for (const step of path) {
    if (typeof step === 'number') found = isExactArray(found) ? found.at(step) : undefined;
    else found = isExactObject(found) ? found[step] : undefined;
  }
  return found;
}
