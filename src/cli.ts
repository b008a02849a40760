#!/usr/bin/env node
import { commands } from './commands/commands.js';
import { runCommandLine } from './commands/command-line.js';

process.exitCode = await runCommandLine(process.argv.slice(2), commands, {
  env: process.env,
  folder: process.cwd(),
  print: (text) => {
    process.stdout.write(`${text}\n`);
  },
  complain: (text) => {
    process.stderr.write(`${text}\n`);
  },
});
