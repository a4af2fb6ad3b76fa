/**
 * JSON (RFC 8259) written without losing digits: the counterpart of exact-json.ts. JSON.stringify would write an exact number as a string, because
 * whoever reads it might lose its digits; here the number is written as the number it came as.
 */
import { ExactNumber } from './exact-json.js';

/** One JSON text, compact. Takes what JSON.stringify takes, and exact numbers; absent values of objects are left out. */
export function writeExactJson(value: unknown): string {
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map((entry) => (entry === undefined ? 'null' : writeExactJson(entry))).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  let text = '';
  for (const [key, entry] of Object.entries(value)) {
    if (entry === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${writeExactJson(entry)}`;
  }
  return `{${text}}`;
}
