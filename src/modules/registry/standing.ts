/**
 * The rule of core/registry/as-of.ts, in SQL: conditions on a table of dated facts, for a row of it named `fact`. `seq` and `day` are the
 * placeholders of the statement. With the index on `supersedes` each costs one look-up a row.
 */

/** The fact stood at `seq`. */
export function standingSql(table: string, fact: string, seq: string): string {
  return `${fact}.seq <= ${seq} AND NOT ${fact}.retraction
    AND NOT EXISTS (SELECT FROM ${table} AS later WHERE later.supersedes = ${fact}.id AND later.seq <= ${seq})`;
}

/** The fact held on `day`, as it stood at `seq`. */
export function holdingSql(table: string, fact: string, { day, seq }: { readonly day: string; readonly seq: string }): string {
  return `${fact}.valid_from <= ${day} AND (${fact}.valid_to IS NULL OR ${day} < ${fact}.valid_to) AND ${standingSql(table, fact, seq)}`;
}

/** What follows SELECT DISTINCT ON (subject) … ORDER BY subject: of the facts that hold, the one in force. */
export function inForceOrder(fact: string): string {
  return `${fact}.valid_from DESC, ${fact}.seq DESC, ${fact}.id DESC`;
}
