// One PostgreSQL for the whole run, of the program as it was built; `freshDatabase` makes databases on it.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let cluster;
let folder;

const choices = { 15: { folder: '/usr/lib/postgresql/15/bin' }, 18: 'package' };

/** `door`: most tests and tools change hosts and ports of the address; whoever measures goes in as the service does. */
export async function start(door = 'url') {
  if (process.env.CROSSTALK_TEST_DATABASE_URL !== undefined) return;
  const { startEmbeddedPostgres } = await import('../../dist/persistence/embedded/embedded-postgres.js');
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-test-'));
  chmodSync(folder, 0o755);
  cluster = await startEmbeddedPostgres({
    folder: join(folder, 'postgres'),
    binaries: choices[process.env.CROSSTALK_TEST_POSTGRES] ?? 'auto',
    settings: { max_connections: '400' },
  });
  process.env.CROSSTALK_TEST_DATABASE_URL = cluster[door];
}

export async function stop() {
  await cluster?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
