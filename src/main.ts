import { commands } from './commands/commands.js';
import { runCommandLine } from './commands/command-line.js';

/** The service as containers and units start it: `crosstalk start`, and nothing else. */
process.exitCode = await runCommandLine(['start'], commands, {
  env: process.env,
  folder: process.cwd(),
  print: (text) => {
    process.stdout.write(`${text}\n`);
  },
  complain: (text) => {
    process.stderr.write(`${text}\n`);
  },
});
