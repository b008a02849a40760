import type { Clock } from '../model/clock.js';
import type { RoomId } from '../model/ids.js';
import type { NetworkAdapter, RawPayload } from '../model/network-adapter.js';
import type { Log } from '../model/network-definition.js';
import type { CatchUpRepository, MissedRoom } from '../persistence/catch-up.repository.js';

/** What a network that pushes can be asked for afterwards: everything said in the room since a time, oldest first. */
export interface Recalling {
  readonly catchUp?: (room: RoomId, since: Date, signal: AbortSignal) => AsyncIterable<readonly RawPayload[]>;
}

export interface CatchUpOptions {
  /** How long after a failure, or when nothing was missed, it is looked again. */
  readonly againMs: number;
  /** Stores and routes; what is stored already is left out. */
  ingest(adapter: NetworkAdapter, payloads: readonly RawPayload[]): Promise<void>;
}

/** Takes in what was pushed while links were paused, where they are resumed from where they stopped. Rooms that are pulled do so by their cursors. */
export class CatchUp {
  #woken = new AbortController();

  constructor(
    private readonly repository: CatchUpRepository,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly options: CatchUpOptions,
  ) {}

  /** Links have changed: there may be something to catch up with. */
  wake(): void {
    const before = this.#woken;
    this.#woken = new AbortController();
    before.abort();
  }

  /** Catches up until `signal` aborts; does nothing while `mine` says that the account is not this replica's, or not open. */
  async run(adapter: NetworkAdapter & Recalling, mine: () => boolean, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { signal: woken } = this.#woken;
      const missed = mine() ? await this.repository.missed(adapter.account) : [];
      for (const room of missed) if (!signal.aborted && mine()) await this.#tryRoom(adapter, room, mine, signal);
      await this.clock.sleep(this.options.againMs, AbortSignal.any([signal, woken]));
    }
  }

  async #tryRoom(
    adapter: NetworkAdapter & Recalling,
    missed: MissedRoom,
    mine: () => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const { account, room } = missed;
    try {
      await this.#catchUp(adapter, missed, mine, signal);
    } catch (error) {
      if (signal.aborted) return;
      this.log.warn({ account, room, error }, 'what a room missed cannot be had yet');
      await this.repository.problem(
        missed,
        `cannot catch up yet: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  async #catchUp(
    adapter: NetworkAdapter & Recalling,
    missed: MissedRoom,
    mine: () => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const { account, room, from } = missed;
    if (adapter.catchUp === undefined) {
      if (adapter.pulling === undefined)
        this.log.warn({ account, room }, 'the network cannot be asked for what a room missed');
      await this.repository.done(missed);
      return;
    }
    let payloads = 0;
    for await (const batch of adapter.catchUp(room, from, signal)) {
      if (signal.aborted || !mine() || !(await this.repository.stillWanted(missed))) return;
      await this.repository.forget(
        missed,
        batch.map(({ key }) => key),
      );
      await this.options.ingest(adapter, batch);
      payloads += batch.length;
    }
    if (signal.aborted) return;
    await this.repository.done(missed);
    this.log.info({ account, room, payloads }, 'a room has caught up with what it missed');
  }
}
