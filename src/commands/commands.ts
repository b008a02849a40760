import { definitions } from '../app.module.js';
import { checkCommand } from './check.js';
import type { Command } from './command.js';
import { linkCommand } from './link.js';
import { pauseCommand, relinkCommand, resumeCommand, unlinkCommand } from './link-states.js';
import { linksCommand } from './links.js';
import { networkCommand } from './network-command.js';
import { pageCommand } from './page.js';
import { replayCommand } from './replay.js';
import { retryCommand } from './retry.js';
import { sandboxCommand } from './sandbox.js';
import { startCommand } from './start.js';
import { statusCommand } from './status.js';

/** Every verb: the house's own, and those that networks bring along. */
export const commands: readonly Command[] = [
  startCommand,
  checkCommand,
  pageCommand,
  statusCommand,
  linksCommand,
  linkCommand,
  unlinkCommand,
  relinkCommand,
  pauseCommand,
  resumeCommand,
  retryCommand,
  replayCommand,
  ...definitions.flatMap((definition) => definition.commands.map((command) => networkCommand(definition, command))),
  sandboxCommand,
];
