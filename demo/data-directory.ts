import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const MARKER = 'THIS-IS-A-DEMO';

/**
 * An empty folder for one run. What an earlier demo left there is deleted, and nothing else: a folder without the demo's own marker may be
 * somebody's season. Throws with a sentence for the operator.
 */
export async function freshDataDirectory(path: string): Promise<void> {
  if (existsSync(path) && (await readdir(path)).length > 0) {
    const marker = join(path, MARKER);
    if (!existsSync(marker)) {
      throw new Error(`${path} is not empty, and no demo made it: set DEMO_DATA_DIR to another folder, or empty it yourself.`);
    }
    const pid = Number((await readFile(marker, 'utf8')).trim());
    if (Number.isInteger(pid) && pid > 0 && isAlive(pid)) {
      throw new Error(`An earlier demo (process ${String(pid)}) still works in ${path}: stop it, or set DEMO_DATA_DIR to another folder.`);
    }
    await rm(path, { recursive: true, force: true });
  }
  await mkdir(path, { recursive: true });
  await writeFile(join(path, MARKER), '');
}

/** Who works in it: the platform's process, or null when it has ended. */
export async function claimDataDirectory(path: string, pid: number | null): Promise<void> {
  await writeFile(join(path, MARKER), pid === null ? '' : `${String(pid)}\n`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
