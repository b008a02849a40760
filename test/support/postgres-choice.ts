import { chmodSync, existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BinaryChoice } from '../../src/persistence/embedded/binaries.js';
import { reachable } from '../../src/persistence/embedded/database-user.js';

const DEBIAN = '/usr/lib/postgresql/15/bin';

/** Which PostgreSQL the tests run on: CROSSTALK_TEST_POSTGRES=15 or 18, the service's own choice without it. */
export function binaryChoice(): BinaryChoice {
  const wanted = process.env['CROSSTALK_TEST_POSTGRES'];
  if (wanted === '15') return existsSync(DEBIAN) ? { folder: DEBIAN } : 'system';
  return wanted === '18' ? 'package' : 'auto';
}

/** A new temporary folder that the database's user can reach. */
export function temporaryFolder(name: string): string {
  const parent = [tmpdir(), '/var/tmp', '/tmp'].find((folder) => existsSync(folder) && reachable(folder));
  if (parent === undefined) throw new Error('No temporary folder can be reached by the database’s user.');
  const folder = mkdtempSync(join(parent, `crosstalk-test ${name}-`));
  chmodSync(folder, 0o755);
  return folder;
}
