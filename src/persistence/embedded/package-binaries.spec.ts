import { chmodSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onlyWhere } from '../../../test/support/only-where.js';
import { temporaryFolder } from '../../../test/support/postgres-choice.js';
import { databaseUser } from './database-user.js';
import { packageFolder, runnablePackage } from './package-binaries.js';

const installed = packageFolder();
// Whoever is not root runs the database as themselves, and may enter what is theirs.
const ifRoot = onlyWhere(
  process.getuid?.() === 0 && installed !== null,
  'only root, with the binaries of the npm package, has folders that the database’s user may not enter',
);

describe('the binaries of the npm package', () => {
  ifRoot('run from a copy where only root may enter the folder of the project', async () => {
    const folder = temporaryFolder('binaries');
    const closed = join(folder, 'home of root');
    mkdirSync(closed);
    cpSync(dirname(installed ?? ''), join(closed, 'package'), { recursive: true, verbatimSymlinks: true });
    chmodSync(closed, 0o700);
    const copies = join(folder, 'copies');
    const binaries = await runnablePackage(join(closed, 'package', 'native'), databaseUser(), copies);
    rmSync(folder, { recursive: true });
    expect(binaries?.folder.startsWith(copies)).toBe(true);
  });
});
