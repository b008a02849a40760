import { type LargeBytes, received, type StoredBytes } from '../../stored-bytes.js';

/** What people have sent of large files: chunks by their names, in folders that go when the file is made of them. */
export class UploadFolders {
  readonly #folders = new Map<string, Map<string, StoredBytes>>();

  constructor(private readonly large: LargeBytes) {}

  /** False where it is there already. */
  make(owner: string, folder: string): boolean {
    const key = `${owner}/${folder}`;
    if (this.#folders.has(key)) return false;
    this.#folders.set(key, new Map());
    return true;
  }

  /** The chunks of a folder; undefined: there is none. */
  chunks(owner: string, folder: string): Map<string, StoredBytes> | undefined {
    return this.#folders.get(`${owner}/${folder}`);
  }

  /** All of them as one, in the order of their names as numbers. */
  joined(owner: string, folder: string): Promise<StoredBytes> {
    const chunks = [...(this.chunks(owner, folder) ?? [])].sort(([one], [other]) => Number(one) - Number(other));
    const all = async function* (): AsyncGenerator<Uint8Array> {
      for (const [, bytes] of chunks) yield* bytes.chunks();
    };
    return received(all(), this.large, Number.MAX_SAFE_INTEGER);
  }

  drop(owner: string, folder: string): boolean {
    return this.#folders.delete(`${owner}/${folder}`);
  }
}
