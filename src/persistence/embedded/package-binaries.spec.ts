import { chmodSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../../../test/support/postgres-choice.js';
import { databaseUser } from './database-user.js';
import { packageFolder, runnablePackage } from './package-binaries.js';

const installed = packageFolder();
// Whoever is not root runs the database as themselves, and may enter what is theirs.
const ifRoot = process.getuid?.() === 0 && installed !== null ? it : it.skip;

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
