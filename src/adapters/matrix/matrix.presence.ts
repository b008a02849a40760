import type { AccountStore } from '../../model/account-store.js';
import type { Clock } from '../../model/clock.js';
import { roomId } from '../../model/ids.js';
import type { AdapterContext, Log } from '../../model/network-definition.js';
import { bannedFromRoom, notInRoom } from './matrix.errors.js';
import type { OurUsers } from './matrix.ids.js';
import { BoundedMap } from '../../model/bounded-map.js';
import { type MatrixEvent, readMember } from './matrix.payloads.js';

export interface PresenceParts extends Pick<AdapterContext<unknown>, 'roomClosed' | 'roomsOpened'> {
  readonly users: OurUsers;
  readonly store: AccountStore;
  readonly clock: Clock;
  readonly log: Log;
  isLinked(room: string): boolean;
}

const maxRemembered = 20_000;
/** Another replica may have been told of a change. */
const believedMs = 60_000;

/** Knows the linked rooms that our own user was removed from: whoever did that wants no ghosts to speak there either. */
export class MatrixPresence {
  readonly #known = new BoundedMap<string, { readonly isOut: boolean; readonly untilMs: number }>(maxRemembered);

  constructor(private readonly parts: PresenceParts) {}

  /** Looks at an event that was stored. */
  async note(event: MatrixEvent): Promise<void> {
    const { log, store, users, roomClosed, roomsOpened } = this.parts;
    const { room_id: room, sender } = event;
    if (event.type !== 'm.room.member' || event.state_key !== users.bot || !this.parts.isLinked(room)) return;
    const { membership } = readMember(event.content);
    if (membership === 'join') {
      await store.delete(storeKey(room));
      this.#remember(room, false);
      await roomsOpened([roomId(room)]);
    } else if ((membership === 'leave' || membership === 'ban') && sender !== users.bot) {
      await store.put(storeKey(room), true);
      this.#remember(room, true);
      log.warn({ room, membership }, 'we were removed from a linked room: invite us again');
      await roomClosed(roomId(room), membership === 'ban' ? bannedFromRoom(users.bot) : notInRoom(users.bot));
    }
  }

  async isOut(room: string): Promise<boolean> {
    const known = this.#known.get(room);
    if (known !== undefined && known.untilMs > this.parts.clock.monotonicMs()) return known.isOut;
    const isOut = (await this.parts.store.get(storeKey(room))) !== undefined;
    this.#remember(room, isOut);
    return isOut;
  }

  #remember(room: string, isOut: boolean): void {
    this.#known.set(room, { isOut, untilMs: this.parts.clock.monotonicMs() + believedMs });
  }
}

const storeKey = (room: string): string => `out/${room}`;
