import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const FILE = 'owner';

/**
 * Says that this process works on the directory. Two platforms on one DATA_DIR would each end the other's PostgreSQL as a leftover. A claim
 * outlives a kill -9, so it counts only while the process that made it lives. Throws with a sentence for the operator.
 */
export async function claimDirectory(directory: string): Promise<void> {
  const file = join(directory, FILE);
  const [pid = '', startedAt = ''] = (await readFile(file, 'utf8').catch(() => '')).trim().split(' ');
  if (/^\d+$/.test(pid) && Number(pid) !== process.pid && isAlive(Number(pid)) && (await startOf(Number(pid))) === startedAt) {
    throw new Error(
      `${dirname(directory)} is in use by a platform that runs (process ${pid}): set DATA_DIR to another folder, or end that one first. If it is no platform, delete ${file}.`,
    );
  }
  await writeFile(file, `${String(process.pid)} ${await startOf(process.pid)}\n`);
}

export async function releaseDirectory(directory: string): Promise<void> {
  await rm(join(directory, FILE), { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Process ids are given again, start times are not: clock ticks since boot. '-' where there is no /proc (macOS). */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => '');
  // The name of the program, in brackets, may have spaces; the start time is the 20th value behind it.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '-';
}
