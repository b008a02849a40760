import { LoginRefused } from '../model/errors.js';
import { accountId } from '../model/ids.js';
import type { AccountProfile } from '../model/network-adapter.js';
import { systemClock } from '../workers/system-clock.js';
import { checkLogins } from './check.js';

const account = (id: string, connect: () => Promise<AccountProfile>) => ({
  account: accountId(id),
  connect,
});
const loggedIn = (id: string, login: string) =>
  account(id, () => Promise.resolve({ login, summary: `${login} at home` }));

async function check(...adapters: ReturnType<typeof account>[]) {
  const said: string[] = [];
  const code = await checkLogins(adapters, systemClock, (line) => said.push(line));
  return { code, said };
}

describe('crosstalk check', () => {
  it('tries each login, and goes on after one that fails', async () => {
    const refused = account('shut', () => Promise.reject(new LoginRefused('the password is wrong')));
    expect(await check(loggedIn('one', 'anna'), refused, loggedIn('two', 'ben'))).toEqual({
      code: 1,
      said: [
        'ok        one: anna at home',
        'failed    shut: the password is wrong. Check name and password or token in the settings.',
        'ok        two: ben at home',
      ],
    });
  });

  it('all is well where every account has a login of its own', async () => {
    expect((await check(loggedIn('one', 'anna'), loggedIn('two', 'ben'))).code).toBe(0);
  });

  it('what does not work beside a login is told, and is a fault', async () => {
    const profile = { login: 'anna', summary: 'anna at home', warnings: ['nothing is marked: give it the file'] };
    expect(await check(account('one', () => Promise.resolve(profile)))).toEqual({
      code: 1,
      said: ['ok        one: anna at home', 'failed    one: nothing is marked: give it the file'],
    });
  });

  it('two accounts with the same login are a fault', async () => {
    expect(await check(loggedIn('one', 'anna'), loggedIn('two', 'anna'))).toEqual({
      code: 1,
      said: [
        'ok        one: anna at home',
        'failed    two: it is the same login as the account one: remove one of them',
      ],
    });
  });
});
