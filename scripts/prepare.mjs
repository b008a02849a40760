// Installs what is missing and builds what is out of date. Needs nothing but Node and npm.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const project = dirname(dirname(fileURLToPath(import.meta.url)));
const built = join(project, 'dist', '.crosstalk-built');

/** Runs a program of the project and ends this one with its exit code if it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: project, stdio: 'inherit', ...options });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

export const bin = (path) => [process.execPath, [join(project, 'node_modules', path)]];

/** One preparation at a time: a second one waits for the first, as long as that one runs. */
function alone(work) {
  const lock = join(project, '.prepare-lock');
  let told = false;
  while (!take(lock)) {
    if (!isHeld(lock)) {
      // Ended in the middle, by Ctrl-C say, it left its lock behind.
      rmSync(lock, { recursive: true, force: true });
      continue;
    }
    if (!told) console.log('Another start prepares: waiting for it …');
    told = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  const unlock = () => rmSync(lock, { force: true });
  process.once('exit', unlock);
  try {
    work();
  } finally {
    process.off('exit', unlock);
    unlock();
  }
}

/** Whether the lock is ours now. */
function take(lock) {
  try {
    writeFileSync(lock, `${process.pid} ${startOf(process.pid)}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/** So long it takes at most to write a number. */
const takingMs = 10_000;

/** Whether the process that took it runs, or may have let go of it just now. */
function isHeld(lock) {
  try {
    const [pid, start] = readFileSync(lock, 'utf8').trim().split(' ');
    if (pid === '') return Date.now() - statSync(lock).mtimeMs < takingMs;
    // Numbers are given again: in a container to the next start, which is us.
    if (Number(pid) === process.pid || (start !== undefined && start !== startOf(pid))) return false;
    return process.kill(Number(pid), 0);
  } catch (error) {
    // Without a lock it is to be taken, not removed; another user's process answers as well.
    return error.code === 'ENOENT' || error.code === 'EPERM';
  }
}

/** When the process began, where the system tells it. Source: proc(5), /proc/pid/stat, field 22. */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return '';
  }
}

/** What npm wrote of itself at the end of its work: what is there. */
const installed = join('node_modules', '.package-lock.json');

/** Optional packages are those of other systems. */
function isInstalled() {
  const packagesIn = (file) => JSON.parse(readFileSync(join(project, file), 'utf8')).packages;
  if (!existsSync(join(project, installed))) return false;
  const there = packagesIn(installed);
  return Object.entries(packagesIn('package-lock.json')).every(
    ([path, { integrity, optional }]) => path === '' || optional || there[path]?.integrity === integrity,
  );
}

function install() {
  if (isInstalled()) return;
  console.log('Installing what is missing (once; it takes about half a minute) …');
  run(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

function newest(folder) {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((latest, entry) => Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs), 0);
}

function build() {
  const sources = Math.max(
    ...['src', 'web'].map((folder) => newest(join(project, folder))),
    ...['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json'].map(
      (file) => statSync(join(project, file)).mtimeMs,
    ),
  );
  if (existsSync(built) && statSync(built).mtimeMs > sources) return;
  console.log('Building …');
  const [node, nest] = bin('@nestjs/cli/bin/nest.js');
  run(node, [...nest, 'build']);
  if (existsSync(join(project, 'web', 'vite.config.ts'))) {
    const [, vite] = bin('vite/bin/vite.js');
    run(node, [...vite, 'build', 'web', '--logLevel', 'warn']);
  }
  writeFileSync(built, '');
}

export function prepare() {
  alone(() => {
    install();
    build();
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) prepare();
