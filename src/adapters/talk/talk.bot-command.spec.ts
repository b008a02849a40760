import { memoryStore } from '../../../test/contract/talk-at-sandbox.js';
import { MovedClock } from '../../../test/support/moved-clock.js';
import type { AccountStore } from '../../model/account-store.js';
import { accountId } from '../../model/ids.js';
import { silentLog } from '../../observability/log.js';
import { installation, talkBotCommand } from './talk.bot-command.js';
import { BotSecrets, markOf } from './talk.bot-secrets.js';
import { talkSettings } from './talk.settings.js';

const secret = 'ab'.repeat(32);

describe('talk.bot-command', () => {
  let store: AccountStore;

  beforeEach(() => {
    store = memoryStore();
  });

  const run = (crosstalkUrl?: string): Promise<string> => {
    const address = crosstalkUrl === undefined ? {} : { crosstalkUrl };
    const settings = talkSettings.parse({
      url: 'https://cloud.example.org',
      user: 'bridge',
      password: 'x',
      ...address,
    });
    const call = { words: [], folder: '/', clock: new MovedClock(), log: silentLog };
    const { signal } = new AbortController();
    return talkBotCommand.run(accountId('my-talk'), settings, { ...call, signal, withStore: (work) => work(store) });
  };

  it('prints the whole line for occ, with the public address and a secret that is stored', async () => {
    const printed = await run('https://crosstalk.example.org/');
    const [stored] = await new BotSecrets(store, new MovedClock(), silentLog).known();
    expect(stored?.url).toBe('https://crosstalk.example.org/talk/my-talk/webhook');
    expect(printed.split('\n')[2]).toBe(
      `php occ talk:bot:install 'Crosstalk' '${stored?.secret ?? ''}' 'https://crosstalk.example.org/talk/my-talk/webhook' ` +
        `'Tells Crosstalk at once what happens here, for the rooms that this one is linked with (${markOf(stored?.secret ?? '')})' ` +
        '--feature=webhook --feature=response --feature=reaction',
    );
  });

  it('what a bot was installed as before is uninstalled first: Talk takes each address once', async () => {
    await run('https://old.example.org');
    const printed = await run('https://crosstalk.example.org');
    expect(printed.split('\n').slice(2, 3)).toEqual([
      `php occ talk:bot:uninstall --url='https://old.example.org/talk/my-talk/webhook'`,
    ]);
    expect(printed).toContain('until the first call with the new one');
  });

  it('without a public address it says what to set, and makes nothing', async () => {
    await expect(run()).rejects.toThrow('accounts.my-talk.crosstalkUrl');
    expect(await store.list('')).toEqual([]);
  });

  it('what a shell would read otherwise stays one word', () => {
    const url = "https://crosstalk.example.org/it's";
    expect(installation(accountId('a'), { secret, url }, [])).toContain(
      String.raw`'https://crosstalk.example.org/it'\''s'`,
    );
  });
});
