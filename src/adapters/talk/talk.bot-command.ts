import type { AccountId } from '../../model/ids.js';
import type { NetworkCommand } from '../../model/network-definition.js';
import { type BotSecret, BotSecrets, markOf } from './talk.bot-secrets.js';
import type { TalkSettings } from './talk.settings.js';
import { webhookPath } from './talk.webhooks.js';

/** Everything that it takes to install the account's bot. */
export const talkBotCommand: NetworkCommand<TalkSettings> = {
  name: 'talk bot',
  summary: 'Prints how a Nextcloud is made to tell at once what happens in linked rooms, with a fresh secret.',
  run: async (account, { crosstalkUrl }, { clock, log, withStore }) => {
    if (crosstalkUrl === undefined) {
      throw new Error(
        `Say first where the Nextcloud reaches Crosstalk's public listener: accounts.${account}.crosstalkUrl in the settings, ` +
          'such as https://crosstalk.example.org.',
      );
    }
    const url = `${crosstalkUrl}${webhookPath(account)}`;
    const { made, before } = await withStore((store) => new BotSecrets(store, clock, log).make(url));
    return installation(account, made, before);
  },
};

/** Pure: what to do, as a person reads it. */
export function installation(
  account: AccountId,
  { secret, url }: Pick<BotSecret, 'secret' | 'url'>,
  before: readonly Pick<BotSecret, 'url'>[],
): string {
  const former = [...new Set(before.map((each) => each.url))];
  const description = `Tells Crosstalk at once what happens here, for the rooms that this one is linked with (${markOf(secret)})`;
  const words = ['Crosstalk', secret, url, description].map(quoted).join(' ');
  return [
    'An administrator of the Nextcloud runs this in its folder, as the user that it runs as:',
    '',
    ...former.map((old) => `php occ talk:bot:uninstall --url=${quoted(old)}`),
    `php occ talk:bot:install ${words} --feature=webhook --feature=response --feature=reaction`,
    '',
    `Then ${account} turns the bot on by itself in each linked room where it is a moderator; elsewhere a moderator does it, in`,
    'the settings of the conversation. `crosstalk status` shows "bot webhook" at the rooms of which it tells.',
    'The secret is stored encrypted and not shown again; what is said above may be repeated with another one at any time.',
    ...(former.length === 0
      ? []
      : [
          'A running service accepts the new one within seconds, and the one before until the first call with the new one.',
        ]),
  ].join('\n');
}

/** As a shell takes it for one word. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
