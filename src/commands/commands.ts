import { definitions } from '../app.module.js';
import { checkCommand } from './check.js';
import type { Command } from './command.js';
import { networkCommand } from './network-command.js';
import { replayCommand } from './replay.js';
import { retryCommand } from './retry.js';
import { sandboxCommand } from './sandbox.js';
import { startCommand } from './start.js';
import { statusCommand } from './status.js';

/** Every verb: the house's own, and those that networks bring along. */
export const commands: readonly Command[] = [
  startCommand,
  checkCommand,
  statusCommand,
  retryCommand,
  replayCommand,
  ...definitions.flatMap((definition) => definition.commands.map((command) => networkCommand(definition, command))),
  sandboxCommand,
];
