import type { Command, ExitCode } from './command.js';
import { speakerWishes } from '../model/capabilities.js';
import { linkName } from './link-name.js';
import { linkWishOf } from './link-words.js';
import { roomsTakenUp } from './rooms-taken-up.js';
import { visit } from './visit.js';

const several = { type: 'string', multiple: true } as const;
const ofRoom = { ...several, takes: 'ACCOUNT[=ROOM]' } as const;

export const linkCommand: Command = {
  name: 'link',
  usage: 'NAME [--room ACCOUNT=ROOM]… [OPTION]…',
  summary: 'Links rooms, or changes a link: puts more rooms into it, sets directions, who speaks and what it mirrors.',
  maxWords: 1,
  options: {
    room: {
      ...several,
      takes: 'ACCOUNT=ROOM',
      says: 'a room that there is, by its id or its alias on its network',
    },
    create: { ...several, takes: 'ACCOUNT=NAME', says: 'a new room, made for the link' },
    invite: { ...several, takes: 'ACCOUNT=PERSON', says: 'who is invited into the new room of this account' },
    in: { ...ofRoom, says: 'into this room only: what is said there stays there' },
    out: { ...ofRoom, says: 'out of this room only: nothing is written into it' },
    both: { ...ofRoom, says: 'both ways, as it is where nothing is said' },
    speaker: {
      ...several,
      takes: 'ACCOUNT[=ROOM]=WHO',
      says: `who is seen to speak in this room: ${speakerWishes.join(', ')}`,
    },
    mirror: {
      ...several,
      takes: 'WHAT=HOW',
      says:
        'name, topic, avatar: on or off; members, moderators: state, line or off; calls: notice or off; access: line or off; ' +
        'clearedHistory: notice or delete; expired: delete or keep; moderation: on or off; otherReactions: reply or off',
    },
  },
  notes:
    'A link has two rooms or more, and a room is in one link at most. The account has to be in the room already, or is\n' +
    'invited into it once the link is made: it enters no room that no link names. Every option may be given several times;\n' +
    'what is not said stays as it is. Links of the settings are changed in the settings.',
  examples: [
    "link team --room my-talk=abcd1234 --room my-matrix='#team:example.org'",
    'link team --create my-matrix=Team --invite my-matrix=@anna:example.org --room my-talk=abcd1234',
    'link news --room my-talk=abcd1234 --room my-matrix=!xyz:example.org --in my-matrix',
    'link team --mirror members=line --mirror topic=off',
  ],
  run: async (call) => {
    const wish = linkWishOf(linkName(call), call);
    return visit(call, async ({ linkChanges, status }): Promise<ExitCode> => {
      const { link, state } = await linkChanges.link(wish);
      call.print(
        state === 'paused'
          ? `The link ${wish.key} is changed, and still paused: \`crosstalk resume ${wish.key}\` lets it go on.`
          : `The link ${wish.key} is ${link}.`,
      );
      call.print(await roomsTakenUp(status, wish.key));
      return 0;
    });
  },
};
