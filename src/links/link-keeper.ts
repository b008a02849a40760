import type { Clock } from '../model/clock.js';
import type { AccountId } from '../model/ids.js';
import type { NetworkAdapter } from '../model/network-adapter.js';
import type { Log } from '../model/network-definition.js';
import type { RowId } from '../model/routing.js';
import type { LinkRepository, UnresolvedPortal } from '../persistence/link.repository.js';

/** Finds or makes the rooms that links name. Run for an account by the one replica that owns it. */
export class LinkKeeper {
  #woken = new AbortController();
  readonly #problems = new Map<RowId, string>();

  constructor(
    private readonly repository: LinkRepository,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly options: {
      /** How long after a failure a room is tried again. */
      readonly againMs: number;
      /** Told when a room was found: it can be worked on. */
      onResolved(): void;
    },
  ) {}

  /** Links have changed: there may be new rooms to find. */
  wake(): void {
    const before = this.#woken;
    this.#woken = new AbortController();
    before.abort();
  }

  /** Resolves rooms until none is left or `signal` aborts; comes back later to those that could not be had. */
  async run(account: AccountId, adapter: NetworkAdapter, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { signal: woken } = this.#woken;
      const unresolved = await this.repository.unresolved(account);
      let resolved = 0;
      for (const portal of unresolved) {
        if (signal.aborted) return;
        if (await this.#resolve(account, adapter, portal, signal)) resolved += 1;
      }
      if (resolved > 0) this.options.onResolved();
      await this.clock.sleep(this.options.againMs, AbortSignal.any([signal, woken]));
    }
  }

  async #resolve(
    account: AccountId,
    adapter: NetworkAdapter,
    { portal, link, wanted }: UnresolvedPortal,
    signal: AbortSignal,
  ): Promise<boolean> {
    try {
      const room = await adapter.resolveRoom(wanted, link, signal);
      const idsHoldFor = adapter.roomIds === 'everywhere' ? 'network' : 'account';
      await this.repository.resolved(portal, account, room, idsHoldFor);
      this.#problems.delete(portal);
      this.log.info({ account, link, room }, 'a room of a link is ready');
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      const problem = error instanceof Error ? error.message : String(error);
      // It is tried every few seconds, maybe for days: what is known is not logged again.
      if (this.#problems.get(portal) !== problem)
        this.log.warn({ account, link, error }, 'a room of a link cannot be had yet');
      this.#problems.set(portal, problem);
      await this.repository.problem(portal, problem);
      return false;
    }
  }
}
