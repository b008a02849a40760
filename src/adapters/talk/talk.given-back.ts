import type { GivenBack, Lender } from '../../model/lending.js';
import type { Log } from '../../model/network-definition.js';
import type { TalkClient } from './talk.client.js';
import type { Memory } from './talk.forgetting.js';
import type { LentLogins } from './talk.lent-logins.js';
import { dropped, takenBackAt } from './talk.login-flows.js';
import type { TalkSettings } from './talk.settings.js';

/** Undefined where there was none. What the server could not be told is not tried again: whoever asked for it is told. */
export async function givenBack(
  client: Pick<TalkClient, 'as'>,
  logins: LentLogins,
  lender: Lender,
  signal: AbortSignal,
): Promise<Extract<GivenBack, { was: 'lent' | 'untold' }> | undefined> {
  const secret = await logins.secretOf(lender);
  const login = await logins.end(lender);
  const isWhole = login !== undefined && secret !== undefined;
  const left = isWhole ? { owner: lender, secret } : await logins.leftOf(lender);
  if (left === undefined) return undefined;
  const was = await dropped(client, left.secret, signal);
  await logins.forgetSecret(left);
  return { was, as: login?.name ?? left.secret.loginName, takenBackAt };
}

/** Gives back what a process that died left half given back. */
export class LeftLogins implements Memory {
  constructor(
    private readonly parts: {
      readonly client: Pick<TalkClient, 'as'>;
      readonly logins: LentLogins;
      readonly settings: Pick<TalkSettings, 'requestTimeoutMs'>;
      readonly log: Log;
    },
  ) {}

  async clean(): Promise<void> {
    const { client, logins, settings, log } = this.parts;
    for (const left of await logins.left()) {
      if ((await dropped(client, left.secret, AbortSignal.timeout(settings.requestTimeoutMs))) === 'untold') continue;
      await logins.forgetSecret(left);
      log.info({ lender: left.owner.account }, 'a login that was half given back is given back');
    }
  }
}
