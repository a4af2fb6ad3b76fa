/**
 * JSON (RFC 8259) written without losing digits: the counterpart of exact-json.ts. JSON.stringify would write an exact number as a string, because
 * whoever reads it might lose its digits; here the number is written as the number it came as.
 */
import { ExactNumber } from './exact-json.js';

/** One JSON text, compact. Takes what JSON.stringify takes, and exact numbers; absent values of objects are left out. */
export function writeExactJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return list(value);
  const object = value as Readonly<Record<string, unknown>>;
  let fields = '';
  for (const key of Object.keys(object)) {
    const field = object[key];
    if (field === undefined) continue;
    fields += `${fields === '' ? '' : ','}${quoted(key)}:${writeExactJson(field)}`;
  }
  return `{${fields}}`;
}

function list(values: readonly unknown[]): string {
  let entries = '';
  for (const value of values) entries += `${entries === '' ? '' : ','}${value === undefined ? 'null' : writeExactJson(value)}`;
  return `[${entries}]`;
}

/** Nothing to escape: the rule, and many times faster than asking. */
const PLAIN = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}
