import { cleanName } from '../../formatting/names.js';
import type { AccountId, FileRef, RoomId, UserId } from '../../model/ids.js';
import type { FileStream, RoomProfile, UserProfile, WantedBytes } from '../../model/network-adapter.js';
import { TargetGone } from '../../model/errors.js';
import { avatarEndpoints } from './api/avatars.endpoints.js';
import { pathOf } from './api/endpoint-call.js';
import { fileEndpoints } from './api/files.endpoints.js';
import { serverEndpoints } from './api/server.endpoints.js';
import type { TalkClient } from './talk.client.js';
import { openSharedFile } from './talk.downloads.js';
import { fileGone } from './talk.file-errors.js';
import { actorOf, talkFileId, talkFileOf, type TalkFile } from './talk.ids.js';

const mostNames = 10_000;
const pictureSize = 512;
/** What a file's small picture fits into, in pixels: as the clients of Matrix make theirs. */
const previewWidth = 800;
const previewHeight = 600;

/** Names and pictures of people and rooms. */
export class TalkProfiles {
  readonly #names = new Map<UserId, string>();

  constructor(
    private readonly client: TalkClient,
    private readonly account: AccountId,
    /** The id of the account's own user. */
    private readonly self: () => string,
  ) {}

  /** People's names come with what they say: the server tells them to administrators only. */
  rememberName(user: UserId, name: string): void {
    this.#names.delete(user);
    this.#names.set(user, cleanName(name));
    const oldest = this.#names.keys().next();
    if (this.#names.size > mostNames && oldest.done !== true) this.#names.delete(oldest.value);
  }

  async describeRoom(room: RoomId, signal: AbortSignal): Promise<RoomProfile> {
    const { displayName, name, description, isCustomAvatar, avatarVersion } = await this.client.rooms.get(room, signal);
    const file = this.#picture({ of: 'roomAvatar', token: room });
    return {
      name: displayName || name,
      ...(description === '' ? {} : { topic: description }),
      // A room without a picture of its own answers one that the server drew.
      ...(isCustomAvatar ? { avatar: { version: avatarVersion, file } } : {}),
    };
  }

  async describeUser(user: UserId, signal: AbortSignal): Promise<UserProfile> {
    const actor = actorOf(user);
    const name = this.#names.get(user) ?? actor.id;
    if (actor.type !== 'users') return { name };
    const version = await this.#ownPictureVersion(actor.id, signal);
    if (version === undefined) return { name };
    return { name, avatar: { version, file: this.#picture({ of: 'userAvatar', user: actor.id }) } };
  }

  /** Throws TargetGone for anything that is no picture or file of ours to give. */
  async openFile(file: FileRef, signal: AbortSignal, wanted?: WantedBytes): Promise<FileStream> {
    const known = talkFileOf(file.id);
    if (known === undefined) throw fileGone();
    return known.of === 'file'
      ? openSharedFile(this.client, { user: this.self(), ...known }, signal, wanted)
      : this.client.openFile(picturePath(known), signal, { wanted });
  }

  /** Undefined where the server drew the picture itself, or where there is nobody. */
  async #ownPictureVersion(id: string, signal: AbortSignal): Promise<string | undefined> {
    const closed = new AbortController();
    try {
      const picture = await this.client.openFile(
        picturePath({ of: 'userAvatar', user: id }),
        AbortSignal.any([signal, closed.signal]),
      );
      return picture.isCustom ? picture.version : undefined;
    } catch (error) {
      if (error instanceof TargetGone) return undefined;
      throw error;
    } finally {
      // Only the headers were wanted.
      closed.abort();
    }
  }

  #picture(file: Avatar): FileRef {
    return { account: this.account, id: talkFileId(file), name: 'avatar', mime: 'image/png' };
  }
}

type Picture = Exclude<TalkFile, { of: 'file' }>;
type Avatar = Exclude<Picture, { of: 'preview' }>;

function picturePath(file: Picture): string {
  switch (file.of) {
    case 'userAvatar':
      return pathOf(serverEndpoints.userAvatar, { user: file.user, size: pictureSize });
    case 'roomAvatar':
      return pathOf(avatarEndpoints.get, { token: file.token });
    case 'preview':
      return `${fileEndpoints.preview.path}?fileId=${file.file}&x=${previewWidth}&y=${previewHeight}&a=1`;
  }
}
