import { createHash } from 'node:crypto';
import type { AccountStore } from '../../model/account-store.js';
import { assertNever, type RoomChanged } from '../../model/bridge-event.js';
import { BridgeError } from '../../model/errors.js';
import type { FileRef, RoomId } from '../../model/ids.js';
import type { DeliveryRequest, FileStream } from '../../model/network-adapter.js';
import type { Writing } from './api/account.api.js';
import type { MediaApi } from './api/media.api.js';
import type { RoomsApi } from './api/rooms.api.js';
import { notInRoom, pictureMissing, roomChangeRefused } from './matrix.errors.js';
import type { OurUsers } from './matrix.ids.js';
import { type JsonObject, readRoomState } from './matrix.payloads.js';
import { maxPictureBytes, wholeOf } from './matrix.pictures.js';
import { type MatrixWriter, withKey, writingOf } from './matrix.writer.js';

type Request = DeliveryRequest<RoomChanged>;
type Stateful = 'm.room.name' | 'm.room.topic' | 'm.room.avatar';

/** Gives the room the name, topic and picture that a linked room got. What it has already is not set again. */
export class MatrixRoomChanges {
  constructor(
    private readonly users: OurUsers,
    private readonly rooms: RoomsApi,
    private readonly media: MediaApi,
    private readonly store: AccountStore,
    private readonly writer: MatrixWriter,
  ) {}

  /** Throws MessageRefused where our own user may not. */
  async make(request: Request, signal: AbortSignal): Promise<void> {
    const { change } = request.event;
    await this.writer.assertWanted(request.room);
    switch (change.of) {
      case 'name': {
        const { name } = readRoomState(await this.#state(request.room, 'm.room.name', signal));
        if (name !== change.name) await this.#set(request, 'm.room.name', { name: change.name }, signal);
        return;
      }
      case 'topic': {
        const { topic = '' } = readRoomState(await this.#state(request.room, 'm.room.topic', signal));
        if (topic !== change.topic) await this.#set(request, 'm.room.topic', { topic: change.topic }, signal);
        return;
      }
      case 'avatar':
        return this.#setPicture(request, change.avatar, signal);
      case 'history':
      case 'writing':
      case 'access':
      case 'expiration':
      case 'group':
      case 'breakoutRooms':
      case 'assistance':
      case 'reach':
        // The room's own history, and who may come in, are its people's.
        return;
      default:
        assertNever(change);
    }
  }

  async #setPicture(request: Request, avatar: FileRef | null, signal: AbortSignal): Promise<void> {
    const { room } = request;
    const { url = '' } = readRoomState(await this.#state(room, 'm.room.avatar', signal));
    const picture = avatar === null ? undefined : await this.#open(request, avatar, signal);
    if (picture === undefined || !isShown(picture.mime)) {
      if (url !== '') await this.#set(request, 'm.room.avatar', {}, signal);
      return;
    }
    const { bytes, mime } = picture;
    const digest = createHash('sha256').update(bytes).digest('hex');
    const before = (await this.store.get(storeKey(room))) as { digest?: unknown; url?: unknown } | undefined;
    if (before?.digest === digest && before.url === url) return;
    const address = await this.media.upload(bytes, mime, this.users.bot, writingOf(request, signal));
    const content = { url: address, info: { mimetype: mime, size: bytes.length } };
    await this.#set(request, 'm.room.avatar', content, signal);
    await this.store.put(storeKey(room), { digest, url: address });
  }

  /** Whatever goes wrong on the other network holds nothing up here; our own stopping is no such thing. */
  async #open(request: Request, avatar: FileRef, signal: AbortSignal): Promise<{ bytes: Buffer; mime: string }> {
    try {
      const picture: FileStream = await request.openFile(avatar, signal, maxPictureBytes);
      return { bytes: await wholeOf(picture), mime: picture.mime };
    } catch (error) {
      if (signal.aborted || (error instanceof BridgeError && error.code === 'shardLost')) throw error;
      throw pictureMissing(error);
    }
  }

  async #state(room: RoomId, type: Stateful, signal: AbortSignal): Promise<JsonObject> {
    const state = await this.rooms.state(room, type, '', signal);
    if (state === 'hidden') throw notInRoom(this.users.bot);
    return state === 'none' ? {} : state.content;
  }

  async #set(request: Request, type: Stateful, content: JsonObject, signal: AbortSignal): Promise<void> {
    const { room } = request;
    const writing: Writing = writingOf(request, signal);
    const outcome = await this.rooms.setState(room, type, withKey(content, request.key(0)), writing);
    if (outcome === 'set') return;
    await this.writer.assertInRoom(room, signal);
    throw roomChangeRefused(this.users.bot, request.event.change.of);
  }
}

/** A room's emoji is drawn by Talk as SVG, which hardly any client shows, since it may hold programs: none is better than a broken one. */
const isShown = (mime: string): boolean => mime.startsWith('image/') && mime !== 'image/svg+xml';

const storeKey = (room: string): string => `picture/${room}`;
