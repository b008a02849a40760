import { RoomClosed, TargetGone } from '../../model/errors.js';
import { roomId, type RoomId } from '../../model/ids.js';
import type { WantedRoom } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import type { TalkClient } from './talk.client.js';
import { notJoined } from './talk.errors.js';
import { tokenIn } from './talk.ids.js';
import { participantType, roomObject, roomType } from './talk.constants.js';
import type { TalkRoom } from './talk.payloads.js';

const member: ReadonlySet<number> = new Set([
  participantType.owner,
  participantType.moderator,
  participantType.user,
  participantType.selfJoined,
]);
/** Rooms that are linked in no way, with the reason: what is in them is one person's, or over. */
const notForLinks: Readonly<Record<string, string>> = {
  [`type ${String(roomType.changelog)}`]: 'is where Nextcloud tells the account of its news',
  [`type ${String(roomType.noteToSelf)}`]: 'is for the account’s own notes',
  [`type ${String(roomType.formerOneToOne)}`]:
    'was a conversation of two, of whom one is no more: nobody can write there',
  [roomObject.sample]: 'is the example that every new account gets',
  [roomObject.passwordOfShare]: 'is made for one visitor who asks for the password of a share, and ends with that',
};

/** Finds or makes the rooms that links name. */
export class TalkRooms {
  constructor(
    private readonly client: TalkClient,
    private readonly log: Log,
    private readonly user: () => string,
  ) {}

  /** Throws RoomClosed where the room is not there or not open to us. */
  async resolve(wanted: WantedRoom, link: string, signal: AbortSignal): Promise<RoomId> {
    return 'room' in wanted ? this.#join(wanted.room, signal) : this.#make(wanted.create, link, signal);
  }

  async #join(written: string, signal: AbortSignal): Promise<RoomId> {
    const token = tokenIn(written);
    if (token === undefined) throw notJoined('neither a room token nor the address of a room');
    const room = await this.client.rooms.get(token, signal).catch((error: unknown) => {
      if (!(error instanceof RoomClosed)) throw error;
      return undefined;
    });
    if (room !== undefined && this.#isMember(room)) return linkable(room);
    try {
      const joined = await this.client.participants.join(token, signal);
      if (joined.participantType === participantType.selfJoined) {
        this.log.warn(
          { room: token },
          'joined by the public link; a moderator should add the account, else the server may drop it',
        );
      }
      return linkable(joined);
    } catch (error) {
      if (!(error instanceof RoomClosed)) throw error;
      throw notJoined(
        `the account ${this.user()} is no member of room ${token}, and the room is not open: a moderator must add it`,
      );
    }
  }

  #isMember(room: TalkRoom): boolean {
    return room.attendeeId > 0 && room.actorType === 'users' && member.has(room.participantType);
  }

  /** The mark in the description finds the room again, so that a repeat makes no second one. */
  async #make(
    wanted: { readonly name: string; readonly invite: readonly string[] },
    link: string,
    signal: AbortSignal,
  ): Promise<RoomId> {
    const mark = markOf(link);
    const { rooms } = await this.client.rooms.list({}, signal);
    let room = rooms.find((each) => each.participantType === participantType.owner && each.description.includes(mark));
    if (room === undefined) {
      room = await this.client.rooms.create({ name: wanted.name, description: mark }, signal);
      // Older servers take the description only afterwards.
      if (!room.description.includes(mark)) await this.client.rooms.describe(room.token, mark, () => undefined, signal);
    }
    for (const invited of wanted.invite) await this.#invite(room.token, invited, signal);
    return roomId(room.token);
  }

  async #invite(token: string, invited: string, signal: AbortSignal): Promise<void> {
    const [source, id] = invited.includes('/') ? splitOnce(invited) : ['users', invited];
    try {
      await this.client.participants.add(token, { id, source }, signal);
    } catch (error) {
      if (!(error instanceof TargetGone)) throw error;
      this.log.warn({ room: token, invited }, 'nobody to invite by that name');
    }
  }
}

/** Whole words around the link's key, so that no key is found inside another one. */
function markOf(link: string): string {
  return `Linked by Crosstalk: ${JSON.stringify(link)}`;
}

function splitOnce(text: string): [string, string] {
  const slash = text.indexOf('/');
  return [text.slice(0, slash), text.slice(slash + 1)];
}

function linkable(room: TalkRoom): RoomId {
  const reason = notForLinks[`type ${String(room.type)}`] ?? notForLinks[room.objectType];
  if (reason !== undefined) throw notJoined(`room ${room.token} cannot be linked: it ${reason}`);
  return roomId(room.token);
}
