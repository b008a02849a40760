import { execFile } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

let tree: string;
let lock: string;

const wanted = {
  '': { version: '1.0.0' },
  'node_modules/one': { version: '1.0.0', integrity: 'sha512-one' },
  'node_modules/of-another-system': { version: '1.0.0', integrity: 'sha512-other', optional: true },
};
const writeThere = (packages: object): void =>
  writeFileSync(join(tree, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }));

/** Where everything is installed and built. */
beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'crosstalk-prepare-'));
  lock = join(tree, '.prepare-lock');
  for (const folder of ['scripts', 'node_modules', 'dist']) mkdirSync(join(tree, folder));
  for (const file of ['tsconfig.json', 'tsconfig.build.json', 'nest-cli.json']) {
    writeFileSync(join(tree, file), '{}');
  }
  copyFileSync('scripts/prepare.mjs', join(tree, 'scripts', 'prepare.mjs'));
  writeFileSync(join(tree, 'package-lock.json'), JSON.stringify({ packages: wanted }));
  writeThere({ 'node_modules/one': wanted['node_modules/one'] });
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

describe('what is installed', () => {
  const asked = (): string => join(tree, 'asked');
  /** Whether npm was asked to install. */
  const isInstalledAnew = async (): Promise<boolean> => {
    const npm = join(tree, 'npm');
    writeFileSync(npm, `#!/bin/sh\necho "$1" > "${asked()}"\n`, { mode: 0o755 });
    await prepare(`PATH="${tree}:$PATH"; export PATH`, 30_000);
    return existsSync(asked()) && readFileSync(asked(), 'utf8') === 'ci\n';
  };

  it('by npm itself, too, is not installed once more', async () => {
    expect(await isInstalledAnew()).toBe(false);
  });

  it.each([
    ['nothing', () => rmSync(join(tree, 'node_modules', '.package-lock.json'))],
    ['less', () => writeThere({})],
    ['another version', () => writeThere({ 'node_modules/one': { version: '0.9.0', integrity: 'sha512-old' } })],
  ])('%s is replaced by what is wanted', async (_, change) => {
    change();
    expect(await isInstalledAnew()).toBe(true);
  });
});
