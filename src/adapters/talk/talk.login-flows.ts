import type { AccountStore } from '../../model/account-store.js';
import type { Clock } from '../../model/clock.js';
import { BridgeError, LoginRefused } from '../../model/errors.js';
import { accountId, userId } from '../../model/ids.js';
import { type AskedLogin, type Lender, type LendingNews, type LoginUse, loginUses } from '../../model/lending.js';
import type { Log } from '../../model/network-definition.js';
import { CoreApi } from './api/core.js';
import { bridgeBotUser } from './talk.bridge-bot.js';
import type { TalkClient } from './talk.client.js';
import { sessionOf } from './talk.credentials.js';
import { brokenAnswer } from './talk.errors.js';
import { ownerKey } from './talk.guest-store.js';
import { fieldsIn, flowFront, type LentLogins, type LoginSecret, usesIn } from './talk.lent-logins.js';
import type { TalkSettings } from './talk.settings.js';
import { Turns } from './talk.turns.js';

/** For so long the server keeps what a person is asked to allow. Source: Nextcloud's Login Flow v2. */
const flowMs = 20 * 60_000;
/** So many may be asked at a time. */
const mostFlows = 50;
/** How often it is looked whether another replica asked somebody. */
const idleLookMs = 10_000;
const longestClientName = 100;
/** Where other replicas write down something else each time. */
const mostTries = 3;

/** A person who was asked to allow a login. */
interface Flow {
  readonly owner: Lender;
  readonly token: string;
  readonly address: string;
  readonly until: Date;
  /** Of these the person was told. */
  readonly uses: readonly LoginUse[];
  /** What the server answered once it was allowed, which it does once. */
  readonly granted?: LoginSecret;
}

/** As it was read: what is written in its place stands only where no other replica changed it since. */
interface Waiting {
  readonly flow: Flow;
  readonly value: unknown;
}

export interface FlowParts {
  readonly client: TalkClient;
  readonly logins: LentLogins;
  readonly store: AccountStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: Pick<
    TalkSettings,
    'loginPollMs' | 'requestTimeoutMs' | 'presence' | 'ownFiles' | 'ownReadMarkers'
  >;
  /** The id of the account's own user. */
  self(): string;
  tell(lender: Lender, news: LendingNews): Promise<void>;
}

/** Where a person takes a login back. */
export const takenBackAt =
  'in Nextcloud, under Personal settings → Security → Devices & sessions, where it is called "Crosstalk for …"';

/** People who are asked to allow a login, until they did or it is too late; across restarts, each one login at a time. */
export class LoginFlows {
  readonly #turns = new Turns();
  #wake: () => void = () => undefined;

  constructor(private readonly parts: FlowParts) {}

  /** Throws BridgeErrors. */
  async begin(owner: Lender, signal: AbortSignal): Promise<AskedLogin | 'busy' | 'allowed'> {
    return this.#turns.take(ownerKey(owner), async () => {
      for (let times = 0; times < mostTries; times += 1) {
        const asked = await this.#begin(owner, signal);
        if (asked !== 'changed') return asked;
      }
      return 'busy';
    });
  }

  /** What was ended: undefined where nobody was asked. What the person allows from now on is nothing to us. */
  async end(owner: Lender): Promise<Pick<Flow, 'granted'> | undefined> {
    return this.#turns.take(ownerKey(owner), async () => {
      for (;;) {
        const waiting = await this.#waiting(owner);
        if (waiting === undefined) return undefined;
        const seen = (await this.#collected(waiting).catch(unlessBug)) ?? waiting;
        const { granted } = seen.flow;
        if (await this.#isDeleted(seen)) return granted === undefined ? {} : { granted };
      }
    });
  }

  /** Asks the server whether it was allowed, until `signal` aborts. Run by one replica for the account. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, store, settings } = this.parts;
    while (!signal.aborted) {
      const woken = new AbortController();
      this.#wake = () => {
        woken.abort();
      };
      const flows = (await store.list(flowFront)).flatMap(({ value }) => flowIn(value) ?? []);
      for (const { owner } of flows) {
        if (signal.aborted) return;
        await this.#turns.take(ownerKey(owner), () => this.#see(owner));
      }
      if (flows.length > 0) await clock.sleep(settings.loginPollMs, signal);
      else await clock.sleep(idleLookMs, AbortSignal.any([signal, woken.signal]));
    }
  }

  /** `changed`: another replica wrote something else down meanwhile. */
  async #begin(owner: Lender, signal: AbortSignal): Promise<AskedLogin | 'busy' | 'allowed' | 'changed'> {
    const { client, store, clock, settings } = this.parts;
    const nowMs = clock.now().getTime();
    const waiting = await this.#waiting(owner);
    if (waiting !== undefined) {
      const { until, granted, address, uses } = waiting.flow;
      const leftMs = until.getTime() - nowMs;
      if (granted === undefined && leftMs > 0) return { address, forMs: leftMs, takenBackAt, uses };
      // Another one takes its place only where nobody allowed it: what was allowed is on the server until it is given back.
      if ((await this.#collected(waiting)).flow.granted !== undefined) return 'allowed';
    }
    if ((await store.list(flowFront)).length >= mostFlows) return 'busy';
    const { data } = await client.api.server.startLogin({ client: clientName(owner) }, signal);
    if (!/^https?:\/\//.test(data.login)) throw brokenAnswer('read', 'a login without an address');
    const until = new Date(nowMs + flowMs);
    const uses = usesOf(settings);
    const value = valueOf({ owner, token: data.poll.token, address: data.login, until, uses });
    const put = await store.replace(flowKey(owner), waiting?.value, value, { secret: true });
    if (put === 'changed') return 'changed';
    this.#wake();
    return { address: data.login, forMs: flowMs, takenBackAt, uses };
  }

  async #see(owner: Lender): Promise<void> {
    const { clock, log, settings } = this.parts;
    const waiting = await this.#waiting(owner);
    if (waiting === undefined) return;
    let seen = waiting;
    try {
      seen = await this.#collected(waiting);
      if (seen.flow.granted !== undefined) {
        await this.#complete(seen, seen.flow.granted, AbortSignal.timeout(settings.requestTimeoutMs));
        return;
      }
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error;
      log.debug({ error }, 'it cannot be asked whether a login was allowed');
    }
    // What is allowed does not expire: whose it is will be known when the server answers again.
    if (seen.flow.granted === undefined && clock.now() >= seen.flow.until) await this.#drop(seen, { of: 'expired' });
  }

  async #waiting(owner: Lender): Promise<Waiting | undefined> {
    const value = await this.parts.store.get(flowKey(owner));
    const flow = flowIn(value);
    return flow === undefined ? undefined : { flow, value };
  }

  /**
   * With what the server answers if somebody allowed it, written down: it answers that once, to one of the replicas that ask. Where the
   * flow was ended meanwhile nobody finishes it any more, and it is given back.
   */
  async #collected(waiting: Waiting): Promise<Waiting> {
    const { client, store, log, settings } = this.parts;
    const { flow } = waiting;
    if (flow.granted !== undefined) return waiting;
    const granted = await this.#poll(flow);
    if (granted === undefined) return waiting;
    const value = valueOf({ ...flow, granted });
    const put = await store.replace(flowKey(flow.owner), waiting.value, value, { secret: true });
    if (put === 'replaced') return { flow: { ...flow, granted }, value };
    const was = await dropped(client, granted, AbortSignal.timeout(settings.requestTimeoutMs));
    const { account } = flow.owner;
    if (was === 'untold') log.warn({ lender: account }, 'a login that was allowed too late is left on the server');
    return waiting;
  }

  async #poll({ token }: Flow): Promise<LoginSecret | undefined> {
    // Not given up half-way, also where the program is to end.
    const signal = AbortSignal.timeout(this.parts.settings.requestTimeoutMs);
    try {
      const { loginName, appPassword } = (await this.parts.client.api.server.pollLogin({ token }, signal)).data;
      return { loginName, appPassword };
    } catch (error) {
      if (error instanceof BridgeError && error.code === 'targetGone') return undefined;
      throw error;
    }
  }

  async #complete(waiting: Waiting, granted: LoginSecret, signal: AbortSignal): Promise<void> {
    const { client, logins, self } = this.parts;
    const { owner, uses } = waiting.flow;
    const session = sessionOf({ user: granted.loginName, password: granted.appPassword });
    const core = new CoreApi(client.as(session));
    try {
      const own = await core.ownUser(signal);
      if (own.id === self() || own.id === bridgeBotUser) {
        await core.dropAppPassword(signal);
        await this.#drop(waiting, { of: 'unusable', why: `${own.id} is a user of Crosstalk, log in as yourself` });
        return;
      }
      const name = own.displayname ?? own['display-name'] ?? own.id;
      await logins.keep({ owner, user: own.id, name, uses }, granted);
      await this.#drop(waiting, { of: 'lent', as: name });
    } catch (error) {
      if (!(error instanceof LoginRefused)) throw error;
      await this.#drop(waiting, { of: 'unusable', why: 'the server does not accept it' });
    }
  }

  /** What another replica changed meanwhile is its own to tell of. */
  async #drop(waiting: Waiting, news: LendingNews): Promise<void> {
    if (await this.#isDeleted(waiting)) await this.parts.tell(waiting.flow.owner, news);
  }

  async #isDeleted({ flow, value }: Waiting): Promise<boolean> {
    return (await this.parts.store.replace(flowKey(flow.owner), value, undefined)) === 'replaced';
  }
}

/** Gives an app password back to the server; one that is no more is as it should be. */
export async function dropped(
  client: Pick<TalkClient, 'as'>,
  { loginName, appPassword }: LoginSecret,
  signal: AbortSignal,
): Promise<'lent' | 'untold'> {
  const core = new CoreApi(client.as(sessionOf({ user: loginName, password: appPassword })));
  try {
    await core.dropAppPassword(signal);
    return 'lent';
  } catch (error) {
    if (error instanceof LoginRefused) return 'lent';
    if (error instanceof BridgeError) return 'untold';
    throw error;
  }
}

/** As the server calls the login, where its user sees all of theirs: whom it is lent to, in what a header can hold. */
export function clientName({ account, id }: Lender): string {
  return `Crosstalk for ${id} (${account})`.replaceAll(/[^\x20-\x7e]/gu, '?').slice(0, longestClientName);
}

/** Pure. */
function usesOf({ ownFiles, presence, ownReadMarkers }: FlowParts['settings']): readonly LoginUse[] {
  const isWanted = { files: ownFiles, presence, reading: ownReadMarkers };
  return loginUses.filter((use) => isWanted[use]);
}

function unlessBug(error: unknown): undefined {
  if (!(error instanceof BridgeError)) throw error;
}

const flowKey = (owner: Lender): string => flowFront + ownerKey(owner);

function valueOf({ owner: { account, id }, until, ...flow }: Flow): object {
  return { account, id, until: until.toISOString(), ...flow };
}

function flowIn(value: unknown): Flow | undefined {
  const [account, id, token, address, until] = fieldsIn(value, 'account', 'id', 'token', 'address', 'until');
  if (account === undefined || id === undefined || token === undefined || address === undefined) return undefined;
  const granted = (value as { granted?: unknown }).granted;
  const [loginName, appPassword] = fieldsIn(granted, 'loginName', 'appPassword');
  return {
    owner: { account: accountId(account), id: userId(id) },
    token,
    address,
    until: new Date(until ?? 0),
    uses: usesIn(value),
    ...(loginName === undefined || appPassword === undefined ? {} : { granted: { loginName, appPassword } }),
  };
}
