/** What an array of a parameter may hold. */
export type ArrayElement = string | number | bigint | boolean | Date | Uint8Array | null | readonly ArrayElement[];

const SPECIAL = /["\\]/;

/**
 * PostgreSQL's text form of an array (8.15.2): `{"a",1,NULL}`. Written here because the driver's own way, value by value through regular
 * expressions, was the largest part of what a set-based insert cost this process.
 */
export function arrayLiteral(values: readonly ArrayElement[]): string {
  let text = '{';
  for (let i = 0; i < values.length; i += 1) {
    if (i > 0) text += ',';
    text += elementLiteral(values[i] ?? null);
  }
  return `${text}}`;
}

function elementLiteral(value: ArrayElement): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return SPECIAL.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : `"${value}"`;
  if (typeof value !== 'object') return String(value);
  if (value instanceof Date) return `"${value.toISOString()}"`;
  if (value instanceof Uint8Array) return `"\\\\x${Buffer.from(value).toString('hex')}"`;
  return arrayLiteral(value);
}
