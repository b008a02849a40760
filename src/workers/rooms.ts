import type { AccountId, RoomRef } from '../model/ids.js';
import { watchModes, type NetworkAdapter } from '../model/network-adapter.js';
import { roomKey } from '../model/routing.js';
import type { RoomRow } from '../persistence/room.repository.js';
import { type RoomParts, RoomWorker } from './room-worker.js';
import type { Supervisor } from './supervisor.js';

/**
 * Rooms that are woken together are read one after the other in the order of the wake-up, all of them within this time: what is to
 * be sent goes on between. A room list comes every 3 s.
 */
const wakeWithinMs = 2_500;
const wakeEveryMs = 25;

interface Watched {
  readonly row: RoomRow;
  readonly worker: RoomWorker;
  readonly ended: Promise<void>;
}

/** One supervised worker for each pulled room in this replica's shards. */
export class Rooms {
  readonly #watched = new Map<string, Watched>();
  #accounts: ReadonlySet<AccountId> = new Set();

  constructor(
    private readonly parts: RoomParts,
    private readonly adapters: ReadonlyMap<string, NetworkAdapter>,
    private readonly supervisor: Supervisor,
    private readonly signal: AbortSignal,
  ) {
    // One for all: a signal for each would be most of what an idle room takes.
    signal.addEventListener(
      'abort',
      () => {
        for (const { worker } of this.#watched.values()) worker.stop();
      },
      { once: true },
    );
  }

  /** Rooms are read through these accounts only: those that are logged in. */
  useAccounts(accounts: ReadonlySet<AccountId>): void {
    this.#accounts = accounts;
  }

  /** Starts and stops workers until they are those of the rooms in these shards, which are ours, and sets how each one reads. */
  async reconcile(owned: readonly number[]): Promise<void> {
    if (this.signal.aborted) return;
    const pulled = [...this.#accounts].filter((account) => this.adapters.get(account)?.pulling !== undefined);
    const rows = await this.parts.repository.ofShards(pulled, owned);
    // The stop may have come meanwhile, and ends only those that are there.
    if (this.signal.aborted) return;
    const wanted = new Map(rows.map((row) => [roomKey({ account: row.account, id: row.room }), row]));
    for (const [key, watched] of this.#watched) if (!wanted.has(key)) this.#stop(key, watched);
    for (const [key, row] of wanted) {
      const watched = this.#watched.get(key);
      if (watched === undefined) this.#start(key, row);
      else watched.worker.watchBy(row.watch);
    }
    this.#count();
  }

  /** Wakes the rooms that are read here. Returns the others. */
  wake(rooms: readonly RoomRef[]): RoomRef[] {
    const here = rooms.flatMap((room) => this.#watched.get(roomKey(room)) ?? []);
    void this.#wakeInTurn(here);
    return rooms.filter((room) => !this.#watched.has(roomKey(room)));
  }

  async #wakeInTurn(rooms: readonly Watched[]): Promise<void> {
    const { clock } = this.parts;
    const stepMs = Math.min(wakeEveryMs, wakeWithinMs / rooms.length);
    const startedMs = clock.monotonicMs();
    for (const [at, { worker }] of rooms.entries()) {
      const aheadMs = at * stepMs - (clock.monotonicMs() - startedMs);
      if (aheadMs >= 1) await clock.sleep(aheadMs, this.signal);
      worker.wake();
    }
  }

  /** The net under wake-ups that did not arrive. */
  async poll(): Promise<void> {
    this.wake(await this.parts.repository.takeWoken(this.parts.shards.owned()));
  }

  /** Resolves when nothing is read any more in these shards. */
  async drain(shards: ReadonlySet<number>): Promise<void> {
    const leaving = [...this.#watched].filter(([, { row }]) => shards.has(row.shard));
    for (const [key, watched] of leaving) this.#stop(key, watched);
    await Promise.all(leaving.map(([, { ended }]) => ended));
  }

  #start(key: string, row: RoomRow): void {
    const adapter = this.adapters.get(row.account);
    if (adapter?.pulling === undefined) return;
    const worker = new RoomWorker(this.parts, adapter, adapter.pulling, row);
    const ended = this.supervisor.keepOne('room', { account: row.account, room: row.room }, worker);
    this.#watched.set(key, { row, worker, ended });
  }

  #stop(key: string, watched: Watched): void {
    this.#watched.delete(key);
    watched.worker.stop();
  }

  #count(): void {
    const modes = { webhook: 0, signaling: 0, held: 0, swept: 0 };
    for (const { worker } of this.#watched.values()) modes[worker.mode] += 1;
    for (const mode of watchModes) this.parts.metrics.roomsWatched.set({ mode }, modes[mode]);
  }
}
