// `npm start [-- ARGUMENTS]`: prepares, then runs the command line with the arguments.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { prepare, project } from './prepare.mjs';

prepare();
const child = spawn(process.execPath, [join(project, 'dist', 'cli.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
// A terminal's Ctrl-C reaches the child by itself: we only wait for it to end in order.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 128);
});
