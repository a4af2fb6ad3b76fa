import { DomainError } from '../../core/kernel/errors.js';

/** What was said in an optional text: its ends trimmed, null where nothing is left. Throws BAD_INPUT where it is too long to be one. */
export function said(text: string | null | undefined, lengthMax: number, path: readonly string[]): string | null {
  const trimmed = text?.trim() ?? '';
  // PostgreSQL keeps no U+0000.
  if (trimmed.length > lengthMax || trimmed.includes('\u0000')) {
    throw new DomainError('BAD_INPUT', { expected: `a text of at most ${String(lengthMax)} characters` }, path);
  }
  return trimmed === '' ? null : trimmed;
}
