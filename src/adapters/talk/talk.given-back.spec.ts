import { lendLogin } from '../../../test/contract/lent-login.js';
import { type TalkAtSandbox, talkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import type { AccountStore } from '../../model/account-store.js';
import { accountId, userId } from '../../model/ids.js';
import type { Lender } from '../../model/lending.js';
import { silentLog } from '../../observability/log.js';
import { TalkClient } from './talk.client.js';
import { LeftLogins } from './talk.given-back.js';
import { TalkLending } from './talk.lending.js';
import { LentLogins } from './talk.lent-logins.js';
import { talkDefinition } from './talk.definition.js';
import { systemClock } from '../../workers/system-clock.js';

const signal = new AbortController().signal;
const mia: Lender = { account: accountId('hs'), id: userId('@mia:there') };
const day = 86_400_000;

describe('a login that is given back, where the process dies on the way', () => {
  let at: TalkAtSandbox;
  let stop: AbortController;
  let nowMs: number;

  beforeEach(async () => {
    nowMs = Date.now();
    stop = new AbortController();
    at = await talkAtSandbox({}, { loginPollMs: 5 }, { now: () => new Date(nowMs) });
  });

  afterEach(async () => {
    stop.abort();
    await at.close();
  });

  /** A replica that dies when it has written so many times. */
  const dyingAfter = async (writes: number): Promise<TalkLending> => {
    let left = writes;
    const write =
      <A extends unknown[], T>(act: (...given: A) => Promise<T>) =>
      (...given: A): Promise<T> => {
        left -= 1;
        return left < 0 ? Promise.reject(new Error('it died')) : act(...given);
      };
    const { put, delete: remove, replace } = at.store;
    return lendingOf({ ...at.store, put: write(put), delete: write(remove), replace: write(replace) });
  };
  const lendingOf = async (store?: AccountStore): Promise<TalkLending> => {
    const adapter = at.make({ loginPollMs: 5 }, store);
    await adapter.connect(signal);
    if (!(adapter.lending instanceof TalkLending)) throw new Error('it lends nothing');
    return adapter.lending;
  };
  const unreached = (): void => {
    at.talk.faults.add({ method: 'DELETE', path: '/core/apppassword$', fault: { do: 'drop' } });
  };
  /** How it stands, here and on the server. */
  const standing = async (): Promise<object> => ({
    isLent: (await at.store.list('own-login/')).length === 1,
    isSecretKept: (await at.store.list('own-secret/')).length === 1,
    isOnServer: at.talk.accounts.appPasswords('bob').length > 0,
  });
  const whole = { isLent: true, isSecretKept: true, isOnServer: true };
  const over = { isLent: false, isSecretKept: false, isOnServer: false };
  /** What is done when a service starts, and once a day. */
  const clean = async (): Promise<void> => {
    const login = { url: at.url, user: 'alice', password: at.talk.accounts.issueAppPassword('alice') };
    const settings = talkDefinition.settingsSchema.parse(login);
    const client = new TalkClient(settings, systemClock, silentLog);
    const logins = new LentLogins(at.store, { ...systemClock, now: () => new Date(nowMs) });
    await logins.clean();
    await new LeftLogins({ client, logins, log: silentLog, settings }).clean();
    await client.close();
  };

  describe.each([
    ['before anything is written', 0, whole],
    ['before it is over', 1, whole],
    ['after the server was told', 2, over],
  ])('%s', (_, writes, after) => {
    it('is whole, or over everywhere, as soon as a service starts', async () => {
      await lendLogin(at, mia, 'bob');
      nowMs += 40 * day;
      await expect((await dyingAfter(writes)).giveBack(mia, signal)).rejects.toThrow('it died');
      await clean();
      expect(await standing()).toEqual(after);
      // Rows of what was done by it are read again: they are ours still.
      expect(await at.store.list('own-user/')).toHaveLength(1);
    });
  });

  describe('before the server was told', () => {
    beforeEach(async () => {
      await lendLogin(at, mia, 'bob');
      unreached();
      await expect((await dyingAfter(2)).giveBack(mia, signal)).rejects.toThrow('it died');
      expect(await standing()).toEqual({ ...whole, isLent: false });
    });

    it('is given back by whichever service starts next', async () => {
      await at.make().start({ accept: () => Promise.resolve() }, stop.signal);
      while ((await at.store.list('own-secret/')).length > 0) await new Promise((done) => setTimeout(done, 5));
      expect(await standing()).toEqual(over);
    });

    it('is given back later where the server is away then', async () => {
      unreached();
      await clean();
      expect(await standing()).toEqual({ ...whole, isLent: false });
      await clean();
      expect(await standing()).toEqual(over);
    });

    it('is given back when its person says so once more', async () => {
      expect(await (await lendingOf()).giveBack(mia, signal)).toMatchObject({ was: 'lent', as: 'bob' });
      expect(await standing()).toEqual(over);
      expect(await (await lendingOf()).giveBack(mia, signal)).toEqual({ was: 'nothing' });
    });
  });

  it('one that is only being lent is left alone', async () => {
    // Asked, granted, whose it is, and the secret.
    const dying = await dyingAfter(4);
    const asked = await dying.ask(mia, signal);
    if (typeof asked === 'string') throw new Error(asked);
    at.talk.accounts.grantLogin(asked.address, 'bob');
    await expect(dying.run(stop.signal)).rejects.toThrow('it died');
    expect(await standing()).toEqual({ ...whole, isLent: false });
    await clean();
    expect(await standing()).toEqual({ ...whole, isLent: false });
    const lending = await lendingOf();
    const running = lending.run(stop.signal);
    while ((await lending.lentBy(mia)) === undefined) await new Promise((done) => setTimeout(done, 5));
    stop.abort();
    await running;
    expect(await standing()).toEqual(whole);
  });
});
