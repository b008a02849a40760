import { createHash } from 'node:crypto';
import { oneEmoji } from '../../formatting/emoji.js';
import type { AccountStore } from '../../model/account-store.js';
import type { Clock } from '../../model/clock.js';
import { wordsOfParent, type OrderedRow } from './talk.payloads.js';
import { shownText } from './to-talk.js';

/** What we did to a message as one of its people, as long as its row may be read. */
interface Acts {
  /** What it was made to say: hashes. */
  readonly edits: readonly string[];
  /** Of those that are done, or came to nothing, when that was, in whole seconds of the server's clock. */
  readonly edited?: Readonly<Record<string, number>>;
  readonly isDeleted?: true;
  /** Emoji that were put on it, and when they were taken back, in whole seconds of the server's clock; null: they stand. */
  readonly emojis: Readonly<Record<string, number | null>>;
  readonly at: string;
}

const none: Omit<Acts, 'at'> = { edits: [], emojis: {} };
const mostEdits = 20;
const keptMs = 30 * 86_400_000;
/** The server dates rows by whole seconds, some time after it was asked. */
const marginS = 2;

/**
 * What we change as people who lend us their login, written down before it is done: the rows that tell of it look as if the people
 * themselves had done it. What they say carries a key, and needs none of this.
 */
export class OwnActs {
  constructor(
    private readonly store: AccountStore,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  async edits(room: string, id: number, user: string, text: string): Promise<void> {
    const hash = hashOf(text);
    await this.#change(room, id, user, ({ edits: before, edited = {}, ...acts }) => {
      const edits = [...before, hash].slice(-mostEdits);
      const done = Object.entries(edited).filter(([known]) => known !== hash && edits.includes(known));
      return { ...acts, edits, edited: Object.fromEntries(done) };
    });
  }

  /** It is done, or came to nothing: if the person writes the same from now on, that is theirs. `atS`: by the server's clock. */
  async editsNoMore(room: string, id: number, user: string, text: string, atS: number): Promise<void> {
    await this.#change(room, id, user, (acts) => ({ ...acts, edited: { ...acts.edited, [hashOf(text)]: atS } }));
  }

  async deletes(room: string, id: number, user: string): Promise<void> {
    await this.#change(room, id, user, (acts) => ({ ...acts, isDeleted: true }));
  }

  async reacts(room: string, id: number, user: string, emoji: string): Promise<void> {
    await this.#change(room, id, user, (acts) => ({ ...acts, emojis: { ...acts.emojis, [formOf(emoji)]: null } }));
  }

  /** It is taken back, or did not come to be: what the person does from now on is theirs. `atS`: by the server's clock. */
  async reactsNoMore(room: string, id: number, user: string, emoji: string, atS: number): Promise<void> {
    await this.#change(room, id, user, (acts) => ({ ...acts, emojis: { ...acts.emojis, [formOf(emoji)]: atS } }));
  }

  /** Whether a row of somebody whose login is lent tells of what we did. */
  async isOurs(room: string, row: OrderedRow): Promise<boolean> {
    const { systemMessage, parent, actorId, timestamp, message: emoji } = row;
    if (!told.has(systemMessage) || parent === undefined) return false;
    const acts = actsIn(await this.store.get(actsKey(room, parent.id, actorId)));
    if (acts === undefined) return false;
    switch (systemMessage) {
      case 'message_edited': {
        const shown = wordsOfParent(parent);
        const hash = shown === undefined ? '' : hashOf(shownText(shown));
        return acts.edits.includes(hash) && timestamp <= (acts.edited?.[hash] ?? Infinity) + marginS;
      }
      case 'message_deleted':
        return acts.isDeleted === true;
      default: {
        const until = acts.emojis[typeof emoji === 'string' ? formOf(emoji) : ''];
        return until === null || (until !== undefined && timestamp <= until + marginS);
      }
    }
  }

  /** Forgets what is read no more. */
  async clean(): Promise<void> {
    const oldest = this.clock.now().getTime() - keptMs;
    for (const { key, value } of await this.store.list(actsFront)) {
      const at = actsIn(value)?.at;
      if (at === undefined || Date.parse(at) < oldest) await this.store.delete(key);
    }
  }

  /** All that is done to a message in a room is done by one lane, one after the other. */
  async #change(
    room: string,
    id: number,
    user: string,
    change: (acts: Omit<Acts, 'at'>) => Omit<Acts, 'at'>,
  ): Promise<void> {
    const key = actsKey(room, id, user);
    const acts = change(actsIn(await this.store.get(key)) ?? none);
    await this.store.put(key, { ...acts, at: this.clock.now().toISOString() });
  }
}

const told: ReadonlySet<string> = new Set(['message_edited', 'message_deleted', 'reaction']);

/** An emoji has one form, whoever writes it. */
const formOf = (emoji: string): string => oneEmoji(emoji) ?? emoji;
const actsFront = 'own-act/';
const hashOf = (text: string): string =>
  createHash('sha256')
    .update(shownText({ message: text }))
    .digest('base64url');
const actsKey = (room: string, id: number, user: string): string =>
  `${actsFront}${room}/${String(id)}/${createHash('sha256').update(user.toWellFormed()).digest('base64url')}`;

/** Undefined where nothing stands: nobody else writes there. */
function actsIn(value: unknown): Acts | undefined {
  return value as Acts | undefined;
}
