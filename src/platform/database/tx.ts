import type { EntityManager } from 'typeorm';
import type { ArrayElement } from './array-literal.js';
import { arrayLiteral } from './array-literal.js';

/** What may be sent as a parameter of a statement. Bigints travel as text. */
export type SqlValue =
  string | number | bigint | boolean | Date | Uint8Array | null | readonly ArrayElement[] | { readonly [key: string]: unknown };

/**
 * The transaction as a value: the first argument of every repository method, and the only way to the database. Work for after the commit
 * (raising jobs, answering a publish) is handed to `afterCommit`, so that nothing is announced that may yet be rolled back.
 */
export class Tx {
  private readonly afterCommits: (() => Promise<void> | void)[] = [];

  constructor(readonly manager: EntityManager) {}

  /** Runs one statement and gives its rows. */
  async query<Row = Record<string, unknown>>(sql: string, parameters: readonly SqlValue[] = []): Promise<Row[]> {
    const result: unknown = await this.manager.query(sql, parameters.map(wire));
    // TypeORM answers UPDATE and DELETE … RETURNING with [rows, count], everything else with the rows.
    if (Array.isArray(result) && result.length === 2 && Array.isArray(result[0]) && typeof result[1] === 'number')
      return result[0] as Row[];
    return (result ?? []) as Row[];
  }

  /** The first row, or null. */
  async first<Row = Record<string, unknown>>(sql: string, parameters: readonly SqlValue[] = []): Promise<Row | null> {
    return (await this.query<Row>(sql, parameters))[0] ?? null;
  }

  afterCommit(work: () => Promise<void> | void): void {
    this.afterCommits.push(work);
  }

  async runAfterCommits(): Promise<void> {
    for (const work of this.afterCommits) await work();
  }
}

/** As `pg` is given it. */
export function wire(value: SqlValue): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return arrayLiteral(value as ArrayElement[]);
  return value;
}
