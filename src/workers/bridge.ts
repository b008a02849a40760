import { accountId, type AccountId, type RoomId } from '../model/ids.js';
import type { SpeakerWish } from '../model/capabilities.js';
import type { NetworkAdapter } from '../model/network-adapter.js';
import type { TypingChanged } from '../model/bridge-event.js';
import type { AlarmClock } from '../model/clock.js';
import type { Lane } from '../model/delivery.js';
import type { Log } from '../model/network-definition.js';
import type { AccountRepository } from '../persistence/account.repository.js';
import type { Database } from '../persistence/database.js';
import type { DeclaredLink, LinkRepository } from '../persistence/link.repository.js';
import type { RoomRepository } from '../persistence/room.repository.js';
import type { StatusRepository } from '../persistence/status.repository.js';
import type { LaneReservation } from '../pipeline/hand-over.js';
import type { Ephemeral } from '../pipeline/ephemeral.js';
import type { Presences } from '../pipeline/presences.js';
import type { Reading } from '../pipeline/reading.js';
import type { IngestService } from '../pipeline/ingest.js';
import type { RowId } from '../model/routing.js';
import { shardOf } from '../model/shard.js';
import type { CatchUp } from '../links/catch-up.js';
import type { LinkKeeper } from '../links/link-keeper.js';
import type { Metrics } from '../observability/metrics.js';
import { AccountWorker } from './account-worker.js';
import type { Lanes } from './lanes.js';
import { Logins } from './logins.js';
import type { RoomStates } from './room-states.js';
import { Rooms } from './rooms.js';
import type { Shards } from './shards.js';
import type { Supervisor } from './supervisor.js';
import { Turnstile } from '../model/turnstile.js';
import { WhenChanged } from './when-changed.js';
import type { Wakeup, Wakeups } from './wakeups.js';

/** A server that is asked for more at once answers none of them sooner. */
const firstReadsAtOnce = 8;

export interface BridgeParts {
  readonly database: Database;
  readonly adapters: ReadonlyMap<AccountId, NetworkAdapter>;
  readonly accounts: AccountRepository;
  readonly rooms: RoomRepository;
  readonly roomStates: RoomStates;
  readonly links: LinkRepository;
  readonly status: StatusRepository;
  readonly keeper: LinkKeeper;
  readonly catchUp: CatchUp;
  readonly ingest: IngestService;
  readonly ephemeral: Pick<Ephemeral, 'run' | 'typingElsewhere'>;
  readonly presences: Pick<Presences, 'run'>;
  readonly reading: Pick<Reading, 'run'>;
  readonly lanes: Lanes;
  readonly shards: Shards;
  readonly wakeups: Wakeups;
  readonly supervisor: Supervisor;
  readonly clock: AlarmClock;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly declared: readonly DeclaredLink[];
  /** Rooms that links name, shared with the adapters: the bridge keeps it in step. */
  readonly linked: Map<AccountId, Set<string>>;
  /** Who is to speak in which rooms, by portal, shared with the deliveries: the bridge keeps it in step. */
  readonly speakerWishes: Map<RowId, SpeakerWish>;
  readonly pollMs: number;
}

/** The house at work: what runs for as long as the service does, in which order it begins and ends. */
export class Bridge {
  readonly #stop = new AbortController();
  readonly #workers = new Map<AccountId, AccountWorker>();
  readonly #logins = new Logins();
  /** Of each account its own: one whose server hangs holds up no other. */
  readonly #firstReads = new Map<AccountId, Turnstile>();
  readonly #rooms: Rooms;
  #phase: 'starting' | 'working' = 'starting';
  #reconciling: Promise<void> = Promise.resolve();
  readonly #inStep = new WhenChanged();

  constructor(private readonly parts: BridgeParts) {
    const { rooms, roomStates, ingest, shards, clock, metrics, log, adapters, supervisor } = parts;
    this.#rooms = new Rooms(
      {
        repository: rooms,
        states: roomStates,
        ingest,
        shards,
        clock,
        metrics,
        log,
        firstReads: (account) => {
          const turnstile = this.#firstReads.get(account) ?? new Turnstile(firstReadsAtOnce);
          this.#firstReads.set(account, turnstile);
          return turnstile;
        },
        onLoginRefused: (account) => {
          this.loginRefused(account);
        },
      },
      adapters,
      supervisor,
      this.#stop.signal,
    );
  }

  /** Takes up work. The database is open and migrated. Resolves before networks have answered. */
  async start(): Promise<void> {
    const { accounts, adapters, links, declared, shards, lanes, supervisor } = this.parts;
    await accounts.declare([...adapters.values()].map(({ account, network }) => ({ id: account, network })));
    await links.declare(declared);
    await this.#learnLinked();
    shards.onChange(() => {
      this.reconcile();
    });
    shards.drainWith(async (leaving) => {
      // They may come back before anything else becomes other.
      this.#inStep.forget();
      await Promise.all([lanes.drain(leaving), this.#rooms.drain(leaving)]);
    });
    await shards.tick();
    const { signal } = this.#stop;
    void supervisor.keep('shards', {}, (running) => shards.run(running), signal);
    void supervisor.keep('wake-ups', {}, (running) => this.#listen(running), signal);
    void supervisor.keep('typing', {}, (running) => this.parts.ephemeral.run(running), signal);
    void supervisor.keep('presence', {}, (running) => this.parts.presences.run(running), signal);
    void supervisor.keep('reading', {}, (running) => this.parts.reading.run(running), signal);
    void supervisor.keep('poll', {}, (running) => this.#poll(running), signal);
    for (const adapter of adapters.values()) this.#startAccount(adapter);
    this.#phase = 'working';
  }

  /** Ends in order: nothing new comes in, what is in flight is finished or written down as in doubt, shards are given back. */
  async stop(withinMs: number): Promise<void> {
    const { lanes, wakeups, shards, supervisor, clock } = this.parts;
    const startedMs = clock.monotonicMs();
    this.#stop.abort();
    await lanes.stop(withinMs * 0.6);
    await wakeups.flush();
    const waited = new AbortController();
    await Promise.race([supervisor.ended(), clock.sleep(withinMs - (clock.monotonicMs() - startedMs), waited.signal)]);
    waited.abort();
    await shards.release();
  }

  /** Whether everything that the settings name has been taken up, or is known to fail. */
  async readiness(): Promise<{ readonly ready: boolean; readonly waitsFor: readonly string[] }> {
    if (this.#phase === 'starting') return { ready: false, waitsFor: ['the start'] };
    const connecting = [...this.#workers].filter(([, { state }]) => state === 'connecting').map(([account]) => account);
    const pulled = [...this.parts.adapters.values()].filter(({ pulling }) => pulling !== undefined);
    const pending = await this.parts.status.pending(pulled.map(({ account }) => account));
    const waitsFor = [
      ...connecting.map((account) => `the login of ${account}`),
      ...(pending.rooms > 0 ? [`${String(pending.rooms)} rooms to be found`] : []),
      ...(pending.cursors > 0 ? [`${String(pending.cursors)} rooms to be read`] : []),
    ];
    return { ready: waitsFor.length === 0, waitsFor };
  }

  loginRefused(account: string): void {
    this.#workers.get(accountId(account))?.loginRefused();
  }

  /** Puts the room workers in step with what is ours and linked; one time after another. */
  reconcile(): void {
    this.#reconciling = this.#reconciling.then(async () => {
      try {
        const open = [...this.#workers].filter(([, { state }]) => state === 'open').map(([account]) => account);
        // All of it asked before anything is read, and once: what becomes other meanwhile is seen the next time.
        const owned = this.parts.shards.owned();
        const is = JSON.stringify([open, owned, await this.parts.links.fingerprint()]);
        await this.#inStep.run(is, async () => {
          this.#rooms.useAccounts(new Set(open));
          await this.#learnLinked();
          await this.#rooms.reconcile(owned);
        });
      } catch (error) {
        this.parts.log.warn({ error }, 'the rooms could not be brought in step; tried again in its turn');
      }
    });
  }

  /** Starts those of the lanes that are ours, and tells the other replicas of theirs. */
  wakeLanes(lanes: readonly Lane[]): void {
    this.parts.wakeups.tell({ lanes: this.parts.lanes.wake(lanes) });
  }

  /** Has these rooms read at once, wherever they are read. */
  async wakeRooms(account: AccountId, woken: readonly RoomId[]): Promise<void> {
    // Whoever takes a room over reads it at once: only what another replica reads is written down.
    const elsewhere = this.#rooms.wake(woken.map((id) => ({ account, id })));
    if (elsewhere.length === 0) return;
    await this.parts.rooms.wake(
      account,
      elsewhere.map(({ id }) => id),
    );
    this.parts.wakeups.tell({ rooms: elsewhere });
  }

  reserveLanes(): LaneReservation {
    return this.parts.lanes.reserve();
  }

  #startAccount(adapter: NetworkAdapter): void {
    const { supervisor, clock, metrics, log, shards, accounts, rooms, keeper, catchUp, ingest } = this.parts;
    const worker = new AccountWorker(
      {
        accounts,
        rooms,
        links: keeper,
        shards,
        supervisor,
        clock,
        metrics,
        log,
        ownerCheckMs: this.parts.pollMs,
        claimLogin: (login, account) => this.#logins.claim(login, account),
        onChange: () => {
          this.reconcile();
        },
        wake: (from, woken) => this.wakeRooms(from.account, woken),
      },
      adapter,
      { accept: (payloads) => ingest.accept(adapter, payloads) },
    );
    this.#workers.set(adapter.account, worker);
    void supervisor.keep(
      'account',
      { account: adapter.account },
      (signal, working) => worker.run(signal, working),
      this.#stop.signal,
    );
    const mine = (): boolean => worker.state === 'open' && shards.owns(shardOf(adapter.account));
    void supervisor.keep(
      'catch-up',
      { account: adapter.account },
      (signal) => catchUp.run(adapter, mine, signal),
      this.#stop.signal,
    );
  }

  async #learnLinked(): Promise<void> {
    for (const account of this.parts.adapters.keys()) {
      this.parts.linked.set(account, new Set(await this.parts.links.linkedRooms(account)));
    }
    const { speakerWishes } = this.parts;
    const wished = await this.parts.links.speakerWishes();
    for (const portal of speakerWishes.keys()) if (!wished.has(portal)) speakerWishes.delete(portal);
    for (const [portal, wish] of wished) speakerWishes.set(portal, wish);
  }

  #listen(signal: AbortSignal): Promise<void> {
    const wakeup = ({ lanes, rooms }: Wakeup): void => {
      if (lanes.length + rooms.length === 0) this.#linksChanged();
      if (lanes.length > 0) {
        this.parts.lanes.wakeById(lanes).catch((error: unknown) => {
          this.parts.log.debug({ error }, 'lanes could not be woken: the poll will find them');
        });
      }
      this.#rooms.wake(rooms);
    };
    const typing = (changed: TypingChanged): void => this.parts.ephemeral.typingElsewhere(changed);
    return this.parts.wakeups.listen({ wakeup, typing }, signal);
  }

  /** Somebody changed links: rooms come and go, are paused and resumed. */
  #linksChanged(): void {
    this.reconcile();
    void this.#reconciling.then(() => {
      this.parts.keeper.wake();
      this.parts.catchUp.wake();
    });
  }

  /** The net under every wake-up, once a second. */
  async #poll(signal: AbortSignal): Promise<void> {
    for (let turn = 0; !signal.aborted; turn += 1) {
      await this.parts.lanes.poll();
      await this.#rooms.poll();
      await this.parts.ingest.routeHeld(this.parts.adapters);
      await this.parts.ingest.expire(this.parts.adapters);
      if (turn % 5 === 0) this.reconcile();
      await this.parts.clock.sleep(this.parts.pollMs, signal);
    }
  }
}
