import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const KEY_BYTES = 32;

/** The key file `name` under DATA_DIR/keys: made at the first start, readable by its owner only, never made again over an existing one. */
export async function keyOf(dataDir: string, name: string): Promise<Buffer> {
  const directory = join(dataDir, 'keys');
  const file = join(directory, name);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  try {
    await writeFile(file, randomBytes(KEY_BYTES).toString('hex') + '\n', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const key = Buffer.from((await readFile(file, 'utf8')).trim(), 'hex');
  if (key.length !== KEY_BYTES) throw new Error(`The key file ${file} is damaged: ${String(KEY_BYTES)} bytes in hexadecimal are expected.`);
  return key;
}
