import { type StoredBytes, storedBytes } from '../../stored-bytes.js';
import { newId, newSecret } from './ids.js';

export interface StoredFile {
  readonly id: string;
  readonly team: string;
  readonly user: string;
  readonly createdSeconds: number;
  readonly name: string;
  title: string;
  readonly mimetype: string;
  readonly bytes: StoredBytes;
  /** Per channel the messages that show it. */
  readonly shares: Map<string, string[]>;
  isDeleted: boolean;
}

interface Ticket {
  readonly fileId: string;
  readonly team: string;
  readonly user: string;
  readonly name: string;
  readonly lengthBytes: number;
  bytes: StoredBytes | undefined;
}

export interface NewFile {
  readonly name: string;
  readonly bytes: Buffer | StoredBytes;
  /** Default: by the name's ending. */
  readonly mimetype?: string;
  readonly title?: string;
}

const types: ReadonlyMap<string, string> = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
  ['svg', 'image/svg+xml'],
  ['mp4', 'video/mp4'],
  ['mov', 'video/quicktime'],
  ['mp3', 'audio/mpeg'],
  ['m4a', 'audio/mp4'],
  ['ogg', 'audio/ogg'],
  ['wav', 'audio/wav'],
  ['pdf', 'application/pdf'],
  ['zip', 'application/zip'],
  ['txt', 'text/plain'],
  ['md', 'text/markdown'],
  ['csv', 'text/csv'],
  ['json', 'application/json'],
]);

/** Pure: what follows the last point, lower case. */
export function endingOf(name: string): string {
  return /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
}

/** Files, and uploads on their way to become some. */
export class Files {
  readonly #files = new Map<string, StoredFile>();
  readonly #tickets = new Map<string, Ticket>();

  add(file: NewFile & { readonly id?: string; readonly team: string; readonly user: string }, now: number): StoredFile {
    const stored: StoredFile = {
      id: file.id ?? newId('F'),
      team: file.team,
      user: file.user,
      createdSeconds: now,
      name: file.name,
      title: file.title ?? file.name,
      mimetype: file.mimetype ?? types.get(endingOf(file.name)) ?? 'application/octet-stream',
      bytes: Buffer.isBuffer(file.bytes) ? storedBytes(file.bytes) : file.bytes,
      shares: new Map(),
      isDeleted: false,
    };
    this.#files.set(stored.id, stored);
    return stored;
  }

  get(id: string): StoredFile | undefined {
    return this.#files.get(id);
  }

  /** Promises a place for an upload; `key` is the last part of its address. */
  expect(upload: { team: string; user: string; name: string; lengthBytes: number }): { key: string; fileId: string } {
    const key = newSecret(20);
    const fileId = newId('F');
    this.#tickets.set(key, { ...upload, fileId, bytes: undefined });
    return { key, fileId };
  }

  /** False where no such upload is awaited. */
  receive(key: string, bytes: StoredBytes): boolean {
    const ticket = this.#tickets.get(key);
    if (ticket === undefined) return false;
    ticket.bytes = bytes;
    return true;
  }

  /** Makes a file of an upload; undefined where its bytes never came. */
  complete(fileId: string, title: string | undefined, now: number): StoredFile | undefined {
    const entry = [...this.#tickets].find(([, ticket]) => ticket.fileId === fileId);
    if (entry === undefined) return undefined;
    const [key, { team, user, name, bytes }] = entry;
    if (bytes === undefined) return undefined;
    this.#tickets.delete(key);
    return this.add({ id: fileId, team, user, name, bytes, ...(title === undefined ? {} : { title }) }, now);
  }
}
