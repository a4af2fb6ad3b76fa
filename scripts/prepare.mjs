// What every command needs before it can begin: the right Node, the installed packages, a current build. Without dependencies, because this
// is what installs them; and in words that an old Node can still read, because this is what refuses it.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

const NODE_VERSION_MIN = [20, 19];
const SOURCES = ['src', 'migrations', 'demo', 'bench', 'ladders.json', '.swcrc', 'nest-cli.json', 'package-lock.json'];
const BUILT = join(ROOT, 'dist', '.built');

/** A call's objects live for one group commit: with little room for the young ones, a fifth of the time went into copying them. As in Dockerfile. */
const NODE_FLAGS = ['--enable-source-maps', '--max-semi-space-size=64'];

export const say = (line) => process.stdout.write(`${line}\n`);

/** Ends the command with one sentence for a person. */
export function giveUp(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [majorMin, minorMin] = NODE_VERSION_MIN;
  if (major > majorMin || (major === majorMin && minor >= minorMin)) return;
  giveUp(`Sheaf needs Node ${majorMin}.${minorMin} or newer; this is ${process.versions.node}. Get one from https://nodejs.org.`);
}

/** Runs `npm ci` unless what stands in node_modules is what package-lock.json names. */
export function install() {
  if (isInstalled()) return;
  say('Installing the packages of package-lock.json; the first time this takes about a minute ...');
  // npm tells its own path to what it runs; a bare `node scripts/run.mjs` finds it on the PATH.
  const npm = process.env.npm_execpath;
  const words = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const [command, args] = npm && /\.c?js$/.test(npm) ? [process.execPath, [npm, ...words]] : ['npm', words];
  const { status, error } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: 'inherit',
    shell: process.platform === 'win32' && command === 'npm',
  });
  if (error) giveUp(`npm could not be started: ${error.message}.`);
  if (status !== 0) giveUp('npm ci failed; what it said stands above. Is the package registry reachable?');
}

/** npm notes what it has installed in node_modules/.package-lock.json, as the last thing it does. */
function isInstalled() {
  const wanted = packagesOf('package-lock.json');
  const present = packagesOf('node_modules/.package-lock.json');
  if (!wanted) giveUp('package-lock.json is missing: this is not a whole clone.');
  if (!present) return false;
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    // Binaries of other platforms are optional, and rightly absent.
    if (!present[path]) return optional === true;
    return present[path].version === version;
  });
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(ROOT, file), 'utf8')).packages;
  } catch {
    return null;
  }
}

/** Compiles when a source is newer than the last build that succeeded. */
export function build() {
  if (existsSync(BUILT) && newestMs(SOURCES) < statSync(BUILT).mtimeMs) return;
  say('Building ...');
  const startedAt = new Date();
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin('@nestjs/cli', 'nest'), 'build'], { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) giveUp(`${stdout}${stderr}\nThe build failed.`);
  writeFileSync(BUILT, `${startedAt.toISOString()}\n`);
}

/** Of files and folders alike: a folder is as new as its last added or removed file. */
function newestMs(names) {
  let newest = 0;
  const look = (path) => {
    if (!existsSync(path)) return;
    const stat = statSync(path);
    newest = Math.max(newest, stat.mtimeMs);
    if (stat.isDirectory()) for (const name of readdirSync(path)) look(join(path, name));
  };
  for (const name of names) look(join(ROOT, name));
  return newest;
}

/** The file behind a command of an installed package. */
export function bin(packageName, command) {
  const folder = join(ROOT, 'node_modules', packageName);
  const entry = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).bin;
  return join(folder, typeof entry === 'string' ? entry : entry[command]);
}

/**
 * Runs a program in the foreground and ends as it ends. It gets a process group of its own: a Ctrl-C in the terminal goes to every process of
 * the group, and the embedded PostgreSQL would stop before the platform has drained. So the signal is taken here and handed to the program alone.
 */
export function become(file, args = []) {
  const child = spawn(process.execPath, [...NODE_FLAGS, join(ROOT, file), ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    detached: process.platform !== 'win32',
  });
  for (const [heard, passed] of [
    ['SIGINT', 'SIGINT'],
    ['SIGTERM', 'SIGTERM'],
    ['SIGHUP', 'SIGTERM'],
  ]) {
    process.on(heard, () => child.kill(passed));
  }
  child.on('error', (error) => giveUp(`${file} could not be started: ${error.message}.`));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
}
