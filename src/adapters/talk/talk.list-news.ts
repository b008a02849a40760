import type { Clock } from '../../model/clock.js';
import type { Log } from '../../model/network-definition.js';
import type { TalkClient } from './talk.client.js';
import { seenOf, type SeenRoom } from './talk.listed-rooms.js';
import type { TalkRoom } from './talk.payloads.js';
import type { TalkSettings } from './talk.settings.js';

/**
 * What is other than it was last told: which message came last, or only what became of it, or when something happened. `appeared`:
 * nothing was told of the room before.
 */
type ListedChange = 'appeared' | 'message' | 'state';

export interface ChangedRoom {
  readonly room: TalkRoom;
  readonly by: ListedChange;
}

/** What the room list told, and what of it is new. */
export interface ListNews {
  readonly rooms: readonly TalkRoom[];
  readonly changed: readonly ChangedRoom[];
  /** Tokens of rooms that were told of before, and are not there any more. */
  readonly vanished: readonly string[];
  /** How many invitations into rooms of other servers wait for an answer. */
  readonly invitations: number;
  /** All of it is new to us, and may have been read long ago. */
  readonly isFirst: boolean;
  /** Whoever has to know of it does: it is no news any more. Until then it is told again. */
  taken(): void;
}

/** Asks the room list what is new since it was last asked, and now and then for the whole, which shows what vanished. */
export class RoomListNews {
  readonly #seen = new Map<string, SeenRoom>();
  #modifiedSince: number | undefined;
  #fullListDueMs = 0;

  constructor(
    private readonly rooms: Pick<TalkClient['rooms'], 'list'>,
    private readonly settings: Pick<TalkSettings, 'fullListIntervalMs'>,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
    private readonly log: Log,
  ) {}

  /** Throws BridgeErrors; undefined where `signal` aborted it. */
  async ask(signal: AbortSignal): Promise<ListNews | undefined> {
    const nowMs = this.clock.monotonicMs();
    const isFirst = this.#modifiedSince === undefined;
    const isFull = isFirst || nowMs >= this.#fullListDueMs;
    const list = await this.rooms
      .list(isFull || this.#modifiedSince === undefined ? {} : { modifiedSince: this.#modifiedSince }, signal)
      .catch((error: unknown) => {
        if (signal.aborted) return undefined;
        throw error;
      });
    if (list === undefined) return undefined;
    const vanished = isFull ? this.#missingFrom(list.rooms) : [];
    return {
      rooms: list.rooms,
      changed: list.rooms.flatMap((room) => {
        const by = this.#changeOf(room);
        return by === undefined ? [] : [{ room, by }];
      }),
      vanished,
      invitations: list.invitations,
      isFirst,
      taken: () => {
        for (const room of list.rooms) this.#seen.set(room.token, seenOf(room));
        for (const token of vanished) this.#seen.delete(token);
        if (list.modifiedBefore !== undefined) this.#modifiedSince = list.modifiedBefore;
        if (isFull) this.#fullListDueMs = nowMs + this.settings.fullListIntervalMs;
        if (vanished.length > 0) this.log.info({ rooms: vanished.length }, 'rooms vanished from the list');
      },
    };
  }

  #changeOf(room: TalkRoom): ListedChange | undefined {
    const before = this.#seen.get(room.token);
    const now = seenOf(room);
    if (before === undefined) return 'appeared';
    if (before.lastMessageId !== now.lastMessageId) return 'message';
    return before.lastActivity === now.lastActivity && before.shown === now.shown ? undefined : 'state';
  }

  #missingFrom(rooms: readonly TalkRoom[]): string[] {
    const listed = new Set(rooms.map((room) => room.token));
    return [...this.#seen.keys()].filter((token) => !listed.has(token));
  }
}
