import { memoryStore } from '../../../test/contract/talk-at-sandbox.js';
import { MovedClock } from '../../../test/support/moved-clock.js';
import type { AccountStore } from '../../model/account-store.js';
import { silentLog } from '../../observability/log.js';
import { BotSecrets, markOf } from './talk.bot-secrets.js';

describe('talk.bot-secrets', () => {
  let clock: MovedClock;
  let store: AccountStore;
  /** Of the service, and of the command line. */
  let secrets: BotSecrets;
  let command: BotSecrets;

  beforeEach(() => {
    clock = new MovedClock();
    store = memoryStore();
    secrets = new BotSecrets(store, clock, silentLog);
    command = new BotSecrets(store, clock, silentLog);
  });

  const make = async (url = 'https://a.example'): Promise<string> => {
    await clock.pass(1_000);
    return (await command.make(url)).made.secret;
  };
  const known = async (): Promise<string[]> => (await secrets.known()).map(({ secret }) => secret);

  it('are fresh, of 64 characters, and stored encrypted', async () => {
    const { put } = store;
    const stored: unknown[] = [];
    store.put = (key, value, options) => {
      stored.push(options);
      return put(key, value, options);
    };
    const made = [await make(), await make()];
    expect(new Set(made).size).toBe(2);
    expect(made.map((secret) => /^[0-9a-f]{64}$/.test(secret))).toEqual([true, true]);
    expect(stored).toEqual([{ secret: true }, { secret: true }]);
  });

  it('a new one is known to a running service within seconds, beside the one before', async () => {
    const first = await make();
    expect(await known()).toEqual([first]);
    const second = await make();
    expect(await known()).toEqual([first]);
    await clock.pass(1_000);
    expect(await known()).toEqual([first, second]);
  });

  it('one that was made just now is known at once to whoever doubts', async () => {
    const first = await make();
    expect(await known()).toEqual([first]);
    const { secret } = (await command.make('https://a.example')).made;
    await clock.pass(249);
    expect(await secrets.known('doubted')).toHaveLength(1);
    await clock.pass(1);
    expect((await secrets.known('doubted')).map((each) => each.secret)).toEqual([first, secret]);
  });

  it('the one before is valid until the first call with the new one', async () => {
    const [first, second] = [await make(), await make()];
    const [older, newer] = await secrets.known();
    await secrets.used(older!);
    expect(await known()).toEqual([first, second]);
    await secrets.used(newer!);
    expect(await known()).toEqual([second]);
    await clock.pass(10_000);
    expect(await known()).toEqual([second]);
  });

  it('a later one is the newer one, whatever the clock says of which it is made', async () => {
    const first = await make();
    const behind = new BotSecrets(store, new MovedClock(new Date(clock.now().getTime() - 3_600_000)), silentLog);
    const made: string[] = [];
    for (let times = 0; times < 3; times += 1) made.push((await behind.make('https://a.example')).made.secret);
    expect(await known()).toEqual([first, ...made]);
  });

  it('of those that were never used only a few are kept, and the one in use', async () => {
    const first = await make();
    const later: string[] = [];
    for (let times = 0; times < 9; times += 1) later.push(await make());
    expect(await known()).toEqual([first, ...later.slice(-4)]);
  });

  it('are those that were known while the database is away; unknown ones are not made up', async () => {
    const first = await make();
    expect(await known()).toEqual([first]);
    store.list = () => Promise.reject(new Error('the database is away'));
    await clock.pass(10_000);
    expect(await known()).toEqual([first]);
    await expect(new BotSecrets(store, clock, silentLog).known()).rejects.toThrow('the database is away');
  });

  it('a mark tells its bot from others, and nothing of the secret', () => {
    expect(markOf('a')).toMatch(/^[0-9a-f]{10}$/);
    expect(markOf('a')).not.toBe(markOf('b'));
  });
});
