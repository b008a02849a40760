import { z } from 'zod';
import type { AccountStore } from '../../model/account-store.js';
import type { Clock } from '../../model/clock.js';

const front = 'edit/';
const keptMs = 30 * 86_400_000;
const cleanEveryMs = 86_400_000;
const edited = z.object({ message: z.string(), at: z.string() });

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
