import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const DEMO = fileURLToPath(new URL('../../dist/demo/main.js', import.meta.url));
const DEMO_MS_MAX = 240_000;

interface Run {
  readonly code: number | null;
  readonly said: string;
  readonly complained: string;
}

/** The compiled demo, as `npm run demo` runs it, ending after the story. */
async function runDemo(dataDir: string): Promise<Run> {
  const env = { ...process.env, DEMO_EXIT: '1', DEMO_DATA_DIR: dataDir, PORT: '0', MQTT_PORT: '0' };
  const child = spawn(process.execPath, [DEMO], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [said, complained] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (complained += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, said, complained };
}

/** The story's tables: the net amount of a line, the rows under it, and what the table itself says they come to; in fen. */
function tablesOf(said: string): { net: number; rows: number[]; together: number }[] {
  const fen = (amount: string | undefined): number => Math.round(Number(amount) * 100);
  return said
    .split(/^ {4}net of tax and coupon: /m)
    .slice(1)
    .map((text) => {
      const [head = '', rest = ''] = text.split(/^ {4}─+ ─+$/m);
      const [first = '', ...rows] = head.trimEnd().split('\n');
      return {
        net: fen(/^(-?\d+\.\d{2}) CNY/.exec(first)?.[1]),
        rows: rows.map((row) => fen(/ (-?\d+\.\d{2})(?: {3}to be|$)/.exec(row)?.[1])),
        together: fen(/ (-?\d+\.\d{2})$/m.exec(rest)?.[1]),
      };
    });
}

let folder: string;

beforeAll(async () => {
  if (!existsSync(DEMO)) throw new Error('dist/demo/main.js is missing: npm test builds before it runs; by hand, npm run build.');
  folder = await mkdtemp(join(tmpdir(), 'sheaf-demo-'));
  // Started by root, the embedded PostgreSQL runs as another user, who must get in.
  await chmod(folder, 0o755);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('npm run demo', () => {
  it(
    'drives a fresh world through the public doors and tells a story whose figures add up',
    async () => {
      const { code, said, complained } = await runDemo(join(folder, 'world'));
      expect({ code, complained }).toEqual({ code: 0, complained: '' });
      expect(said).toContain('household / cooperative / mill: 4 / 1 / 5');
      const tables = tablesOf(said);
      expect(tables.length).toBeGreaterThanOrEqual(2);
      for (const { net, rows, together } of tables) {
        expect(rows.length).toBeGreaterThanOrEqual(3);
        expect(rows.reduce((sum, row) => sum + row, 0)).toBe(net);
        expect(together).toBe(net);
      }
      expect(said).toMatch(/reached households registered as poor: \d+\.\d{2} \(between \d+\.\d % and \d+\.\d %\)/);
      expect(said).toMatch(/http:\/\/localhost:\d+\/01\/\d{14}\/10\/\S+\n {2}█/);
    },
    DEMO_MS_MAX,
  );

  it('leaves a folder alone that no demo has made', async () => {
    const dataDir = join(folder, 'somebody-else');
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'season.csv'), 'kept');
    const { code, complained } = await runDemo(dataDir);
    expect(code).toBe(1);
    expect(complained).toContain('DEMO_DATA_DIR');
    expect(await readFile(join(dataDir, 'season.csv'), 'utf8')).toBe('kept');
  });
});
