import type { ArrayElement } from './array-literal.js';
import { arrayLiteral } from './array-literal.js';
import type { SqlValue, Tx } from './tx.js';

export type ColumnType =
  'uuid' | 'text' | 'bigint' | 'int' | 'boolean' | 'timestamptz' | 'date' | 'numeric' | 'bytea' | 'jsonb' | 'text[]' | 'bigint[]';

/** Of each column its type and its value in a row. A `jsonb` is given as a plain value. */
export type Columns<Row> = Readonly<Record<string, readonly [type: ColumnType, of: (row: Row) => unknown]>>;

/**
 * One statement for any number of rows of a table: each column travels as one array, jsonb as one JSON text. `ending` is what follows the
 * SELECT (ON CONFLICT, RETURNING). Rows are inserted in their order.
 */
export class RowsInsert<Row> {
  private readonly sql: string;
  private readonly columns: readonly (readonly [type: ColumnType, of: (row: Row) => unknown])[];

  constructor(table: string, columns: Columns<Row>, ending = '') {
    // Functions that zip: all plain columns are one unnest, every jsonb column is a function of its own.
    const named = Object.entries(columns);
    const plain = named.filter(([, [type]]) => type !== 'jsonb');
    const json = named.filter(([, [type]]) => type === 'jsonb');
    const ordered = [...plain, ...json];
    this.columns = ordered.map(([, column]) => column);
    const arrays = plain.map(([, [type]], i) => `$${i + 1}::${carriedAs(type)}[]`);
    const functions = [`unnest(${arrays.join(', ')})`, ...json.map((_, i) => `jsonb_array_elements($${plain.length + i + 1}::jsonb)`)];
    const names = ordered.map(([name]) => name).join(', ');
    const values = ordered.map(([name, [type]]) => (carriedAs(type) === type ? name : `${name}::${type}`)).join(', ');
    this.sql = `INSERT INTO ${table} (${names}) SELECT ${values} FROM ROWS FROM (${functions.join(', ')}) AS given(${names}) ${ending}`;
  }

  async insert<Returned = never>(tx: Tx, rows: readonly Row[]): Promise<Returned[]> {
    if (rows.length === 0) return [];
    const parameters = this.columns.map(([type, of]): SqlValue => {
      const values = rows.map(of);
      if (type === 'jsonb') return JSON.stringify(values);
      if (carriedAs(type) === type) return arrayLiteral(values as ArrayElement[]);
      return arrayLiteral((values as ArrayElement[][]).map(arrayLiteral));
    });
    return tx.query<Returned>(this.sql, parameters);
  }
}

/** Arrays of arrays must be rectangular: an array in a row travels as its text. */
function carriedAs(type: ColumnType): ColumnType {
  return type.endsWith('[]') ? 'text' : type;
}
