/** What people have sent of large files: chunks by their names, in folders that go when the file is made of them. */
export class UploadFolders {
  readonly #folders = new Map<string, Map<string, Buffer>>();

  /** False where it is there already. */
  make(owner: string, folder: string): boolean {
    const key = `${owner}/${folder}`;
    if (this.#folders.has(key)) return false;
    this.#folders.set(key, new Map());
    return true;
  }

  /** The chunks of a folder; undefined: there is none. */
  chunks(owner: string, folder: string): Map<string, Buffer> | undefined {
    return this.#folders.get(`${owner}/${folder}`);
  }

  /** All of them, in the order of their names as numbers. */
  joined(owner: string, folder: string): Buffer | undefined {
    const chunks = this.chunks(owner, folder);
    if (chunks === undefined) return undefined;
    return Buffer.concat([...chunks].sort(([one], [other]) => Number(one) - Number(other)).map(([, bytes]) => bytes));
  }

  drop(owner: string, folder: string): boolean {
    return this.#folders.delete(`${owner}/${folder}`);
  }
}
