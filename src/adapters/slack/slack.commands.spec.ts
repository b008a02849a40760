import { accountId } from '../../model/ids.js';
import type { RoomCommand } from '../../model/room-command.js';
import { silentLog } from '../../observability/log.js';
import { SlackCommands } from './slack.commands.js';

let calls: RoomCommand[];
let commands: SlackCommands;
const self = {
  account: accountId('town'),
  team: 'T0TOWN',
  user: 'U0CROSSTALK',
  bot: 'B0CROSSTALK',
  url: 'https://town.slack.com/',
};

beforeEach(() => {
  calls = [];
  commands = new SlackCommands({
    command: '/crosstalk',
    appName: 'Crosstalk',
    operators: ['U0PIA'],
    log: silentLog,
    self: () => self,
    isPrivate: (channel) =>
      channel === 'C0HIDDEN'
        ? Promise.reject(new Error('Slack does not answer'))
        : Promise.resolve(channel === 'C0SEVERAL'),
    run: (call) => {
      if (call.words[0] === 'fail') return Promise.reject(new Error('the database is gone'));
      calls.push(call);
      return Promise.resolve({ says: 'done', to: 'room' });
    },
  });
});

const mention = (text: string, ts = '1700000000.000100') =>
  commands.inMention({ type: 'app_mention', user: 'U0PIA', channel: 'C0GENERAL', text, ts });

it('what is typed reaches the core as words, links as what they show', async () => {
  const text = '  link team hs=<http://example.org|!room:example.org>  cloud=a&amp;b ';
  expect(await commands.answer({ user: 'U0PIA', channel: 'C0GENERAL', text })).toBe('done');
  expect(calls).toEqual([
    {
      room: 'C0GENERAL',
      by: { id: 'U0PIA', mayLink: true },
      words: ['link', 'team', 'hs=!room:example.org', 'cloud=a&b'],
      prefix: '/crosstalk',
    },
  ]);
});

it('it is said of each who asks whether the settings let them see to links', async () => {
  await commands.answer({ user: 'U0EVE', channel: 'C0GENERAL', text: 'unlink' });
  expect(calls.map(({ by }) => by)).toEqual([{ id: 'U0EVE', mayLink: false }]);
});

it('what is no link is asked in private conversations too', async () => {
  expect(await commands.answer({ user: 'U0EVE', channel: 'D0EVE', text: 'help' })).toBe('done');
});

it('in a private conversation nothing is done: channels alone can be linked', async () => {
  const refused = 'This is a private conversation, which cannot be linked. Say `/crosstalk` in a channel.';
  const asked = { user: 'U0PIA', text: 'link team cloud=a' };
  expect(await commands.answer({ ...asked, channel: 'D0PIA' })).toBe(refused);
  expect(await commands.answer({ ...asked, channel: 'G0SEVERAL', channelName: 'mpdm-ann--pia-1' })).toBe(refused);
  expect(await commands.answer({ ...asked, channel: 'G0SECRET', channelName: 'privategroup' })).toBe('done');
  expect(calls).toHaveLength(1);
});

it('a conversation whose id and name do not tell that it is private is not linked either', async () => {
  const link = { user: 'U0PIA', text: 'Link team cloud=a' };
  expect(await commands.answer({ ...link, channel: 'C0SEVERAL' }, '@Crosstalk')).toBe(
    'This is a private conversation, which cannot be linked. Say `@Crosstalk` in a channel.',
  );
  expect(await commands.answer({ ...link, channel: 'C0HIDDEN' })).toBe(
    'That cannot be done just now: try again in a moment.',
  );
  expect(calls).toEqual([]);
});

it('what fails is said, and answered', async () => {
  expect(await commands.answer({ user: 'U0PIA', channel: 'C0GENERAL', text: 'fail' })).toBe(
    'That cannot be done just now: try again in a moment.',
  );
});

it('a mention that begins with a verb is a command, once; other mentions are talk', () => {
  expect(mention('<@U0CROSSTALK> status')).toEqual({ user: 'U0PIA', channel: 'C0GENERAL', text: 'status' });
  expect(mention('<@U0CROSSTALK> status')).toBeUndefined();
  expect(mention('<@U0CROSSTALK|crosstalk> Unlink', '2')).toMatchObject({ text: 'Unlink' });
  expect(mention('<@U0CROSSTALK> thank you', '3')).toBeUndefined();
  expect(mention('ask <@U0CROSSTALK> status', '4')).toBeUndefined();
  expect(mention('<@U0OTHER> status', '5')).toBeUndefined();
});
