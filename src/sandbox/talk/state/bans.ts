import { Refusal } from '../refusal.js';
import type { Accounts } from './accounts.js';
import { actorKey, type Actor } from './actor.js';
import type { Conversations } from './conversations.js';
import { isModerator, RoomType, type Room } from './room.js';
import type { Rooms } from './rooms.js';

const bannable = ['users', 'guests', 'emails', 'ip'] as const;
export type BannableType = (typeof bannable)[number];

export interface Ban {
  readonly id: number;
  readonly moderator: Actor;
  readonly banned: { readonly type: BannableType; readonly id: string; readonly name: string };
  readonly atSeconds: number;
  readonly note: string;
}

export interface NewBan {
  readonly type: string;
  readonly id: string;
  readonly note: string;
}

const longestNote = 4000;
/** Of everybody. */
const address = '127.0.0.1';

/** Who may not come into which room. */
export class Bans {
  readonly #byRoom = new Map<Room, Ban[]>();
  #lastId = 0;

  constructor(
    private readonly accounts: Accounts,
    private readonly rooms: Rooms,
    private readonly conversations: Conversations,
    private readonly nowSeconds: () => number,
  ) {}

  of(room: Room): readonly Ban[] {
    return this.#byRoom.get(room) ?? [];
  }

  isBanned(room: Room, userId: string): boolean {
    return this.of(room).some(({ banned }) => banned.type === 'users' && banned.id === userId);
  }

  /** Whether a guest may not come in. Who knocks in spite of a ban has the address banned too, which here is that of all guests. */
  keepsOut(room: Room, guest: string | undefined): boolean {
    const bans = this.of(room);
    const own = bans.find(({ banned }) => banned.type === 'guests' && `guests/${banned.id}` === guest);
    const isAddressBanned = bans.some(({ banned }) => banned.type === 'ip');
    if (own !== undefined && !isAddressBanned) {
      this.#lastId += 1;
      const banned = { type: 'ip' as const, id: address, name: address };
      this.#byRoom.set(room, [...bans, { ...own, id: this.#lastId, banned }]);
    }
    return own !== undefined || isAddressBanned;
  }

  /** Whoever is banned is no longer in the room. Throws a Refusal 400 with what is wrong. */
  add(room: Room, moderator: Actor, { type, id, note }: NewBan): Ban {
    if (room.type !== RoomType.group && room.type !== RoomType.public) throw new Refusal(400, { error: 'room' });
    if (type === moderator.type && id === moderator.id) throw new Refusal(400, { error: 'self' });
    if (note.length > longestNote) throw new Refusal(400, { error: 'internalNote' });
    const known = bannable.find((name) => name === type);
    if (known === undefined || id === '') throw new Refusal(400, { error: 'bannedActor' });
    const attendee = known === 'ip' ? undefined : room.attendees.get(actorKey({ type: known, id }));
    if (attendee !== undefined && isModerator(attendee)) throw new Refusal(400, { error: 'moderator' });
    const name = this.#nameOf(known, id);
    if (attendee !== undefined) this.conversations.remove(room, moderator, attendee);
    this.#lastId += 1;
    const ban = { id: this.#lastId, moderator, banned: { type: known, id, name }, atSeconds: this.nowSeconds(), note };
    this.#byRoom.set(room, [...this.of(room), ban]);
    return ban;
  }

  /** One that is not there is gone already. */
  lift(room: Room, id: number): void {
    this.#byRoom.set(
      room,
      this.of(room).filter((ban) => ban.id !== id),
    );
  }

  #nameOf(type: BannableType, id: string): string {
    switch (type) {
      case 'users': {
        const user = this.accounts.get(id);
        if (user === undefined) throw new Refusal(400, { error: 'bannedActor' });
        return user.displayName;
      }
      case 'guests':
        return this.rooms.guestName({ type, id });
      case 'emails':
      case 'ip':
        return id;
    }
  }
}
