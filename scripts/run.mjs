// npm start, npm test, npm run demo, schema, vocabularies, rotate-keys: install what is missing, build what is stale, then do it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { become, build, giveUp, install, requireNode, ROOT } from './prepare.mjs';
import { runSuites, writeGenerated, writeVocabularies } from './suites.mjs';

const [command, ...args] = process.argv.slice(2);

const COMMANDS = {
  start() {
    build();
    become('dist/src/main.js', args);
  },
  'rotate-keys'() {
    build();
    become('dist/src/rotate-keys.js', args);
  },
  demo() {
    if (!existsSync(join(ROOT, 'demo', 'main.ts'))) giveUp('This version has no demo.');
    build();
    become('dist/demo/main.js', args);
  },
  async test() {
    // The journeys run the command itself, from dist.
    build();
    process.exitCode = await runSuites(args);
  },
  async schema() {
    process.exitCode = await writeGenerated();
  },
  async vocabularies() {
    process.exitCode = await writeVocabularies();
  },
};

requireNode();
if (!Object.hasOwn(COMMANDS, command ?? '')) giveUp(`Say one of: ${Object.keys(COMMANDS).join(', ')}.`);
install();
await COMMANDS[command]();
