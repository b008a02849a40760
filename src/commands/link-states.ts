import { accountId } from '../model/ids.js';
import type { RoomChoice } from '../links/link-wish.js';
import type { Change } from '../links/link-changes.js';
import { type Command, type CommandCall, type ExitCode, UsageError } from './command.js';
import { linkName } from './link-name.js';
import { roomsTakenUp } from './rooms-taken-up.js';
import { visit } from './visit.js';

export const unlinkCommand: Command = {
  name: 'unlink',
  usage: 'NAME [--account ACCOUNT [--room ROOM]]',
  summary: 'Ends a link, or takes one room out of it; what is known of its messages stays for `relink`.',
  maxWords: 1,
  options: {
    account: { type: 'string', takes: 'ACCOUNT', says: 'only the room of this account' },
    room: { type: 'string', takes: 'ROOM', says: 'which one, where the account has several in the link' },
  },
  examples: ['unlink team', 'unlink team --account my-talk --room abcd1234'],
  run: async (call) => {
    const name = linkName(call);
    const which = choiceOf(call);
    return visit(call, async ({ linkChanges }): Promise<ExitCode> => {
      const change = await linkChanges.unlink(name, which);
      call.print(
        which === 'all'
          ? said(
              change,
              `The link ${name} is ended and its rooms are free. \`crosstalk relink ${name}\` brings it back.`,
              `The link ${name} was ended before.`,
            )
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
  maxWords: 1,
  options: {},
  notes:
    'It goes on from now: what was said meanwhile stays where it was said. `crosstalk links --all` shows ended links.',
  examples: ['relink team'],
  run: async (call) => {
    const name = linkName(call);
    return visit(call, async ({ linkChanges, status }): Promise<ExitCode> => {
      const change = await linkChanges.relink(name);
      call.print(said(change, `The link ${name} is back, from now on.`, `The link ${name} has its rooms.`));
      call.print(await roomsTakenUp(status, name));
      return 0;
    });
  },
};

export const pauseCommand: Command = {
  name: 'pause',
  usage: 'NAME',
  summary: 'Lets nothing more be read or queued for a link, and what is queued wait, until it is resumed.',
  maxWords: 1,
  options: {},
  notes: 'Links of the settings may be paused too. A pause outlives restarts.',
  examples: ['pause team'],
  run: async (call) => {
    const name = linkName(call);
    return visit(call, async ({ linkChanges }): Promise<ExitCode> => {
      const change = await linkChanges.pause(name);
      call.print(
        said(
          change,
          `The link ${name} is paused. \`crosstalk resume ${name}\` lets it go on from then, with --catch-up from here.`,
          `The link ${name} was paused already.`,
        ),
      );
      return 0;
    });
  },
};

export const resumeCommand: Command = {
  name: 'resume',
  usage: 'NAME [--catch-up]',
  summary: 'Lets a paused link go on from now, or from where it stopped.',
  maxWords: 1,
  options: {
    'catch-up': { type: 'boolean', says: 'from where it stopped: what was said meanwhile follows, in its order' },
  },
  examples: ['resume team', 'resume team --catch-up'],
  run: async (call) => {
    const name = linkName(call);
    const from = call.options['catch-up'] === true ? 'where it stopped' : 'now';
    return visit(call, async ({ linkChanges }): Promise<ExitCode> => {
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
