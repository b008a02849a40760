import type { StoredBytes } from '../stored-bytes.js';
import { newMediaId } from './ids.js';

export interface StoredFile {
  readonly bytes: StoredBytes;
  readonly contentType: string;
  readonly name: string | undefined;
}

/** Uploaded files. */
export class MediaStore {
  readonly #files = new Map<string, StoredFile>();

  constructor(private readonly serverName: string) {}

  /** Answers the `mxc://` address. */
  add(file: StoredFile): string {
    const id = newMediaId();
    this.#files.set(id, file);
    return `mxc://${this.serverName}/${id}`;
  }

  get(serverName: string, mediaId: string): StoredFile | undefined {
    return serverName === this.serverName ? this.#files.get(mediaId) : undefined;
  }

  get size(): number {
    return this.#files.size;
  }
}
