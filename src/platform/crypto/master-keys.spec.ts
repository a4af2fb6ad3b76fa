import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newKey, SealBroken } from './envelope.js';
import { KEYS_IN_FILE_MAX } from './keys.js';
import { fingerprint, MasterKeys } from './master-keys.js';

let folder: string;
let file: string;
const [first, second] = [newKey(), newKey()];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sheaf-keys-'));
  file = join(folder, 'vault.key');
  await writeFile(file, `${first.toString('hex')}\n`);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const HOUSEHOLD = '0197a000-0000-7000-8000-000000000001';

describe('master keys', () => {
  it('wrap a data key for one subject, and for no other', async () => {
    const masters = await MasterKeys.read(file);
    const dataKey = newKey();
    const wrapped = masters.wrap(HOUSEHOLD, dataKey, masters.firstId);
    expect(masters.unwrap(wrapped).equals(dataKey)).toBe(true);
    expect(() => masters.unwrap({ ...wrapped, subjectId: HOUSEHOLD.replace(/1$/, '2') })).toThrow(SealBroken);
    expect(wrapped.wrapped.includes(dataKey)).toBe(false);
  });

  it('are read again when one turns up that was not in the file', async () => {
    const masters = await MasterKeys.read(file);
    const id = fingerprint(second);
    await expect(masters.require([id])).rejects.toThrow(`${file} lacks the master key ${id}`);
    await appendFile(file, `\n  ${second.toString('hex').toUpperCase()}\n\n`);
    await masters.require([masters.firstId, id]);
    expect([masters.has(id), masters.firstId]).toEqual([true, fingerprint(first)]);
  });

  it('are at most so many in one file, and at least one', async () => {
    await writeFile(file, '\n');
    await expect(MasterKeys.read(file)).rejects.toThrow('is damaged');
    await writeFile(file, Array.from({ length: KEYS_IN_FILE_MAX + 1 }, () => newKey().toString('hex')).join('\n'));
    await expect(MasterKeys.read(file)).rejects.toThrow(`at most ${String(KEYS_IN_FILE_MAX)} keys`);
  });
});
