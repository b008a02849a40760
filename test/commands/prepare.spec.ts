import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

let tree: string;
let lock: string;

/** Where everything is installed and built. */
beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'crosstalk-prepare-'));
  lock = join(tree, '.prepare-lock');
  for (const folder of ['scripts', 'node_modules', 'dist']) mkdirSync(join(tree, folder));
  for (const file of ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json']) {
    writeFileSync(join(tree, file), '{}');
  }
  copyFileSync('scripts/prepare.mjs', join(tree, 'scripts', 'prepare.mjs'));
  writeFileSync(join(tree, 'node_modules', '.crosstalk-installed'), createHash('sha256').update('{}').digest('hex'));
  const built = join(tree, 'dist', '.crosstalk-built');
  writeFileSync(built, '');
  const later = new Date(Date.now() + 60_000);
  utimesSync(built, later, later);
});

afterEach(() => {
  rmSync(tree, { recursive: true, force: true });
});

/** Runs it after `before`, in a process of the same number; for so long at most. */
async function prepare(before: string, forMs: number): Promise<'prepared' | 'waits'> {
  const script = `${before}; exec "${process.execPath}" "${join(tree, 'scripts', 'prepare.mjs')}"`;
  try {
    await promisify(execFile)('/bin/sh', ['-c', script], { timeout: forMs });
    return 'prepared';
  } catch (error) {
    if ((error as { killed?: boolean }).killed !== true) throw error;
    return 'waits';
  }
}

describe('a preparation that was killed in the middle', () => {
  it.each([
    ['whose number is that of the next one, as in a container', () => `echo $$ > "${lock}"`],
    ['whose number is another process’s by now', () => `echo "${String(process.pid)} 1" > "${lock}"`],
    ['before it wrote its number', () => `: > "${lock}"; touch -t 202001010000 "${lock}"`],
    ['long ago', () => `echo 999999999 > "${lock}"`],
  ])('%s keeps nobody waiting', async (_, before) => {
    expect(await prepare(before(), 30_000)).toBe('prepared');
    expect(existsSync(lock)).toBe(false);
  });
});

it('a preparation that is under way is waited for', async () => {
  const under = `"${process.execPath}" -e "setTimeout(() => 0, 3000)" & echo $! > "${lock}"`;
  expect(await prepare(under, 1500)).toBe('waits');
  expect(existsSync(lock)).toBe(true);
});
