// npm run check: everything that can be said about the code without starting a service. Two at a time, for two cores; what failed is told last.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bin, install, requireNode, ROOT, say } from './prepare.mjs';

const CACHE = 'node_modules/.cache';
const FOLDERS = ['src', 'migrations', 'demo', 'test', 'scripts', 'bench'];
const LANES = 2;

requireNode();
install();

const folders = FOLDERS.filter((folder) => existsSync(join(ROOT, folder)));
const drawn = ['src', 'demo'].filter((folder) => existsSync(join(ROOT, folder)));
const STEPS = [
  // The longest first, so that the lanes end together.
  [
    'unit and tidy tests',
    bin('jest', 'jest'),
    ['--selectProjects', 'unit', 'tidy', '--maxWorkers', '1', '--silent', '--reporters', 'default'],
  ],
  [
    'eslint',
    bin('eslint', 'eslint'),
    [
      ...folders,
      '*.js',
      '*.cjs',
      '.*.cjs',
      '--max-warnings',
      '0',
      '--cache',
      '--cache-location',
      `${CACHE}/eslint/`,
      '--cache-strategy',
      'content',
    ],
  ],
  ['tsc', bin('typescript', 'tsc'), ['--project', '.', '--pretty', 'false']],
  ['dependency-cruiser', bin('dependency-cruiser', 'depcruise'), [...drawn, '--config', '.dependency-cruiser.cjs']],
  ['prettier', bin('prettier', 'prettier'), ['--check', '.', '--log-level', 'warn', '--cache', '--cache-strategy', 'content']],
];

const startedMs = Date.now();
const waiting = [...STEPS];
const failed = [];
await Promise.all(
  Array.from({ length: LANES }, async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) await take(...step);
  }),
);

async function take(name, file, args) {
  const stepMs = Date.now();
  const { code, output } = await run(file, args);
  say(`${code === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(22)} ${seconds(stepMs)}`);
  if (code !== 0) failed.push({ name, output });
}

function run(file, args) {
  const env = {
    ...process.env,
    NODE_OPTIONS: [process.env.NODE_OPTIONS, '--experimental-vm-modules', '--disable-warning=ExperimentalWarning']
      .filter(Boolean)
      .join(' '),
  };
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [file, ...args], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

function seconds(sinceMs) {
  return `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;
}

for (const { name, output } of failed) say(`\n── ${name} ──\n${output.trim()}`);
say(`\n${failed.length === 0 ? 'All checks passed' : `Failed: ${failed.map(({ name }) => name).join(', ')}`} (${seconds(startedMs)}).`);
process.exitCode = failed.length === 0 ? 0 : 1;
