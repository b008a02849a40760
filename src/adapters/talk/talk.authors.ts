import type { RoomId } from '../../model/ids.js';
import type { Copy } from '../../model/network-adapter.js';
import { bridgeBotUser } from './talk.bridge-bot.js';
import type { TalkClient } from './talk.client.js';
import { rowIdOf } from './talk.ids.js';
import type { Voice } from './talk.voices.js';

/** Who of ours wrote something; the id of whoever it was but our account. */
export type Author = Pick<Voice, 'as' | 'actor'>;

const mostRemembered = 10_000;
const relay: Author = { as: 'relay' };

/** By which of our voices messages were written: what is written there later has the same form. */
export class TalkAuthors {
  readonly #known = new Map<string, Author>();

  constructor(
    private readonly client: Pick<TalkClient, 'chat'>,
    /** Whether a user's login is lent to us, or was. */
    private readonly wasLent: (user: string) => Promise<boolean>,
  ) {}

  note(room: RoomId, copy: Pick<Copy, 'id'>, { as, actor }: Author): void {
    const key = keyOf(room, copy);
    this.#known.delete(key);
    this.#known.set(key, actor === undefined ? { as } : { as, actor });
    const oldest = this.#known.keys().next();
    if (this.#known.size > mostRemembered && oldest.done !== true) this.#known.delete(oldest.value);
  }

  /** Asks the room for what was written before the program was started. */
  async of(room: RoomId, copy: Pick<Copy, 'id'>, signal: AbortSignal): Promise<Author> {
    const known = this.#known.get(keyOf(room, copy));
    if (known !== undefined) return known;
    const id = rowIdOf(copy.id);
    const row = id === undefined ? undefined : await this.client.chat.get(room, id, signal);
    if (row === undefined) return relay;
    const author = await this.behind(row.actorType, row.actorId);
    this.note(room, copy, author);
    return author;
  }

  /** Who of ours an actor is. */
  async behind(actorType: string, actor: string): Promise<Author> {
    switch (actorType) {
      case 'guests':
        return { as: 'guest', actor };
      case 'bridged':
        return { as: 'bridged', actor: bridgeBotUser };
      case 'users':
        return (await this.wasLent(actor)) ? { as: 'own', actor } : relay;
      default:
        return relay;
    }
  }
}

const keyOf = (room: RoomId, { id }: Pick<Copy, 'id'>): string => `${room}/${id}`;
