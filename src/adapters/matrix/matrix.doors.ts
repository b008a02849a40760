import type { RoomId, UserId } from '../../model/ids.js';
import type { Writing } from './api/account.api.js';
import type { RoomsApi } from './api/rooms.api.js';
import { ghostBanned, notInRoom } from './matrix.errors.js';
import type { OurUsers } from './matrix.ids.js';
import { BoundedMap } from '../../model/bounded-map.js';
import { raisedToSend } from './matrix.power.js';

const maxRemembered = 10_000;

/**
 * Lets our users into rooms, and gives them the power to speak there. By hand: in matrix-appservice-bridge 11.2
 * `Intent.join` takes an invited ghost for joined once our own user has joined, and hides why a join failed.
 */
export class GhostDoors {
  /** Rooms that are entered by invitation: there the join comes second. */
  readonly #byInvitation = new BoundedMap<string, true>(maxRemembered);

  constructor(
    private readonly rooms: RoomsApi,
    private readonly users: OurUsers,
  ) {}

  /**
   * Brings a ghost into a room, invited by our own user where it must be. `refused`: the room lets it in neither way.
   * Throws MessageRefused for one that is banned, RoomClosed where we ourselves are not in the room.
   */
  async enter(room: RoomId, ghost: UserId, writing: Writing): Promise<'in' | 'refused'> {
    if (await this.#tryBothWays(room, ghost, writing)) return 'in';
    const { bot } = this.users;
    if ((await this.rooms.membership(room, bot, writing.signal)) !== 'join') {
      await this.enterOurselves(room, writing);
      if (await this.#tryBothWays(room, ghost, writing)) return 'in';
    }
    const membership = await this.rooms.membership(room, ghost, writing.signal);
    if (membership === 'ban') throw ghostBanned();
    // Nobody can be invited who is in already.
    return membership === 'join' ? 'in' : 'refused';
  }

  /** Works where the room is open, or has invited us. Throws RoomClosed else. */
  async enterOurselves(room: RoomId, writing: Writing): Promise<void> {
    const entry = await this.rooms.join(room, this.users.bot, writing);
    if (typeof entry === 'string') throw notInRoom(this.users.bot);
  }

  /** A user in the room was refused: raises its power where it lacks that. `refused`: we may not, or it is something else. */
  async allow(room: RoomId, user: UserId, type: string, writing: Writing): Promise<'raised' | 'refused'> {
    const state = await this.rooms.state(room, 'm.room.power_levels', '', writing.signal);
    const raised = typeof state === 'string' ? undefined : raisedToSend(state.content, user, type);
    if (raised === undefined) return 'refused';
    const outcome = await this.rooms.setState(room, 'm.room.power_levels', raised, writing);
    return outcome === 'set' ? 'raised' : 'refused';
  }

  async #tryBothWays(room: RoomId, ghost: UserId, writing: Writing): Promise<boolean> {
    const mayBeOpen = this.#byInvitation.get(room) === undefined;
    return (mayBeOpen && (await this.#join(room, ghost, writing))) || this.#joinInvited(room, ghost, writing);
  }

  async #join(room: RoomId, ghost: UserId, writing: Writing): Promise<boolean> {
    return typeof (await this.rooms.join(room, ghost, writing)) !== 'string';
  }

  async #joinInvited(room: RoomId, ghost: UserId, writing: Writing): Promise<boolean> {
    if ((await this.rooms.invite(room, ghost, this.users.bot, writing)) === 'forbidden') return false;
    const isIn = await this.#join(room, ghost, writing);
    if (isIn) this.#byInvitation.set(room, true);
    return isIn;
  }
}
