// `npm run bench [-- NAME… --json --scale full|small|tiny]`: prepares, then measures; docs/benchmarks.md says how to read it.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { project } from './prepare.mjs';

// Standard output is the result's alone.
const toError = { cwd: project, stdio: ['ignore', 2, 2] };
const prepared = spawnSync(process.execPath, [join(project, 'scripts', 'prepare.mjs')], toError);
if (prepared.status !== 0) process.exit(prepared.status ?? 1);

const postgres = await import('../test/support/postgres.mjs');
await postgres.start('localUrl');
try {
  const main = join(project, 'bench', 'main.mjs');
  const child = spawn(process.execPath, [main, ...process.argv.slice(2)], { cwd: project, stdio: 'inherit' });
  // A terminal's Ctrl-C reaches it by itself.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.exitCode = await new Promise((done) => child.on('exit', (code) => done(code ?? 1)));
} finally {
  await postgres.stop();
}
