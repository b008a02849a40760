import { createHash } from 'node:crypto';
import type { AccountStore } from '../../model/account-store.js';
import { fieldsIn } from './talk.lent-logins.js';

/** Below which folders files of users were put: people choose another one when they like, and what was put before stays where it is. */
export class UsedFolders {
  /** What stands in the store, by its key. */
  readonly #noted = new Set<string>();

  constructor(
    private readonly store: Pick<AccountStore, 'put' | 'delete' | 'list'>,
    /** Whether files may still be deleted in the user's name. */
    private readonly isKnown: (user: string) => Promise<boolean>,
  ) {}

  /** Written down before the first file is put there. */
  async note(user: string, folder: string): Promise<void> {
    const key = frontOf(user) + digest(folder);
    if (this.#noted.has(key)) return;
    await this.store.put(key, { user, folder });
    this.#noted.add(key);
  }

  async of(user: string): Promise<readonly string[]> {
    const entries = await this.store.list(frontOf(user));
    return entries.flatMap(({ value }) => fieldsIn(value, 'folder')[0] ?? []);
  }

  /** Forgets those of users who are nobody to us any more. */
  async clean(): Promise<void> {
    this.#noted.clear();
    for (const { key, value } of await this.store.list(front)) {
      const [user = ''] = fieldsIn(value, 'user');
      if (!(await this.isKnown(user))) await this.store.delete(key);
    }
  }
}

const front = 'files-folder/';
const frontOf = (user: string): string => `${front}${digest(user)}/`;

function digest(text: string): string {
  return createHash('sha256').update(text.toWellFormed()).digest('base64url');
}
