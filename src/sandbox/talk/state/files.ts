import { type StoredBytes, storedBytes } from '../../stored-bytes.js';
import { pictureSize } from './picture-size.js';
import { randomText } from './random-text.js';
import type { Room } from './room.js';
import type { Rooms } from './rooms.js';
import type { StoredFile } from './stored-file.js';

export interface FileShare {
  readonly id: number;
  readonly file: StoredFile;
  readonly room: Room;
  readonly atSeconds: number;
}

/** A link to a file for people without an account. */
export interface PublicShare {
  readonly token: string;
  readonly file: StoredFile;
}

export interface Upload {
  readonly owner: string;
  readonly path: string;
  readonly mimetype: string;
  readonly data: Buffer | StoredBytes;
}

/** What Nextcloud calls a folder's type. */
export const folderType = 'httpd/unix-directory';

/** People's files, and which of them are shared with rooms. */
export class Files {
  readonly #folders = new Map<string, StoredFile>();
  readonly #files = new Map<string, StoredFile>();
  readonly #byId = new Map<number, StoredFile>();
  readonly #shares = new Map<Room, FileShare[]>();
  readonly #publicShares = new Map<string, PublicShare>();
  #lastFileId = 0;
  #lastShareId = 0;

  constructor(
    private readonly rooms: Rooms,
    private readonly nowSeconds: () => number,
    /** Where what others share appears in somebody's files, without a slash at its end. */
    private readonly receivedIn: (user: string) => string,
  ) {}

  /** Answers the folder's id, or undefined where something is there already. */
  makeFolder(owner: string, path: string): number | undefined {
    const key = keyOf(owner, path);
    if (this.#folders.has(key) || this.#files.has(key)) return undefined;
    this.#lastFileId += 1;
    const made = { owner, path: path.replace(/\/+$/, ''), mimetype: folderType, data: storedBytes(Buffer.alloc(0)) };
    const folder = this.#stored(made, this.#lastFileId);
    this.#folders.set(key, folder);
    this.#byId.set(folder.id, folder);
    return folder.id;
  }

  /** Everybody has the root. */
  folderId(owner: string, path: string): number | undefined {
    return path === '' || path === '/' ? 0 : this.#folders.get(keyOf(owner, path))?.id;
  }

  hasFolderFor(owner: string, path: string): boolean {
    return this.folderId(owner, folderOf(path)) !== undefined;
  }

  put(upload: Upload): { readonly file: StoredFile; readonly isNew: boolean } {
    const key = keyOf(upload.owner, upload.path);
    const before = this.#files.get(key);
    if (before === undefined) this.#lastFileId += 1;
    const data = Buffer.isBuffer(upload.data) ? storedBytes(upload.data) : upload.data;
    const file = this.#stored({ ...upload, data }, before?.id ?? this.#lastFileId);
    this.#files.set(key, file);
    this.#byId.set(file.id, file);
    return { file, isNew: before === undefined };
  }

  #stored(upload: Upload & Pick<StoredFile, 'data'>, id: number): StoredFile {
    return {
      ...upload,
      id,
      name: upload.path.slice(upload.path.lastIndexOf('/') + 1),
      folderId: this.folderId(upload.owner, folderOf(upload.path)) ?? 0,
      etag: upload.data.digest.slice(0, 32),
      modifiedSeconds: this.nowSeconds(),
      picture: pictureSize(upload.data.head),
    };
  }

  /** Numbered where there is such a file already. */
  freePath(owner: string, path: string): string {
    let free = path;
    for (let count = 2; this.#files.has(keyOf(owner, free)); count += 1) free = numbered(path, count);
    return free;
  }

  /** A folder goes with all that is in it. */
  delete(owner: string, path: string): boolean {
    const key = keyOf(owner, path);
    const isThere = this.#files.has(key) || this.#folders.has(key);
    for (const all of [this.#files, this.#folders]) {
      for (const [each, { id }] of all) {
        if (each !== key && !each.startsWith(`${key}/`)) continue;
        all.delete(each);
        this.#byId.delete(id);
      }
    }
    return isThere;
  }

  /** A file or a folder. */
  entry(owner: string, path: string): StoredFile | undefined {
    return this.own(owner, path) ?? this.#folders.get(keyOf(owner, path));
  }

  own(owner: string, path: string): StoredFile | undefined {
    return this.#files.get(keyOf(owner, path));
  }

  of(owner: string): StoredFile[] {
    return [...this.#files.values()].filter((file) => file.owner === owner);
  }

  byId(id: number): StoredFile | undefined {
    return this.#byId.get(id);
  }

  /** Answers undefined where it is shared with the room already. */
  share(file: StoredFile, room: Room): FileShare | undefined {
    if (this.isShared(file, room)) return undefined;
    this.#lastShareId += 1;
    const share: FileShare = { id: this.#lastShareId, file, room, atSeconds: this.nowSeconds() };
    this.#shares.set(room, [...(this.#shares.get(room) ?? []), share]);
    return share;
  }

  isShared(file: StoredFile, room: Room): boolean {
    return this.#shares.get(room)?.some((share) => share.file.id === file.id) === true && this.#byId.has(file.id);
  }

  isSharedAnywhere(file: StoredFile): boolean {
    const shares = [...this.#shares.values()].flat();
    const links = [...this.#publicShares.values()];
    return [...shares, ...links].some((share) => share.file.id === file.id);
  }

  sharePublicly(file: StoredFile): PublicShare {
    const share: PublicShare = { token: randomText(15, 'secret'), file };
    this.#publicShares.set(share.token, share);
    return share;
  }

  publicShare(token: string): PublicShare | undefined {
    return this.#publicShares.get(token);
  }

  unshare(file: StoredFile, room: Room): void {
    const left = (this.#shares.get(room) ?? []).filter((share) => share.file.id !== file.id);
    this.#shares.set(room, left);
  }

  /** Where a reader finds the file in their own files. */
  pathFor(file: StoredFile, reader: string): string {
    return file.owner === reader
      ? file.path
      : (this.#received(reader).get(file.id) ?? `${this.receivedIn(reader)}/${file.name}`);
  }

  /** A file of one's own, or one that was shared with a room that one is in. */
  find(reader: string, path: string): StoredFile | undefined {
    const own = this.entry(reader, path);
    if (own !== undefined) return own;
    for (const [id, place] of this.#received(reader)) if (place === path) return this.#byId.get(id);
    return undefined;
  }

  /** Paths by file id; equal names are numbered. */
  #received(reader: string): Map<number, string> {
    const places = new Map<number, string>();
    const folder = this.receivedIn(reader);
    const taken = new Set<string>();
    for (const room of this.rooms.of(`users/${reader}`)) {
      for (const { file } of this.#shares.get(room) ?? []) {
        if (file.owner === reader || places.has(file.id)) continue;
        let place = `${folder}/${file.name}`;
        for (let count = 2; taken.has(place) || this.#files.has(keyOf(reader, place)); count += 1) {
          place = `${folder}/${numbered(file.name, count)}`;
        }
        taken.add(place);
        places.set(file.id, place);
      }
    }
    return places;
  }
}

function keyOf(owner: string, path: string): string {
  return `${owner}:${path.replace(/\/+$/, '')}`;
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** `name (2).txt`. */
function numbered(name: string, count: number): string {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? `${name} (${count})` : `${name.slice(0, dot)} (${count})${name.slice(dot)}`;
}
