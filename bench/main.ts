import { arch, cpus, platform, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Benchmark } from './support.js';

/** Runs one benchmark: `dist/bench/main.js NAME [--smoke]`. Its file NAME.ts exports `run`. */
async function main([name, ...flags]: readonly string[]): Promise<void> {
  if (name === undefined || !/^[a-z][a-z-]*$/.test(name)) throw new Error('Which benchmark?');
  const { run } = (await import(`./${name}.js`)) as { run: Benchmark };
  const [cpu] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  process.stdout.write(
    `${name} on ${String(cpus().length)} × ${cpu?.model ?? arch()}, ${String(gigabytes)} GB, ${platform()}, Node ${process.versions.node}\n`,
  );
  await run({ smoke: flags.includes('--smoke') });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(process.argv.slice(2)).then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\nThe benchmark has failed.\n`);
      process.exit(1);
    },
  );
}
