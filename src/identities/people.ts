import type { AccountId, UserId } from '../model/ids.js';

/** Who is who: the same person's ids on several accounts, as the settings tell. */
export class People {
  readonly #identities = new Map<string, ReadonlyMap<AccountId, UserId>>();

  constructor(people: readonly ReadonlyMap<AccountId, UserId>[]) {
    for (const person of people) {
      for (const [account, user] of person) this.#identities.set(keyOf(account, user), person);
    }
  }

  /** The person's id on another account; undefined where nobody told it. */
  on(account: AccountId, user: { readonly account: AccountId; readonly id: UserId }): UserId | undefined {
    return this.#identities.get(keyOf(user.account, user.id))?.get(account);
  }
}

const keyOf = (account: AccountId, user: UserId): string => `${account}\n${user}`;
