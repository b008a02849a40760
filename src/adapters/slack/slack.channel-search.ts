import type { Clock } from '../../model/clock.js';
import type { ConversationsApi, SlackChannel } from './api/conversations.api.js';
import { BoundedMap } from '../../model/bounded-map.js';

/** One reading of all public channels, as far as it has come. */
interface Pass {
  readonly idOf: BoundedMap<string, string>;
  cursor: string | undefined;
  pages: number;
  readAtMs: number;
  isOver: boolean;
}

const mostNames = 100_000;
/** After so long a cursor is not relied on. */
const cursorForMs = 600_000;
/** Slack gives twenty pages a minute: a search that finds nothing is repeated with a quarter of them. One page is always read anew. */
const restPerPageMs = 12_000;

/**
 * Finds public channels by their names, for which Slack has no call: they are read page by page. Where Slack asks for a pause, the
 * next search goes on from there, for whatever name.
 */
export class ChannelSearch {
  #pass: Pass | undefined;

  constructor(
    private readonly conversations: Pick<ConversationsApi, 'publicOnes' | 'info'>,
    private readonly clock: Clock,
  ) {}

  /** Undefined where there is none of that name. Throws RateLimited where it has to go on later. */
  async find(name: string, signal: AbortSignal): Promise<SlackChannel | undefined> {
    let pass = this.#current();
    for (;;) {
      const id = pass.idOf.get(name);
      if (id !== undefined) {
        const channel = await this.conversations.info(id, signal);
        if (channel?.name === name) return channel;
        // Renamed, or gone, since it was read.
        pass.idOf.delete(name);
      }
      if (pass.isOver) return undefined;
      pass = await this.#readOn(pass, signal);
    }
  }

  #current(): Pass {
    const nowMs = this.clock.monotonicMs();
    const pass = this.#pass;
    return pass !== undefined && nowMs - pass.readAtMs < lifeMs(pass) ? pass : this.#anew();
  }

  #anew(): Pass {
    const readAtMs = this.clock.monotonicMs();
    this.#pass = { idOf: new BoundedMap(mostNames), cursor: undefined, pages: 0, readAtMs, isOver: false };
    return this.#pass;
  }

  async #readOn(pass: Pass, signal: AbortSignal): Promise<Pass> {
    const page = await this.conversations.publicOnes(pass.cursor, signal);
    if (page === 'lost') return this.#anew();
    for (const { id, name } of page.items) if (name !== undefined) pass.idOf.set(name, id);
    pass.pages += 1;
    pass.cursor = page.next;
    pass.isOver = page.next === undefined;
    pass.readAtMs = this.clock.monotonicMs();
    return pass;
  }
}

function lifeMs({ isOver, pages }: Pass): number {
  return isOver ? (pages - 1) * restPerPageMs : cursorForMs;
}
