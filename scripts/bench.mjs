// npm run bench -- NAME [--smoke]: builds what is stale and runs bench/NAME.ts. Without a name it says which there are. With --smoke a
// benchmark asserts what came out and not how long it took: that is what a busy machine can promise.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { become, build, giveUp, install, requireNode, ROOT } from './prepare.mjs';

const FOLDER = join(ROOT, 'bench');
const [name, ...flags] = process.argv.slice(2);

requireNode();
const names = benchmarks();
if (!names.includes(name) || flags.some((flag) => flag !== '--smoke')) {
  giveUp(`Say npm run bench -- NAME [--smoke]; NAME is one of: ${names.join(', ')}.`);
}
install();
build();
become('dist/bench/main.js', [name, ...flags]);

/** A benchmark exports `run`; the other files of the folder are what they share. */
function benchmarks() {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts') && readFileSync(join(FOLDER, file), 'utf8').includes('\nexport const run: Benchmark'))
    .map((file) => file.slice(0, -'.ts'.length));
}
