import type { PageMessage, PagePerson } from './page.types.js';

/** The text is not one that the network takes. The message is a sentence for a person. */
export class PostRefused extends Error {}

/** A message as its side shows it; whether it arrived elsewhere it cannot know. */
export type SideMessage = Omit<PageMessage, 'delivery'>;

export type SideChange =
  { readonly type: 'message'; readonly message: SideMessage } | { readonly type: 'messageGone'; readonly id: string };

/** One network's room as the page shows it. */
export interface Side {
  readonly network: string;
  readonly room: string;
  readonly people: readonly PagePerson[];
  /** Throws PostRefused. */
  post(person: string, text: string): void;
  /** Calls `listener` with every later change. */
  onChange(listener: (change: SideChange) => void): void;
}

export function plainText(message: SideMessage): string {
  return message.text.map(({ text }) => text).join('');
}
