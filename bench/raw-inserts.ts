import pg from 'pg';

/** What one delivery is stored as, beside its lot's holding and the journal of its group; and how a row finds its delivery. */
const TABLES = {
  supply_events: 't.id = d.event_id',
  steps: 't.id = d.step_id',
  step_outputs: 't.step_id = d.step_id',
  deliveries: 't.id = d.id',
  payments: 't.cause_id = d.id',
  client_requests: 't.id = d.id',
} as const;

interface Statement {
  readonly sql: string;
  readonly columns: string[];
}

/**
 * How many deliveries a second the database takes when somebody hands it the finished rows: the rows that the platform has stored, in groups of
 * `groupSize`, one statement a table and one commit a group, into tables with the same columns, checks and indexes (and no foreign keys or
 * triggers: less work than the platform's own). Nothing is looked up, checked, hashed or locked.
 */
export async function rawInsertsPerSecond(databaseUrl: string, groupSize: number, groups: number): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('CREATE SCHEMA raw');
    const columns = new Map<string, string[]>();
    const inserts = new Map<string, string>();
    for (const table of Object.keys(TABLES)) {
      await client.query(`CREATE TABLE raw.${table} (LIKE public.${table} INCLUDING ALL)`);
      const { rows } = await client.query<{ name: string; type: string }>(
        `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
         WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = '' ORDER BY attnum`,
        [`public.${table}`],
      );
      columns.set(
        table,
        rows.map(({ name }) => name),
      );
      const names = rows.map(({ name }) => name).join(', ');
      const values = rows.map(({ name, type }) => `${name}::${type}`).join(', ');
      const arrays = rows.map((_, i) => `$${String(i + 1)}::text[]`).join(', ');
      inserts.set(table, `INSERT INTO raw.${table} (${names}) SELECT ${values} FROM unnest(${arrays}) AS given(${names})`);
    }
    const prepared: Statement[][] = [];
    for (let group = 0; group < groups; group += 1) {
      const statements: Statement[] = [];
      for (const [table, condition] of Object.entries(TABLES)) {
        const aggregates = (columns.get(table) ?? []).map((name) => `array_agg(t.${name}::text)::text`).join(', ');
        const { rows } = await client.query<string[]>({
          text: `WITH d AS (SELECT id, step_id, event_id FROM deliveries ORDER BY recorded_at, id LIMIT ${String(groupSize)} OFFSET ${String(group * groupSize)})
                 SELECT ${aggregates} FROM d JOIN ${table} t ON ${condition}`,
          rowMode: 'array',
        });
        const [row] = rows;
        if (row?.[0] == null) throw new Error(`Too few rows of ${table} for ${String(groups)} groups of ${String(groupSize)}.`);
        statements.push({ sql: inserts.get(table) ?? '', columns: row });
      }
      prepared.push(statements);
    }
    await client.query('CHECKPOINT');
    const startedMs = performance.now();
    for (const statements of prepared) {
      await client.query('BEGIN');
      for (const { sql, columns: parameters } of statements) await client.query(sql, parameters);
      await client.query('COMMIT');
    }
    const seconds = (performance.now() - startedMs) / 1_000;
    const { rows: counted } = await client.query<{ n: string }>('SELECT count(*) AS n FROM raw.deliveries');
    if (Number(counted[0]?.n) !== groupSize * groups) throw new Error('The raw inserts did not insert what they should.');
    return (groupSize * groups) / seconds;
  } finally {
    await client.end();
  }
}
