import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KEY_BYTES } from './envelope.js';

/** Keys that may stand in one file while one takes over from another. */
export const KEYS_IN_FILE_MAX = 10;

/** The key file `name` under DATA_DIR/keys: made at the first start, readable by its owner only, never made again over an existing one. */
export async function keyFileOf(dataDir: string, name: string): Promise<string> {
  const directory = join(dataDir, 'keys');
  const file = join(directory, name);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  try {
    await writeFile(file, randomBytes(KEY_BYTES).toString('hex') + '\n', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return file;
}

/** The key in a file. Throws with a sentence that names the file and never what stands in it. */
export async function keyIn(file: string): Promise<Buffer> {
  const [key, ...others] = await keysIn(file);
  if (!key || others.length > 0) throw damaged(file, 'one key is expected');
  return key;
}

/** The keys in a file, one a line. Throws likewise. */
export async function keysIn(file: string): Promise<Buffer[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`The key file ${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`);
  });
  const lines = text.split('\n').flatMap((line) => line.trim() || []);
  const isKey = (hex: string): boolean => /^[0-9a-f]*$/i.test(hex) && hex.length === 2 * KEY_BYTES;
  if (lines.length === 0 || !lines.every(isKey)) throw damaged(file, `${String(KEY_BYTES)} bytes in hexadecimal are expected`);
  if (lines.length > KEYS_IN_FILE_MAX) throw damaged(file, `at most ${String(KEYS_IN_FILE_MAX)} keys are expected`);
  return lines.map((hex) => Buffer.from(hex, 'hex'));
}

function damaged(file: string, expected: string): Error {
  return new Error(`The key file ${file} is damaged: ${expected}.`);
}
