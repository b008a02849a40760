import type { Clock } from '../model/clock.js';
import { LoginRefused } from '../model/errors.js';
import type { AccountId, RoomId } from '../model/ids.js';
import type { Ingest, NetworkAdapter, Watching } from '../model/network-adapter.js';
import type { Log } from '../model/network-definition.js';
import { shardOf } from '../model/shard.js';
import type { Metrics } from '../observability/metrics.js';
import type { LinkKeeper } from '../links/link-keeper.js';
import type { AccountRepository } from '../persistence/account.repository.js';
import type { RoomRepository } from '../persistence/room.repository.js';
import { sameLoginAs } from './logins.js';
import type { Shards } from './shards.js';
import type { Supervisor } from './supervisor.js';

export interface AccountParts {
  readonly accounts: AccountRepository;
  readonly rooms: Pick<RoomRepository, 'ofAccount' | 'watch' | 'joined'>;
  readonly links: Pick<LinkKeeper, 'run'>;
  readonly shards: Shards;
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
  /** How often it is seen to whose the account is. */
  readonly ownerCheckMs: number;
  /** The account that has this login already, if another one has. */
  claimLogin(login: string, account: AccountId): AccountId | undefined;
  /** Told after the account was opened or closed. */
  onChange(): void;
  /** Has these rooms read, wherever they are read. */
  wake(adapter: NetworkAdapter, rooms: readonly RoomId[]): Promise<void>;
}

/** A second refusal within this time of the first is believed, whatever a login says; open for so long, an account works. */
const believedAfterMs = 60_000;

/** Keeps one account logged in; where this replica owns it, also resolves its rooms and watches them. */
export class AccountWorker {
  #state: 'connecting' | 'open' | 'closed' = 'connecting';
  #refused = new AbortController();
  /** Its logins are accepted, and what it does then is refused: it was closed for that, and has not been open for long since. */
  #isDoubted = false;

  constructor(
    private readonly parts: AccountParts,
    private readonly adapter: NetworkAdapter,
    private readonly ingest: Ingest,
  ) {}

  get state(): 'connecting' | 'open' | 'closed' {
    return this.#state;
  }

  /** Somebody was told that the login is not accepted any more. */
  loginRefused(): void {
    if (this.#state === 'open') this.#refused.abort(new LoginRefused('the login was refused'));
  }

  /** Ends by abort or by throwing: then it is logged in anew. */
  async run(signal: AbortSignal, working: () => void): Promise<void> {
    const { clock } = this.parts;
    try {
      for (let refusedAtMs = -Infinity; ; refusedAtMs = clock.monotonicMs()) {
        await this.#session(signal, working);
        if (signal.aborted) return;
        // What was told may be old news, as an event that is told again: to log in anew says whether it is so.
        if (clock.monotonicMs() - refusedAtMs < believedAfterMs) break;
      }
    } catch (error) {
      if (signal.aborted) return;
      await this.#closed(error, this.#state !== 'closed');
      throw error;
    }
    const refused = new LoginRefused('the login was refused');
    await this.#closed(refused, !this.#isDoubted);
    this.#isDoubted = true;
    throw refused;
  }

  /** Logs in, and ends by abort, or when somebody is told that the login is not accepted any more. */
  async #session(signal: AbortSignal, working: () => void): Promise<void> {
    const { account } = this.adapter;
    this.#refused = new AbortController();
    const session = AbortSignal.any([signal, this.#refused.signal]);
    try {
      const { login, summary, warnings = [] } = await this.adapter.connect(signal);
      const other = this.parts.claimLogin(login, account);
      if (other !== undefined) throw new LoginRefused(sameLoginAs(other));
      await this.adapter.start(this.ingest, session);
      await this.#opened(login, summary);
      for (const warning of warnings) this.parts.log.warn({ account }, warning);
      await Promise.all([this.#prove(session, working), this.#own(session)]);
    } finally {
      this.#refused.abort();
    }
  }

  /** Whether it works, is known at once, unless it was doubted. */
  async #prove(session: AbortSignal, working: () => void): Promise<void> {
    const { clock, ownerCheckMs } = this.parts;
    const untilMs = clock.monotonicMs() + (this.#isDoubted ? believedAfterMs : 0);
    while (!session.aborted && clock.monotonicMs() < untilMs) await clock.sleep(ownerCheckMs, session);
    if (session.aborted) return;
    this.#isDoubted = false;
    working();
  }

  /** What only the account's owner does, for as long as it is the owner. */
  async #own(session: AbortSignal): Promise<void> {
    const shard = shardOf(this.adapter.account);
    while (!session.aborted) {
      if (this.parts.shards.owns(shard)) {
        const lost = new AbortController();
        const owning = AbortSignal.any([session, lost.signal]);
        const loops = this.#loops(owning);
        while (!session.aborted && this.parts.shards.owns(shard)) {
          await this.parts.clock.sleep(this.parts.ownerCheckMs, session);
        }
        lost.abort();
        await Promise.all(loops);
      }
      await this.parts.clock.sleep(this.parts.ownerCheckMs, session);
    }
  }

  #loops(owning: AbortSignal): Promise<void>[] {
    const { supervisor, links } = this.parts;
    const { account, pulling } = this.adapter;
    const loops = [supervisor.keep('links', { account }, (signal) => links.run(account, this.adapter, signal), owning)];
    if (pulling !== undefined) {
      const watch = (signal: AbortSignal): Promise<void> => this.#watch(pulling.watch.bind(pulling), signal);
      loops.push(supervisor.keep('watch', { account }, watch, owning));
    }
    return loops;
  }

  async #watch(watch: (watching: Watching, signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    const { account } = this.adapter;
    const { rooms, wake } = this.parts;
    try {
      await watch(
        {
          rooms: async () =>
            (await rooms.ofAccount(account)).map(({ room, watch: by, cursor, pushedAt, closed }) => ({
              room,
              watch: by,
              cursor,
              pushedAt,
              state: closed === null ? 'open' : 'closed',
            })),
          wake: (woken) => wake(this.adapter, woken),
          watch: (modes) => rooms.watch(account, modes),
          joined: (since) => rooms.joined(account, since),
        },
        signal,
      );
    } catch (error) {
      if (error instanceof LoginRefused) this.loginRefused();
      throw error;
    }
  }

  async #opened(login: string, summary: string): Promise<void> {
    const { account } = this.adapter;
    await this.parts.accounts.opened(account, login, summary);
    this.#state = 'open';
    this.parts.metrics.accountsOpen.set({ account }, 1);
    this.parts.log.info({ account, summary }, 'the account is open');
    this.parts.onChange();
  }

  async #closed(error: unknown, isNews: boolean): Promise<void> {
    const { account } = this.adapter;
    if (isNews) this.parts.metrics.alarms.inc({ account, reason: 'accountClosed' });
    this.parts.metrics.accountsOpen.set({ account }, 0);
    await this.parts.accounts.closed(account, error instanceof Error ? error.message : String(error));
    this.#state = 'closed';
    this.parts.onChange();
  }
}
