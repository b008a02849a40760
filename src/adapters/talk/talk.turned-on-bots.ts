import type { AccountStore } from '../../model/account-store.js';
import { BridgeError, LoginRefused } from '../../model/errors.js';
import { roomId, type RoomId } from '../../model/ids.js';
import type { WatchedRoom } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import type { TalkClient } from './talk.client.js';

const front = 'bot-on/';

export interface TurnedOnBotsParts {
  readonly client: Pick<TalkClient, 'api'>;
  readonly store: AccountStore;
  readonly log: Log;
  /** Also while its link is paused. */
  isLinked(room: string): boolean;
}

/** In which rooms we turned our bot on: where a room is in no link any more we turn it off again. What a moderator turned on is theirs. */
export class TurnedOnBots {
  /** The rooms of the last look; undefined: there may be some that were unlinked before it. */
  #rooms: ReadonlySet<RoomId> | undefined;
  /** Where it was turned off since the start. */
  readonly #off = new Set<RoomId>();

  constructor(private readonly parts: TurnedOnBotsParts) {}

  /** To be written down before it is done: what is written down in vain does no harm. */
  async turnOn(room: RoomId, bot: number): Promise<void> {
    await this.parts.store.put(front + room, { bot });
  }

  /** Turns the bot off where rooms were unlinked. Returns the rooms that came back since. Throws LoginRefused; else it is tried again. */
  async step(rooms: readonly WatchedRoom[], signal: AbortSignal): Promise<readonly WatchedRoom[]> {
    const { store, isLinked } = this.parts;
    const now = new Set(rooms.map(({ room }) => room));
    const left = this.#rooms === undefined || [...this.#rooms].some((room) => !now.has(room) && !isLinked(room));
    // A room of a paused link is not among them: it may be unlinked before it is.
    const paused = [...(this.#rooms ?? [])].filter((room) => isLinked(room));
    this.#rooms = new Set([...now, ...paused]);
    if (left) {
      for (const { key, value } of await store.list(front)) {
        const room = roomId(key.slice(front.length));
        if (!now.has(room) && !isLinked(room)) await this.#turnOff(room, (value as { bot: number }).bot, signal);
      }
    }
    return rooms.filter(({ room }) => this.#off.delete(room));
  }

  async #turnOff(room: RoomId, bot: number, signal: AbortSignal): Promise<void> {
    const { client, store, log } = this.parts;
    try {
      await client.api.bots.disable({ token: room, botId: bot }, signal);
      log.info({ room, bot }, 'the bot was turned off in a room that is in no link any more');
    } catch (error) {
      if (error instanceof LoginRefused || !(error instanceof BridgeError)) throw error;
      if (error.failure.retry !== 'never' && error.code !== 'roomClosed') {
        this.#rooms = undefined;
        return;
      }
      // We are no moderator there any more, or it is gone: it is others' to turn off.
      log.debug({ room, bot, error }, 'the bot could not be turned off');
    }
    this.#off.add(room);
    await store.delete(front + room);
  }
}
