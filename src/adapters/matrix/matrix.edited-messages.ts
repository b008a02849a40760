import { z } from 'zod';
import type { AccountStore } from '../../model/account-store.js';
import type { Clock } from '../../model/clock.js';

const front = 'edit/';
const keptMs = 30 * 86_400_000;
const cleanEveryMs = 86_400_000;
const edited = z.object({ message: z.string(), at: z.string() });
const added = edited.extend({ files: z.array(z.string()) });
/** Who changes a picture more often than that gets it named. */
const mostFiles = 100;

/**
 * Which message an edit edits. An edit that is redacted does not tell it any more, and the message says what it said before: so it is
 * written down when the edit comes, for as long as people take edits back.
 */
export class EditedMessages {
  constructor(
    private readonly store: AccountStore,
    private readonly clock: Pick<Clock, 'now' | 'sleep'>,
  ) {}

  async note(edit: string, message: string): Promise<void> {
    await this.store.put(keyOf(edit), { message, at: this.clock.now().toISOString() });
  }

  /** Undefined where the event was no edit, or came too long ago. */
  async messageOf(edit: string): Promise<string | undefined> {
    const found = edited.safeParse(await this.store.get(keyOf(edit)));
    return found.success ? found.data.message : undefined;
  }

  /**
   * Which of the files that edits gave a message this is, from 0; one that is new is the next. Undefined: they are too many. Where a
   * message shows one file, the others are known so to be gone.
   */
  async placeOf(file: string, message: string): Promise<number | undefined> {
    for (;;) {
      const was = await this.store.get(filesKeyOf(message));
      const known = added.safeParse(was);
      const files = known.success ? known.data.files : [];
      const place = files.indexOf(file);
      if (place !== -1) return place;
      if (files.length >= mostFiles) return undefined;
      const value = { message, at: this.clock.now().toISOString(), files: [...files, file] };
      if ((await this.store.replace(filesKeyOf(message), was, value)) === 'replaced') return files.length;
    }
  }

  /** Whether edits gave a message files. */
  async hasFiles(message: string): Promise<boolean> {
    return (await this.store.get(filesKeyOf(message))) !== undefined;
  }

  /** Forgets once a day what is too old. Runs until `signal` aborts. */
  async keepClean(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const oldest = this.clock.now().getTime() - keptMs;
      for (const { key, value } of await this.store.list(front)) {
        const found = edited.safeParse(value);
        if (!found.success || Date.parse(found.data.at) < oldest) await this.store.delete(key);
      }
      await this.clock.sleep(cleanEveryMs, signal);
    }
  }
}

const keyOf = (edit: string): string => `${front}${edit}`;
const filesKeyOf = (message: string): string => `${front}files/${message}`;
