import type { PageMessage } from '../../src/sandbox/page.types.js';

/** What a person does with a message of others or their own. */
export interface MessageActs {
  readonly reply: (message: PageMessage) => void;
  /** Answers in a thread under it. */
  readonly thread: (message: PageMessage) => void;
  readonly edit: (message: PageMessage) => void;
  readonly remove: (message: PageMessage) => void;
  /** The second time takes it back. */
  readonly react: (message: PageMessage, emoji: string) => void;
  /** In the place of what the person chose before. */
  readonly vote: (message: PageMessage, choices: readonly number[]) => void;
  readonly endPoll: (message: PageMessage) => void;
  readonly press: (message: PageMessage, action: string, values: readonly string[]) => void;
}

/** Whether it is one that this person may change. */
export function isOwn({ origin, author, text }: PageMessage, self: string): boolean {
  return origin === 'here' && author.id === self && text !== null;
}
