import { cleanText } from '../../formatting/clean.js';
import { cleanName } from '../../formatting/names.js';
import type { AccountStore } from '../../model/account-store.js';
import { type AccountId, type FileRef, roomId, type RoomId, type UserId } from '../../model/ids.js';
import type { RoomProfile, UserProfile, WantedRoom } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import type { AccountApi } from './api/account.api.js';
import type { RoomsApi } from './api/rooms.api.js';
import { avatarRef } from './from-matrix-rooms.js';
import { shownName } from './from-matrix-text.js';
import { noRoom, notInRoom, roomClosed } from './matrix.errors.js';
import { type OurUsers, parseMxc, parseRoomReference } from './matrix.ids.js';
import { type JsonObject, readRoomState } from './matrix.payloads.js';

export interface RoomParts {
  readonly id: AccountId;
  readonly users: OurUsers;
  readonly rooms: RoomsApi;
  readonly account: AccountApi;
  readonly store: AccountStore;
  readonly log: Log;
  /** Told which room a link names, also before we may enter it. */
  onNamed(room: string): void;
}

/** Finds, makes and describes rooms and people. */
export class MatrixRooms {
  constructor(private readonly parts: RoomParts) {}

  async resolve(wanted: WantedRoom, link: string, signal: AbortSignal): Promise<RoomId> {
    return 'create' in wanted ? this.#make(wanted.create, link, signal) : this.#enter(wanted.room, [], signal);
  }

  /** A missing name is made of the alias, or else of the id. Throws RoomClosed where we are not in the room. */
  async describe(room: RoomId, signal: AbortSignal): Promise<RoomProfile> {
    const read = async (type: string): Promise<JsonObject> => {
      const state = await this.parts.rooms.state(room, type, '', signal);
      if (state === 'hidden') throw notInRoom(this.parts.users.bot);
      return state === 'none' ? {} : state.content;
    };
    const { bot } = this.parts.users;
    const [membership, named, topical, pictured, addressed] = await Promise.all([
      // One who left is still shown what was there before.
      this.parts.rooms.membership(room, bot, signal),
      read('m.room.name'),
      read('m.room.topic'),
      read('m.room.avatar'),
      read('m.room.canonical_alias'),
    ]);
    if (membership !== 'join') throw notInRoom(bot);
    const { name = '' } = readRoomState(named);
    const { topic = '' } = readRoomState(topical);
    const { alias = room } = readRoomState(addressed);
    const file = avatarRef(pictured, this.parts.id);
    return {
      name: cleanText(name).trim() || alias,
      ...(topic === '' ? {} : { topic: cleanText(topic) }),
      ...(file === null ? {} : { avatar: { version: file.id, file } }),
    };
  }

  async describeUser(user: UserId, signal: AbortSignal): Promise<UserProfile> {
    const profile = await this.parts.account.profile(user, signal);
    const { displayname, avatar_url: url = '' } = profile ?? {};
    const file: FileRef = {
      account: this.parts.id,
      id: url,
      name: 'avatar',
      mime: 'application/octet-stream',
    };
    return {
      name: shownName(displayname, user),
      ...(parseMxc(url) === undefined ? {} : { avatar: { version: url, file } }),
    };
  }

  async #enter(text: string, via: readonly string[], signal: AbortSignal): Promise<RoomId> {
    const reference = parseRoomReference(text);
    if (reference === undefined) throw noRoom(text);
    const known = reference.room.startsWith('#')
      ? await this.parts.rooms.roomOfAlias(reference.room, signal)
      : { room: reference.room, via: [...reference.via, ...via] };
    if (known === undefined) throw roomClosed(`nobody knows a room ${reference.room}`, 'gone');
    this.parts.onNamed(known.room);
    const entry = await this.parts.rooms.join(known.room, this.parts.users.bot, { signal }, known.via);
    if (entry === 'unknown') throw roomClosed(`nobody knows a room ${reference.room}`, 'gone');
    if (entry === 'forbidden') {
      throw roomClosed(`${this.parts.users.bot} may not enter ${reference.room}: invite it`, 'notJoined');
    }
    return roomId(entry.room);
  }

  /** The alias is made of the link: a room that an earlier attempt made is found by it. */
  async #make(
    wanted: { readonly name: string; readonly invite: readonly string[] },
    link: string,
    signal: AbortSignal,
  ): Promise<RoomId> {
    const { rooms, users } = this.parts;
    const alias = users.aliasOf(link);
    const before = await rooms.roomOfAlias(alias, signal);
    const name = cleanName(wanted.name);
    const made = before ?? (await rooms.create({ aliasLocalpart: users.aliasLocalpartOf(link), name }, signal));
    const room = await this.#enter(made === 'taken' ? alias : made.room, [], signal);
    for (const guest of wanted.invite) await this.#invite(room, guest, signal);
    return room;
  }

  /** Once: one who left is not asked again. */
  async #invite(room: RoomId, guest: string, signal: AbortSignal): Promise<void> {
    const { log, rooms, store, users } = this.parts;
    const key = `invited/${room}/${guest}`;
    if ((await store.get(key)) !== undefined) return;
    const outcome = await rooms.invite(room, guest, users.bot, { signal });
    if (outcome === 'forbidden') log.warn({ room, guest }, 'somebody could not be invited');
    await store.put(key, true);
  }
}
