import type { Command, ExitCode } from './command.js';
import { linkName } from './link-name.js';
import { linkWishOf } from './link-words.js';
import { visit } from './visit.js';

const several = { type: 'string', multiple: true } as const;

export const linkCommand: Command = {
  name: 'link',
  usage:
    'NAME [--room ACCOUNT=ROOM]… [--create ACCOUNT=NAME [--invite ACCOUNT=PERSON]…]… ' +
    '[--in | --out | --both ACCOUNT[=ROOM]]… [--mirror name|topic|avatar=on|off]… ' +
    '[--mirror members=state|line|off] [--mirror clearedHistory=notice|delete]\n\n' +
    "  crosstalk link team --room my-talk=abcd1234 --room my-matrix='#team:example.org' --in my-matrix\n" +
    '  crosstalk link team --create my-matrix=Team --invite my-matrix=@anna:example.org --room my-talk=abcd1234',
  summary:
    'Links rooms, or puts more into a link; --in: words only come into that room, --out: they only go out of it.',
  options: {
    room: several,
    create: several,
    invite: several,
    in: several,
    out: several,
    both: several,
    mirror: several,
  },
  run: async (call) => {
    const wish = linkWishOf(linkName(call), call);
    return visit(await call.settings(), async ({ linkChanges }): Promise<ExitCode> => {
      const { link, state } = await linkChanges.link(wish);
      call.print(
        state === 'paused'
          ? `The link ${wish.key} is changed, and still paused: \`crosstalk resume ${wish.key}\` lets it go on.`
          : `The link ${wish.key} is ${link}. A running service takes it up at once; \`crosstalk links\` shows its rooms.`,
      );
      return 0;
    });
  },
};
