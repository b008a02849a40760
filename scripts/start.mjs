// `npm start [-- ARGUMENTS]`: prepares, then runs the command line with the arguments.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { nodeOptions } from './node-options.mjs';
import { prepare, project } from './prepare.mjs';

prepare();
const child = spawn(process.execPath, [...nodeOptions, join(project, 'dist', 'cli.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
// A terminal's Ctrl-C reaches the child by itself: we only wait for it to end in order.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
// npm passes a SIGTERM on to a shell that dies of it alone: then we are an orphan, and end as well.
const parent = process.ppid;
const orphaned = setInterval(() => {
  if (process.ppid !== parent) child.kill('SIGTERM');
}, 250);
child.on('exit', (code, signal) => {
  clearInterval(orphaned);
  process.exitCode = code ?? (signal === null ? 1 : 128);
});
