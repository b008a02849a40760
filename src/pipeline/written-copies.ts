import type { MessageRef } from '../model/ids.js';
import { copyKey } from '../model/routing.js';

/**
 * Copies that this process made and wrote down lately: what merely tells that one of them stands in its room says nothing new, and
 * the database need not be asked. At most twice `most` are remembered; of any other the database knows.
 */
export class WrittenCopies {
  #newer = new Set<string>();
  #older = new Set<string>();

  constructor(private readonly most = 20_000) {}

  add(copy: MessageRef): void {
    if (this.#newer.size >= this.most) [this.#older, this.#newer] = [this.#newer, new Set()];
    this.#newer.add(copyKey(copy));
  }

  has(copy: MessageRef): boolean {
    const key = copyKey(copy);
    return this.#newer.has(key) || this.#older.has(key);
  }
}
