import { talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import type { AccountStore } from '../../model/account-store.js';
import { accountId, userId } from '../../model/ids.js';
import type { AskedLogin, Lender, LendingNews } from '../../model/lending.js';
import type { TalkAdapter } from './talk.adapter.js';
import { TalkLending } from './talk.lending.js';
import { clientName } from './talk.login-flows.js';

const signal = new AbortController().signal;
const mia: Lender = { account: accountId('hs'), id: userId('@mia:there') };
const noah: Lender = { account: accountId('hs'), id: userId('@noah:there') };

describe('logins that people lend a Talk account', () => {
  let at: TalkAtSandbox;
  let told: [string, LendingNews][];
  let running: Promise<void>[];
  let stop: AbortController;
  let nowMs: number;

  const lendingOf = (adapter: TalkAdapter): TalkLending => {
    if (!(adapter.lending instanceof TalkLending)) throw new Error('it lends nothing');
    return adapter.lending;
  };
  const ask = async (lender = mia, adapter = at.adapter): Promise<AskedLogin> => {
    const asked = await lendingOf(adapter).ask(lender, signal);
    if (typeof asked === 'string') throw new Error(asked);
    return asked;
  };
  const run = (adapter = at.adapter): void => void running.push(lendingOf(adapter).run(stop.signal));
  const until = async (isSo: () => boolean): Promise<void> => {
    for (let turns = 0; !isSo(); turns += 1) {
      if (turns > 1000) throw new Error('it did not become so');
      await new Promise((done) => setTimeout(done, 10));
    }
  };
  const works = async (user: string, password: string): Promise<boolean> => {
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const headers = { authorization, 'ocs-apirequest': 'true', accept: 'application/json' };
    return (await fetch(`${at.url}/ocs/v2.php/cloud/user`, { headers })).ok;
  };
  const secretOf = async (): Promise<string> =>
    ((await at.store.list('own-secret/'))[0]?.value as { appPassword: string }).appPassword;

  beforeEach(async () => {
    told = [];
    running = [];
    stop = new AbortController();
    nowMs = Date.now();
    const lendingChanged = ({ id }: Lender, news: LendingNews): Promise<void> => {
      told.push([id, news]);
      return Promise.resolve();
    };
    at = await talkAtSandbox({}, { loginPollMs: 20 }, { lendingChanged, now: () => new Date(nowMs) });
  });

  afterEach(async () => {
    stop.abort();
    await Promise.all(running);
    await at.close();
  });

  it('what a person allows is lent, whoever the user is, and told', async () => {
    run();
    const asked = await ask();
    expect(asked).toMatchObject({ address: expect.stringContaining('/login/v2/flow/') as string, forMs: 1_200_000 });
    expect(await lendingOf(at.adapter).lentBy(mia)).toBeUndefined();
    at.talk.accounts.grantLogin(asked.address, 'bob');
    await until(() => told.length === 1);
    expect(told).toEqual([['@mia:there', { of: 'lent', as: 'bob' }]]);
    expect(await lendingOf(at.adapter).lentBy(mia)).toBe('bob');
    expect(await lendingOf(at.adapter).lentBy(noah)).toBeUndefined();
    expect(await works('bob', await secretOf())).toBe(true);
    expect(lendingOf(at.adapter).personOn(at.adapter.account, mia)).toBe('users/bob');
    const bob = { account: at.adapter.account, id: userId('users/bob') };
    expect(lendingOf(at.adapter).personOn(accountId('hs'), bob)).toBe('@mia:there');
    expect(lendingOf(at.adapter).personOn(accountId('town'), bob)).toBeUndefined();
    expect(at.secrets).toEqual(
      expect.arrayContaining([expect.stringMatching(/^own-flow\//), expect.stringMatching(/^own-secret\//)]),
    );
  });

  it('who asks twice is told the same address; after a restart it goes on', async () => {
    const asked = await ask();
    nowMs += 60_000;
    const other = at.make({ loginPollMs: 20 });
    await other.connect(signal);
    expect(await ask(mia, other)).toMatchObject({ address: asked.address, forMs: 1_140_000 });
    at.talk.accounts.grantLogin(asked.address, 'bob');
    run(other);
    await until(() => told.length === 1);
    expect(await lendingOf(other).lentBy(mia)).toBe('bob');
    expect(await at.store.list('own-flow/')).toEqual([]);
  });

  it('what nobody allows in time is forgotten, and told', async () => {
    await ask();
    nowMs += 1_200_001;
    run();
    await until(() => told.length === 1);
    expect(told).toEqual([['@mia:there', { of: 'expired' }]]);
    expect(await at.store.list('own-flow/')).toEqual([]);
  });

  it('a server that is away while somebody is asked is asked again', async () => {
    const asked = await ask();
    at.talk.faults.add({ method: 'POST', path: '/login/v2/poll$', times: 3, fault: { do: 'drop' } });
    at.talk.accounts.grantLogin(asked.address, 'bob');
    at.talk.faults.add({ method: 'GET', path: '/cloud/user$', times: 2, fault: { do: 'drop' } });
    run();
    await until(() => told.length === 1);
    expect(told[0]?.[1]).toEqual({ of: 'lent', as: 'bob' });
  });

  const grantedWhileAway = async (): Promise<{ loginName: string; appPassword: string }> => {
    at.talk.accounts.grantLogin((await ask()).address, 'bob');
    at.talk.faults.add({ method: 'GET', path: '/cloud/user$', times: 1_000, fault: { do: 'drop' } });
    run();
    for (;;) {
      const [flow] = await at.store.list('own-flow/');
      const { granted } = flow?.value as { granted?: { loginName: string; appPassword: string } };
      if (granted !== undefined) return granted;
      await new Promise((done) => setTimeout(done, 10));
    }
  };

  it('what is allowed does not expire, however long the server does not say whose it is', async () => {
    await grantedWhileAway();
    nowMs += 3_600_000;
    await new Promise((done) => setTimeout(done, 100));
    at.talk.faults.clear();
    await until(() => told.length === 1);
    expect(told[0]?.[1]).toEqual({ of: 'lent', as: 'bob' });
  });

  it('what is allowed, and given back before it is known whose it is, is no more on the server', async () => {
    const { loginName, appPassword } = await grantedWhileAway();
    expect(await lendingOf(at.adapter).giveBack(mia, signal)).toMatchObject({ was: 'asked' });
    at.talk.faults.clear();
    expect(await works(loginName, appPassword)).toBe(false);
    expect(told).toEqual([]);
  });

  it('what was allowed and cannot be given back, since the server cannot be told, is told of to the person', async () => {
    const { loginName } = await grantedWhileAway();
    at.talk.faults.add({ method: 'DELETE', path: '/core/apppassword$', fault: { do: 'drop' } });
    const given = await lendingOf(at.adapter).giveBack(mia, signal);
    expect(given).toMatchObject({ was: 'untold', as: loginName });
  });

  it('who asks again before it is known whose the allowed one is, is told so: none takes its place', async () => {
    await grantedWhileAway();
    nowMs += 3_600_000;
    expect(await lendingOf(at.adapter).ask(mia, signal)).toBe('allowed');
    at.talk.faults.clear();
    await until(() => told.length === 1);
    expect(told).toEqual([['@mia:there', { of: 'lent', as: 'bob' }]]);
    expect(await works('bob', await secretOf())).toBe(true);
  });

  it('what was allowed last of all, seen by nobody, is found before another takes its place, and dropped where it is given back', async () => {
    at.talk.accounts.grantLogin((await ask()).address, 'bob');
    expect(await lendingOf(at.adapter).giveBack(mia, signal)).toMatchObject({ was: 'asked' });
    expect(at.talk.accounts.appPasswords('bob')).toEqual([]);
    const asked = await ask();
    nowMs += 1_199_999;
    expect(await ask()).toEqual({ ...asked, forMs: 1 });
    at.talk.accounts.grantLogin(asked.address, 'bob');
    nowMs += 1;
    expect(await lendingOf(at.adapter).ask(mia, signal)).toBe('allowed');
    run();
    await until(() => told.length === 1);
    expect(told).toEqual([['@mia:there', { of: 'lent', as: 'bob' }]]);
    expect(at.talk.accounts.appPasswords('bob')).toHaveLength(1);
  });

  describe('where two replicas see to one flow at the same time', () => {
    /** What another replica asks of the store waits there, when it is held, until it is let go. */
    const second = async (held: 'get' | 'replace'): Promise<{ isHeld: Promise<void>; letGo: () => void }> => {
      let hold = (): void => undefined;
      let letGo = (): void => undefined;
      const isHeld = new Promise<void>((resolve) => (hold = resolve));
      const gate = new Promise<void>((resolve) => (letGo = resolve));
      const wait = async (): Promise<void> => {
        hold();
        await gate;
      };
      const store: AccountStore = {
        ...at.store,
        get: async (key) => {
          const is = await at.store.get(key);
          if (held === 'get' && key.startsWith('own-flow/')) await wait();
          return is;
        },
        replace: async (...given) => {
          if (held === 'replace') await wait();
          return at.store.replace(...given);
        },
      };
      const other = at.make({ loginPollMs: 20 }, store);
      await other.connect(signal);
      run(other);
      return { isHeld, letGo };
    };

    it('what one of them has just collected is not dropped by the other, which finds that it is too late', async () => {
      const { address } = await ask();
      at.talk.accounts.grantLogin(address, 'bob');
      nowMs += 1_200_000;
      const { isHeld, letGo } = await second('get');
      await isHeld;
      expect(await lendingOf(at.adapter).ask(mia, signal)).toBe('allowed');
      letGo();
      await until(() => told.length === 1);
      expect(told).toEqual([['@mia:there', { of: 'lent', as: 'bob' }]]);
      expect(await works('bob', await secretOf())).toBe(true);
    });

    it('what is given back while the other collects it is not lent, and is no more on the server', async () => {
      at.talk.accounts.grantLogin((await ask()).address, 'bob');
      const { isHeld, letGo } = await second('replace');
      await isHeld;
      expect(at.talk.accounts.appPasswords('bob')).toHaveLength(1);
      expect(await lendingOf(at.adapter).giveBack(mia, signal)).toMatchObject({ was: 'asked' });
      letGo();
      await until(() => at.talk.accounts.appPasswords('bob').length === 0);
      expect([await at.store.list('own-flow/'), await lendingOf(at.adapter).lentBy(mia), told]).toEqual([
        [],
        undefined,
        [],
      ]);
    });
  });

  it("the account's own login is no person's: it is given back, and told", async () => {
    const asked = await ask();
    at.talk.accounts.grantLogin(asked.address, 'alice');
    run();
    await until(() => told.length === 1);
    expect(told[0]?.[1]).toMatchObject({ of: 'unusable' });
    expect(await lendingOf(at.adapter).lentBy(mia)).toBeUndefined();
    expect(await at.store.list('own-')).toEqual([]);
  });

  it('what is given back is no more, here and on the server', async () => {
    expect(await lendingOf(at.adapter).giveBack(mia, signal)).toEqual({ was: 'nothing' });
    const asked = await ask();
    expect(await lendingOf(at.adapter).giveBack(mia, signal)).toMatchObject({ was: 'asked' });
    run();
    at.talk.accounts.grantLogin((await ask()).address, 'bob');
    await until(() => told.length === 1);
    const secret = await secretOf();
    expect(await lendingOf(at.adapter).giveBack(mia, signal)).toMatchObject({ was: 'lent', as: 'bob' });
    expect(await works('bob', secret)).toBe(false);
    expect([...(await at.store.list('own-secret/')), ...(await at.store.list('own-login/'))]).toEqual([]);
    // The first one was never collected.
    expect(asked.address).not.toBe('');
  });

  it('a server that cannot be told of it is told of to the person', async () => {
    run();
    at.talk.accounts.grantLogin((await ask()).address, 'bob');
    await until(() => told.length === 1);
    at.talk.faults.add({ method: 'DELETE', path: '/core/apppassword$', fault: { do: 'drop' } });
    expect(await lendingOf(at.adapter).giveBack(mia, signal)).toMatchObject({ was: 'untold', as: 'bob' });
    expect(await lendingOf(at.adapter).lentBy(mia)).toBeUndefined();
  });

  it('fifty may be asked at a time', async () => {
    for (let number = 0; number < 50; number += 1) await ask({ ...mia, id: userId(`@p${String(number)}:there`) });
    expect(await lendingOf(at.adapter).ask(mia, signal)).toBe('busy');
  });

  it('nobody is asked where the settings do not want it', async () => {
    const other = at.make({ ownLogins: false });
    await other.connect(signal);
    expect(other.lending).toBeUndefined();
  });
});

it('clientName: whom the login is lent to, in what a header can hold', () => {
  expect(clientName(mia)).toBe('Crosstalk for @mia:there (hs)');
  expect(clientName({ ...mia, id: userId(`@ü\r\n${'x'.repeat(200)}`) })).toMatch(/^Crosstalk for @\?\?\?x{82}$/);
});
