import { accountId, userId } from '../../model/ids.js';
import { WordsRefused, type NetworkCommand } from '../../model/network-definition.js';
import { TalkClient } from './talk.client.js';
import { givenBack } from './talk.given-back.js';
import { LentLogins, type LentLogin } from './talk.lent-logins.js';
import { takenBackAt } from './talk.login-flows.js';
import type { TalkSettings } from './talk.settings.js';

/** Whose own logins an account was lent; takes one back in its person's place. */
export const talkLoginsCommand: NetworkCommand<TalkSettings> = {
  name: 'talk logins',
  summary: 'Shows who lends a Talk account a login of their own, and takes one back.',
  words: {
    usage: '[revoke ACCOUNT PERSON]',
    notes: [
      'ACCOUNT and PERSON are as the list shows them. The app password is deleted on the server and here; a running service goes',
      'on without it within seconds. The person is not told: they can lend another one by `login` in chat.',
    ].join('\n'),
    examples: ['talk logins', 'talk logins revoke hs @anna:example.org'],
    explain: (words) => {
      wanted(words);
      return undefined;
    },
  },
  run: (_account, settings, { words, clock, log, signal, withStore }) =>
    withStore(async (store) => {
      const logins = new LentLogins(store, clock);
      const lender = wanted(words);
      if (lender === undefined) return listed(await logins.all());
      const client = new TalkClient(settings, clock, log);
      try {
        const given = await givenBack(client, logins, lender, signal);
        if (given === undefined) throw new WordsRefused(`${lender.id} of ${lender.account} lends no login.`);
        return given.was === 'lent'
          ? `The login of ${lender.id} (${given.as}) is deleted, here and on the server.`
          : `The login of ${lender.id} (${given.as}) is deleted here; the server could not be told: it is still to be taken back ${takenBackAt}.`;
      } finally {
        await client.close();
      }
    }),
};

/** Undefined: all are to be shown. Throws WordsRefused. */
function wanted([verb, account, person, ...more]: readonly string[]): LentLogin['owner'] | undefined {
  if (verb === undefined) return undefined;
  if (verb !== 'revoke' || account === undefined || person === undefined || more.length > 0) {
    throw new WordsRefused('Write `crosstalk talk logins`, or `crosstalk talk logins revoke ACCOUNT PERSON`.');
  }
  return { account: accountId(account), id: userId(person) };
}

/** Pure. */
function listed(logins: readonly LentLogin[]): string {
  if (logins.length === 0) return 'Nobody lends a login.';
  return logins
    .map(
      ({ owner, user, name, at }) =>
        `${owner.account} ${owner.id}  as ${name === user ? user : `${name} (${user})`}  since ${at}`,
    )
    .join('\n');
}
