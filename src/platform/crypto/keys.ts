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
  return keyIn(file);
}

/** The key in a file of the operator's. Throws with a sentence that names the file and never what stands in it. */
export async function keyIn(file: string): Promise<Buffer> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`The key file ${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`);
  });
  const hex = text.trim();
  if (!/^[0-9a-f]*$/i.test(hex) || hex.length !== 2 * KEY_BYTES) {
    throw new Error(`The key file ${file} is damaged: ${String(KEY_BYTES)} bytes in hexadecimal are expected.`);
  }
  return Buffer.from(hex, 'hex');
}
