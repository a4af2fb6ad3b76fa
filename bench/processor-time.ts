import { readdir, readFile } from 'node:fs/promises';

/** Linux counts processor time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

export interface ProcessorTime {
  /** Seconds that the process itself has used, in user and kernel mode. */
  readonly own: number;
  /** Seconds that its descendants have used: of the platform, the embedded PostgreSQL. */
  readonly descendants: number;
}

/** What a process and those below it have used so far; null where the system does not tell (no /proc). */
export async function processorTime(pid: number): Promise<ProcessorTime | null> {
  const processes = await Promise.all((await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(processOf));
  const known = processes.filter((one) => one !== null);
  const own = known.find((one) => one.pid === pid);
  if (!own) return null;
  const below = new Set([pid]);
  for (let grown = true; grown;) {
    const before = below.size;
    for (const one of known) if (below.has(one.parent)) below.add(one.pid);
    grown = below.size > before;
  }
  const descendants = known.filter((one) => one.pid !== pid && below.has(one.pid)).reduce((sum, one) => sum + one.seconds, 0);
  return { own: own.seconds, descendants };
}

async function processOf(pid: string): Promise<{ pid: number; parent: number; seconds: number } | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // Behind the name, which may hold anything: state, parent, … the eleventh and twelfth are ticks in user and kernel mode.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (!fields) return null;
  return { pid: Number(pid), parent: Number(fields[1]), seconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND };
}
