import { accountId, type AccountId, userId } from '../model/ids.js';
import type { AskedLogin, GivenBack, Lender, Lending } from '../model/lending.js';
import type { NetworkAdapter } from '../model/network-adapter.js';
import { silentLog } from '../observability/log.js';
import { OwnLogins } from './own-logins.js';

const hs = accountId('hs');
const cloud = accountId('cloud');
const mia: Lender = { account: hs, id: userId('@mia:there') };
const address = 'https://cloud.example.org/login/v2/flow/abc';

describe('OwnLogins', () => {
  let asked: AskedLogin | 'busy' | 'allowed';
  let given: GivenBack;
  let lent: string | undefined;
  let whispered: [string, string][];
  let whispers: () => Promise<void>;

  const lending = (at: AccountId): Lending => ({
    ask: () => Promise.resolve(asked),
    giveBack: () => Promise.resolve(given),
    lentBy: () => Promise.resolve(lent),
    speaksIn: () => Promise.resolve(false),
    personOn: (account) => (account === at ? userId('users/anna') : undefined),
  });
  const adapters = (...lenders: AccountId[]): Map<AccountId, NetworkAdapter> =>
    new Map([
      ...lenders.map((account) => [account, { lending: lending(account) }] as const),
      [
        hs,
        {
          commandPrefix: '!crosstalk',
          whisper: (person: string, text: string) => {
            whispered.push([person, text]);
            return whispers();
          },
        },
      ],
    ] as unknown as [AccountId, NetworkAdapter][]);
  const of = (...lenders: AccountId[]): OwnLogins =>
    new OwnLogins({ adapters: adapters(...lenders), log: silentLog, timeoutMs: 1000, label: () => 'Talk' });
  const wish = { lender: mia, linked: [cloud], account: undefined, prefix: '!crosstalk' };

  beforeEach(() => {
    asked = { address, forMs: 1_190_000, takenBackAt: 'in Nextcloud, under Security', uses: [] };
    given = { was: 'nothing' };
    lent = undefined;
    whispered = [];
    whispers = () => Promise.resolve();
  });

  it('who wants to lend a login is told where, for how long, what it means, and how it is taken back: nobody else', async () => {
    const { says, to } = await of(cloud).login(wish);
    expect(to).toBe('person');
    expect(says).toContain(`within 19 minutes, and allow it there if you asked for it yourself: ${address}`);
    expect(says).toContain('`!crosstalk logout` takes it back at any time; so can you in Nextcloud, under Security.');
  });

  it.each([
    [1_200_000, '20 minutes'],
    [119_999, '1 minute'],
    [60_000, '1 minute'],
    [59_999, '59 seconds'],
    [1_999, '1 second'],
    [1, '1 second'],
  ])('of an address that is good for %i ms more it is said: within %s', async (forMs, within) => {
    asked = { address, forMs, takenBackAt: 'in Nextcloud', uses: [] };
    expect((await of(cloud).login(wish)).says).toContain(`Open this address within ${within}, and`);
  });

  it('what it does beside speaking is told, and nothing else', async () => {
    const shows = 'It shows there that you are online or away while you are that here.';
    expect((await of(cloud).login(wish)).says).not.toContain(shows);
    asked = { address, forMs: 1_200_000, takenBackAt: 'in Nextcloud', uses: ['files', 'presence', 'reading'] };
    expect((await of(cloud).login(wish)).says).toContain(
      `Files that you send here go into your own files there, and are shown from there; those that you delete here are deleted there. ${shows} What you have read here it has read there, and what you have read there is read here, as far as the two networks let it. Crosstalk does nothing else with it.`,
    );
  });

  it('who lends one already, or allowed one, is told so; where too many wait, to come again', async () => {
    lent = 'Anna';
    expect((await of(cloud).login(wish)).says).toContain('speak as Anna already');
    lent = undefined;
    asked = 'busy';
    expect((await of(cloud).login(wish)).says).toContain('try again in a few minutes');
    asked = 'allowed';
    expect((await of(cloud).login(wish)).says).toBe(
      'You allowed a login to Talk already: you are told as soon as Talk says whose it is. `!crosstalk logout` takes it back.',
    );
  });

  it('the account is the one of the link, or the only one, or the one that was named', async () => {
    const other = accountId('other');
    expect((await of(cloud, other).login(wish)).says).toContain(address);
    const unlinked = { ...wish, linked: [] };
    expect((await of(cloud).login(unlinked)).says).toContain(address);
    expect((await of(cloud, other).login(unlinked)).says).toBe(
      'Say which login you mean:\n• `!crosstalk login cloud` (Talk)\n• `!crosstalk login other` (Talk)',
    );
    expect((await of(cloud, other).login({ ...unlinked, account: 'other' })).says).toContain(address);
    expect((await of(cloud).login({ ...wish, account: 'nowhere' })).says).toContain('no account here');
    expect((await of().login(wish)).says).toContain('no account here');
  });

  it('logout says what became of it', async () => {
    const { logout } = { logout: async () => (await of(cloud).logout(wish)).says };
    expect(await logout()).toBe('You have lent no login of yours.');
    given = { was: 'asked', takenBackAt: 'in Nextcloud' };
    expect(await logout()).toBe(
      'The login to Talk that you were asked for is forgotten. If you allow it all the same, please take it back there, in Nextcloud.',
    );
    given = { was: 'lent', as: 'Anna', takenBackAt: 'in Nextcloud' };
    expect(await logout()).toBe('You no longer speak in Talk as Anna: your login is deleted, here and there.');
    given = { was: 'untold', as: 'Anna', takenBackAt: 'in Nextcloud' };
    expect(await logout()).toContain('please take it back there too, in Nextcloud.');
  });

  it('what becomes of a login is told to its person alone; where that fails it is let be', async () => {
    const logins = of(cloud);
    await logins.told(cloud, mia, { of: 'lent', as: 'Anna' });
    await logins.told(cloud, mia, { of: 'expired' });
    await logins.told(cloud, mia, { of: 'revoked', as: 'Anna' });
    await logins.told(cloud, mia, { of: 'unusable', why: 'it is another' });
    expect(whispered.map(([person]) => person)).toEqual(Array.from({ length: 4 }, () => '@mia:there'));
    expect(whispered[0]?.[1]).toBe('In Talk you speak as Anna from now on. `!crosstalk logout` takes that back.');
    whispers = () => Promise.reject(new Error('away'));
    await logins.told(cloud, mia, { of: 'expired' });
    await logins.told(cloud, { ...mia, account: accountId('gone') }, { of: 'expired' });
  });

  it('a login proves who somebody is elsewhere', () => {
    expect(of(cloud).personOn(cloud, mia)).toBe('users/anna');
    expect(of(cloud).personOn(accountId('town'), mia)).toBeUndefined();
  });
});
