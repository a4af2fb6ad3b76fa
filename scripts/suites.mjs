// Runs the suites of jest.config.js and says plainly what ran, what was left out, and why.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { bin, ROOT, say } from './prepare.mjs';

const SUITES = ['unit', 'tidy', 'conformance', 'integration', 'e2e', 'browser'];
const OMISSIONS_TOLD_MAX = 40;
const isSet = (name) => !['', '0', 'false'].includes(process.env[name] ?? '');

/** Jest under Node's ES modules; resolves to its exit code. */
export function jest(args, env = {}) {
  const options = [process.env.NODE_OPTIONS, '--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin('jest', 'jest'), ...args], {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, NODE_OPTIONS: options.filter(Boolean).join(' '), ...env },
    });
    // Ctrl-C reaches Jest through the terminal; a signal to this process alone would not.
    process.once('SIGTERM', () => child.kill('SIGTERM'));
    process.on('SIGINT', () => undefined);
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** All suites, or what Jest's own arguments choose. The last line is the sum; the answer is the exit code. */
export async function runSuites(args) {
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-report-'));
  try {
    const file = join(folder, 'report.json');
    const code = await jest(['--json', `--outputFile=${file}`, ...args]);
    const report = read(file);
    if (!report) {
      say('Jest wrote no report: it broke before the end.');
      say('0 passed, 1 failed, 0 skipped');
      return code || 1;
    }
    return tell(summarise(report), args) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function summarise(report) {
  const suites = Object.fromEntries(SUITES.map((name) => [name, { files: 0, passed: 0, failed: 0, skipped: 0 }]));
  const failures = [];
  const omissions = [];
  for (const { name: path, status, assertionResults } of report.testResults) {
    const file = relative(ROOT, path).split(sep).join('/');
    const suite = suites[suiteOf(file)];
    suite.files += 1;
    // A file that cannot be loaded, or whose afterAll throws, has no failed test of its own.
    if (status === 'failed' && assertionResults.every((test) => test.status !== 'failed')) {
      suite.failed += 1;
      failures.push(`${file}: the file itself`);
    }
    for (const test of assertionResults) {
      if (test.status === 'passed') suite.passed += 1;
      else if (test.status === 'failed') {
        suite.failed += 1;
        failures.push(`${file}: ${test.fullName}`);
      } else {
        suite.skipped += 1;
        omissions.push(`${file}: ${test.fullName}`);
      }
    }
  }
  return { suites, failures, omissions };
}

function suiteOf(file) {
  if (file.startsWith('src/')) return 'unit';
  return SUITES.find((name) => file.startsWith(`test/${name}/`)) ?? 'tidy';
}

/** Prints the account; true where the run counts as green. */
function tell({ suites, failures, omissions }, args) {
  say('\nWhat ran');
  for (const [name, { files, passed, failed, skipped }] of Object.entries(suites)) {
    if (files > 0) say(`  ${name.padEnd(12)} ${count(files, 'file')}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  }
  const idle = SUITES.filter((name) => suites[name].files === 0);
  say('What was left out');
  for (const name of idle) say(`  ${name.padEnd(12)} ${args.length > 0 ? `not chosen by: ${args.join(' ')}` : 'has no test file yet'}`);
  for (const omission of omissions.slice(0, OMISSIONS_TOLD_MAX)) say(`  ${omission}`);
  if (omissions.length > OMISSIONS_TOLD_MAX) say(`  and ${omissions.length - OMISSIONS_TOLD_MAX} more tests`);
  // A suite run by itself is a person's choice, not an omission.
  if (idle.length + omissions.length === 0) say('  nothing');
  if (failures.length > 0) {
    say('What failed');
    for (const failure of failures) say(`  ${failure}`);
  }
  const sum = (key) => Object.values(suites).reduce((total, suite) => total + suite[key], 0);
  const incomplete = isSet('CI') && sum('skipped') > 0;
  if (incomplete) say('With CI set, what is skipped counts as a failure of the run.');
  say(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
  return sum('failed') === 0 && sum('passed') > 0 && !incomplete;
}

const count = (n, word) => `${n} ${word}${n === 1 ? '' : 's'}`;

/** Writes schema.graphql, docs/errors.md and docs/contract.md anew; their own tests do it, the last from the first. */
export async function writeGenerated() {
  return (await writeBy('tidy', 'tidy')) || writeBy('conformance', 'contract');
}

/** Writes the lists of core that are made of the standards (needs CONFORMANCE_DIR). */
export async function writeVocabularies() {
  return writeBy('conformance', 'vocabularies', { CONFORMANCE_REQUIRED: '1' });
}

function writeBy(suite, file, env = {}) {
  const args = ['--selectProjects', suite, '--testPathPatterns', file, '--testNamePattern', 'is current'];
  return jest(args, { UPDATE_GENERATED: '1', ...env });
}
