import { accountId } from '../model/ids.js';
import type { RoomChoice } from '../links/link-wish.js';
import type { Change } from '../links/link-changes.js';
import { type Command, type CommandCall, type ExitCode, UsageError } from './command.js';
import { linkName } from './link-name.js';
import { visit } from './visit.js';

export const unlinkCommand: Command = {
  name: 'unlink',
  usage: 'NAME [--account ACCOUNT [--room ROOM]]',
  summary: 'Ends a link, or takes one room out of it; what is known of its messages stays for `relink`.',
  options: { account: { type: 'string' }, room: { type: 'string' } },
  run: async (call) => {
    const name = linkName(call);
    const which = choiceOf(call);
    return visit(await call.settings(), async ({ linkChanges }): Promise<ExitCode> => {
      const change = await linkChanges.unlink(name, which);
      call.print(
        which === 'all'
          ? said(change, `The link ${name} is ended and its rooms are free.`, `The link ${name} was ended before.`)
          : `The room of ${which.account} is out of the link ${name} and free.`,
      );
      return 0;
    });
  },
};

export const relinkCommand: Command = {
  name: 'relink',
  usage: 'NAME',
  summary:
    'Brings back a link that was ended or left the settings, with its rooms and all that is known of their messages.',
  options: {},
  run: async (call) => {
    const name = linkName(call);
    return visit(await call.settings(), async ({ linkChanges }): Promise<ExitCode> => {
      const change = await linkChanges.relink(name);
      call.print(said(change, `The link ${name} is back, from now on.`, `The link ${name} has its rooms.`));
      return 0;
    });
  },
};

export const pauseCommand: Command = {
  name: 'pause',
  usage: 'NAME',
  summary: 'Lets nothing more be read or queued for a link, and what is queued wait, until it is resumed.',
  options: {},
  run: async (call) => {
    const name = linkName(call);
    return visit(await call.settings(), async ({ linkChanges }): Promise<ExitCode> => {
      const change = await linkChanges.pause(name);
      call.print(said(change, `The link ${name} is paused.`, `The link ${name} was paused already.`));
      return 0;
    });
  },
};

export const resumeCommand: Command = {
  name: 'resume',
  usage: 'NAME [--catch-up]',
  summary: 'Lets a paused link go on from now; with --catch-up from where it stopped.',
  options: { 'catch-up': { type: 'boolean' } },
  run: async (call) => {
    const name = linkName(call);
    const from = call.options['catch-up'] === true ? 'where it stopped' : 'now';
    return visit(await call.settings(), async ({ linkChanges }): Promise<ExitCode> => {
      const change = await linkChanges.resume(name, from);
      call.print(said(change, `The link ${name} goes on from ${from}.`, `The link ${name} is not paused.`));
      return 0;
    });
  },
};

function choiceOf({ options }: CommandCall): RoomChoice | 'all' {
  const { account, room } = options;
  if (typeof account !== 'string') {
    if (room !== undefined) throw new UsageError('A room goes with its account: --account ACCOUNT --room ROOM.');
    return 'all';
  }
  return { account: accountId(account), ...(typeof room === 'string' ? { room } : {}) };
}

function said(change: Change, changed: string, wasSo: string): string {
  return change === 'changed' ? changed : wasSo;
}
