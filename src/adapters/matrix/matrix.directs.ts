import { createHash } from 'node:crypto';
import type { AccountStore } from '../../model/account-store.js';
import type { RoomsApi } from './api/rooms.api.js';
import type { OurUsers } from './matrix.ids.js';
import { Turns } from './matrix.turns.js';

export interface DirectParts {
  readonly users: OurUsers;
  readonly rooms: RoomsApi;
  readonly store: AccountStore;
  /** Says something there as our own user. `forbidden`: it is not in the room any more. */
  say(room: string, text: string, how: Saying): Promise<'said' | 'forbidden'>;
}

export interface Saying {
  /** `notice`: it rings for nobody. */
  readonly style: 'text' | 'notice';
  /** The same one is said once. */
  readonly key: string;
  readonly signal: AbortSignal;
}

/** What our own user says to one person alone: in a room made for that, which is kept. */
export class MatrixDirects {
  readonly #turns = new Turns();

  constructor(private readonly parts: DirectParts) {}

  /** Throws BridgeErrors. */
  async tell(person: string, text: string, key: string, signal: AbortSignal): Promise<void> {
    await this.#turns.take(person, async () => {
      const saying: Saying = { style: 'text', key, signal };
      const known = await this.#reached(person, signal);
      if (known !== undefined && (await this.parts.say(known, text, saying)) === 'said') return;
      const made = await this.parts.rooms.createDirect(person, signal);
      await this.parts.store.put(keyOf(person), { room: made });
      await this.parts.store.put(roomKeyOf(made), { person });
      await this.parts.say(made, text, saying);
    });
  }

  /** Whether the room was made for what is said to one person alone. */
  async isDirect(room: string): Promise<boolean> {
    return (await this.parts.store.get(roomKeyOf(room))) !== undefined;
  }

  /** The person's room, with the person in it or invited; undefined where another one is to be made. */
  async #reached(person: string, signal: AbortSignal): Promise<string | undefined> {
    const { rooms, store, users } = this.parts;
    const kept = await store.get(keyOf(person));
    const room = typeof kept === 'object' && kept !== null ? (kept as { room?: unknown }).room : undefined;
    if (typeof room !== 'string') return undefined;
    const membership = await rooms.membership(room, person, signal);
    if (membership === 'join' || membership === 'invite') return room;
    if (membership === 'hidden' || membership === 'ban') return undefined;
    return (await rooms.invite(room, person, users.bot, { signal })) === 'invited' ? room : undefined;
  }
}

/** Ids of people and rooms may be long, and hold anything. */
const hashOf = (id: string): string => createHash('sha256').update(id.toWellFormed()).digest('base64url');
const keyOf = (person: string): string => `direct/${hashOf(person)}`;
const roomKeyOf = (room: string): string => `direct-room/${hashOf(room)}`;
