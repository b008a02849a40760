import { createHash } from 'node:crypto';
import type { AccountStore } from '../../model/account-store.js';
import type { Clock } from '../../model/clock.js';
import { accountId, userId, type AccountId, type UserId } from '../../model/ids.js';
import { lentFront, type Lender, type LoginUse, loginUses } from '../../model/lending.js';
import { ownerKey, ownerOfKey } from './talk.guest-store.js';
import { actorOf, talkUserId } from './talk.ids.js';

/** Whose login it is on the server. */
export interface LentLogin {
  readonly owner: Lender;
  /** The user's id, which need not be what one logs in with. */
  readonly user: string;
  readonly name: string;
  /** When it was lent: another one has another time. */
  readonly at: string;
  /** Of which its lender was told before they lent it. */
  readonly uses: readonly LoginUse[];
}

/** What is left of a loan that is over. */
export interface LeftLogin {
  readonly owner: Lender;
  readonly secret: LoginSecret;
}

/** What shows the server who asks. */
export interface LoginSecret {
  readonly loginName: string;
  readonly appPassword: string;
}

interface Index {
  readonly byOwner: ReadonlyMap<string, LentLogin>;
  readonly readMs: number;
}

/** So long another replica may not know of a login that was lent or given back. */
const believedForMs = 5000;
const dayMs = 86_400_000;
/** Rows of somebody whose login is given back are read again after a downtime at most. */
const usersKeptMs = 30 * dayMs;

/** The logins that people lend the account, as they are stored; what shows the server who asks is encrypted. */
export class LentLogins {
  #index: Index | undefined;
  readonly #users = new Set<string>();

  constructor(
    private readonly store: AccountStore,
    private readonly clock: Clock,
  ) {}

  async of(owner: Lender): Promise<LentLogin | undefined> {
    return (await this.#read()).get(ownerKey(owner));
  }

  /** All that people lend of one user of the server: several may, each a login of their own. */
  async ofUser(user: string): Promise<readonly LentLogin[]> {
    return (await this.all()).filter((login) => login.user === user);
  }

  async all(): Promise<readonly LentLogin[]> {
    return [...(await this.#read()).values()];
  }

  /** Undefined where it was given back meanwhile. */
  async secretOf(owner: Lender): Promise<LoginSecret | undefined> {
    return secretIn(await this.store.get(secretKey(owner)));
  }

  /** Whether the user's login is lent, or was: what they are seen to do may be our own act. */
  async wasLent(user: string): Promise<boolean> {
    if (this.#users.has(user)) return true;
    // It is written down before we first act so: where nothing stands, it is somebody else.
    const isKnown = (await this.store.get(userKey(user))) !== undefined;
    if (isKnown) this.#users.add(user);
    return isKnown;
  }

  async keep({ owner, user, name, uses }: Omit<LentLogin, 'at'>, secret: LoginSecret): Promise<void> {
    const { account, id } = owner;
    const { loginName, appPassword } = secret;
    const at = this.#now();
    await this.store.put(userKey(user), { user, at });
    await this.store.put(secretKey(owner), { loginName, appPassword }, { secret: true });
    await this.store.put(loginKey(owner), { account, id, user, name, at, uses });
    this.#index = undefined;
  }

  /** The loan is over, which is one step. Undefined where there is none any more. What shows the server who asks stays: by it is found what is left to do. */
  async end(owner: Lender): Promise<LentLogin | undefined> {
    const login = loginIn(await this.store.get(loginKey(owner)));
    // From now on it is remembered for as long as its rows may be read again.
    if (login !== undefined) await this.store.put(userKey(login.user), { user: login.user, at: this.#now() });
    await this.store.delete(loginKey(owner));
    this.#index = undefined;
    return login;
  }

  /** When the server knows. One that was lent meanwhile stays. */
  async forgetSecret({ owner, secret: { loginName, appPassword } }: LeftLogin): Promise<void> {
    await this.store.replace(secretKey(owner), { loginName, appPassword }, undefined);
  }

  /** What is left of loans that are over, of which the server may not know yet. */
  async left(): Promise<readonly LeftLogin[]> {
    const left: LeftLogin[] = [];
    for (const { key, value } of await this.store.list(secretFront)) {
      const owner = ownerOfKey(key.slice(secretFront.length));
      const secret = secretIn(value);
      if (secret !== undefined && (await this.#isOver(owner))) left.push({ owner, secret });
    }
    return left;
  }

  /** Undefined: the loan is not over, or nothing is left of it. */
  async leftOf(owner: Lender): Promise<LeftLogin | undefined> {
    const secret = await this.secretOf(owner);
    return secret !== undefined && (await this.#isOver(owner)) ? { owner, secret } : undefined;
  }

  /** What shows the server who asks is written down before the loan, and the flow is forgotten after it: so the flow is looked for first. */
  async #isOver(owner: Lender): Promise<boolean> {
    if ((await this.store.get(flowFront + ownerKey(owner))) !== undefined) return false;
    return (await this.store.get(loginKey(owner))) === undefined;
  }

  /** Pure: who somebody is on the other account, by what was last known. */
  personOn(account: AccountId, here: AccountId, { account: of, id }: Lender): UserId | undefined {
    const logins = [...(this.#index?.byOwner.values() ?? [])];
    if (account === here) {
      const login = logins.find(({ owner }) => owner.account === of && owner.id === id);
      return login === undefined ? undefined : talkUserId('users', login.user);
    }
    if (of !== here) return undefined;
    const { type, id: user } = actorOf(id);
    return logins.find((login) => type === 'users' && login.user === user && login.owner.account === account)?.owner.id;
  }

  /** Forgets whose logins were given back long ago. */
  async clean(): Promise<void> {
    const lent = new Set((await this.all()).map(({ user }) => user));
    const oldest = this.clock.now().getTime() - usersKeptMs;
    for (const { key, value } of await this.store.list(userFront)) {
      const [user = '', at = ''] = fieldsIn(value, 'user', 'at');
      if (!lent.has(user) && Date.parse(at) < oldest) await this.store.delete(key);
    }
  }

  async #read(): Promise<ReadonlyMap<string, LentLogin>> {
    const known = this.#index;
    const now = this.clock.monotonicMs();
    if (known !== undefined && now - known.readMs < believedForMs) return known.byOwner;
    const logins = (await this.store.list(lentFront)).flatMap(({ value }) => loginIn(value) ?? []);
    const byOwner = new Map(logins.map((login) => [ownerKey(login.owner), login]));
    this.#index = { byOwner, readMs: now };
    return byOwner;
  }

  #now(): string {
    return this.clock.now().toISOString();
  }
}

/** People who were asked for a login; see talk.login-flows.ts. */
export const flowFront = 'own-flow/';
const secretFront = 'own-secret/';
const userFront = 'own-user/';
const loginKey = (owner: Lender): string => lentFront + ownerKey(owner);
const secretKey = (owner: Lender): string => secretFront + ownerKey(owner);
const userKey = (user: string): string =>
  userFront + createHash('sha256').update(user.toWellFormed()).digest('base64url');

function loginIn(value: unknown): LentLogin | undefined {
  const [account, id, user, name, at] = fieldsIn(value, 'account', 'id', 'user', 'name', 'at');
  if (account === undefined || id === undefined || user === undefined || at === undefined) return undefined;
  const owner = { account: accountId(account), id: userId(id) };
  return { owner, user, name: name ?? user, at, uses: usesIn(value) };
}

function secretIn(value: unknown): LoginSecret | undefined {
  const [loginName, appPassword] = fieldsIn(value, 'loginName', 'appPassword');
  return loginName === undefined || appPassword === undefined ? undefined : { loginName, appPassword };
}

/** None where nothing stands: those who lent a login earlier were told of none. */
export function usesIn(value: unknown): readonly LoginUse[] {
  const stored: unknown = (value as { uses?: unknown }).uses;
  return Array.isArray(stored) ? loginUses.filter((use) => stored.includes(use)) : [];
}

/** The texts in these fields of a stored value; undefined where there is none. */
export function fieldsIn(value: unknown, ...names: readonly string[]): (string | undefined)[] {
  const fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  return names.map((name) => (typeof fields[name] === 'string' ? fields[name] : undefined));
}
