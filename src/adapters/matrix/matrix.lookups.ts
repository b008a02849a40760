import { BridgeError } from '../../model/errors.js';
import type { Log } from '../../model/network-definition.js';
import type { AccountApi } from './api/account.api.js';
import type { RoomsApi } from './api/rooms.api.js';
import { localpartOf, type OurUsers } from './matrix.ids.js';
import { BoundedMap } from './matrix.memory.js';
import { type MatrixEvent, readMember } from './matrix.payloads.js';

/** About 100 bytes each. */
const maxRemembered = 50_000;

/** Knows what events do not say: what their senders are called in a room, and who sent what an event is about. */
export class MatrixLookups {
  readonly #names = new BoundedMap<string, string>(maxRemembered);
  readonly #senders = new BoundedMap<string, string>(maxRemembered);

  constructor(
    private readonly rooms: RoomsApi,
    private readonly account: AccountApi,
    private readonly users: OurUsers,
    private readonly log: Log,
    private readonly timeoutMs: number,
  ) {}

  /** Learns from an event that came. */
  note(event: MatrixEvent): void {
    if (event.type === 'm.room.member' && event.state_key !== undefined) {
      const { displayname } = readMember(event.content);
      this.#names.set(memberKey(event.room_id, event.state_key), displayname ?? localpartOf(event.state_key));
    } else if (event.state_key === undefined) {
      this.noteSender(event.event_id, event.sender);
    }
  }

  noteSender(event: string, sender: string): void {
    this.#senders.set(event, sender);
  }

  /** What people in the room see as the user's name. Where nobody tells it in time: the id's own part. */
  async nameOf(room: string, user: string, signal: AbortSignal): Promise<string> {
    if (this.users.isOurs(user)) return localpartOf(user);
    const key = memberKey(room, user);
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    try {
      const name = await this.#askName(room, user, signal);
      this.#names.set(key, name);
      return name;
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error;
      // An event without its sender's name is better than one that keeps all others waiting.
      this.log.warn({ room, user, error }, 'the name of a sender could not be learned');
      return localpartOf(user);
    }
  }

  /** Who sent an event; undefined where the room does not show it. Throws NetworkUnavailable where nobody answers. */
  async senderOf(room: string, event: string, signal: AbortSignal): Promise<string | undefined> {
    const known = this.#senders.get(event);
    if (known !== undefined) return known;
    const sender = (await this.rooms.event(room, event, signal, this.timeoutMs))?.sender;
    if (sender !== undefined) this.noteSender(event, sender);
    return sender;
  }

  async #askName(room: string, user: string, signal: AbortSignal): Promise<string> {
    const state = await this.rooms.state(room, 'm.room.member', user, signal, this.timeoutMs);
    const inRoom = typeof state === 'string' ? undefined : readMember(state.content).displayname;
    if (inRoom !== undefined) return inRoom;
    const profile = await this.account.profile(user, signal, this.timeoutMs);
    return profile?.displayname ?? localpartOf(user);
  }
}

const memberKey = (room: string, user: string): string => `${room}\n${user}`;
