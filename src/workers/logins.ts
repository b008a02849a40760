import type { AccountId } from '../model/ids.js';

/** Which account has which login: a network would tell two accounts with the same one everything twice. */
export class Logins {
  readonly #accounts = new Map<string, AccountId>();

  /** The account that has this login already, if another one has: then it stays that one's. */
  claim(login: string, account: AccountId): AccountId | undefined {
    const other = this.#accounts.get(login);
    if (other !== undefined && other !== account) return other;
    this.#accounts.set(login, account);
    return undefined;
  }
}

/** What is wrong with an account that has the login of another one. */
export function sameLoginAs(other: string): string {
  return `it is the same login as the account ${other}: remove one of them`;
}
