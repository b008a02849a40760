import type { FileRef, RoomRef, UserRef } from './ids.js';

/** A formatted text as plain JSON: every network parses to it and renders from it. */
export type RichText = readonly Block[];

export type Block =
  | { readonly type: 'paragraph'; readonly content: readonly Inline[] }
  | { readonly type: 'heading'; readonly level: 1 | 2 | 3 | 4 | 5 | 6; readonly content: readonly Inline[] }
  | { readonly type: 'quote'; readonly content: readonly Block[] }
  | { readonly type: 'list'; readonly ordered: boolean; readonly start: number; readonly items: readonly ListItem[] }
  | { readonly type: 'code'; readonly language?: string; readonly text: string }
  | {
      readonly type: 'table';
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    }
  | { readonly type: 'rule' };

export interface ListItem {
  /** Present on a task: whether it is done. */
  readonly checked?: boolean;
  readonly content: readonly Block[];
}

export type Inline =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'bold'; readonly content: readonly Inline[] }
  | { readonly type: 'italic'; readonly content: readonly Inline[] }
  | { readonly type: 'strike'; readonly content: readonly Inline[] }
  | { readonly type: 'underline'; readonly content: readonly Inline[] }
  | { readonly type: 'spoiler'; readonly reason?: string; readonly content: readonly Inline[] }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'link'; readonly url: string; readonly content: readonly Inline[] }
  | { readonly type: 'break' }
  /** `label` has no sigil. `url`: where the source shows whom or what it names. */
  | { readonly type: 'mention'; readonly of: Mention; readonly label: string; readonly url?: string }
  /** `shortcode` has no colons. `image`: how it looks; absent where nobody tells it. */
  | { readonly type: 'customEmoji'; readonly shortcode: string; readonly image?: FileRef }
  | { readonly type: 'date'; readonly at: string; readonly label: string }
  | { readonly type: 'math'; readonly latex: string };

export type Mention =
  | { readonly kind: 'person'; readonly user: Pick<UserRef, 'account' | 'id'> }
  | { readonly kind: 'room'; readonly room: RoomRef }
  | { readonly kind: 'group'; readonly id: string }
  /** Only where its author may call everyone there; else it is text. */
  | { readonly kind: 'everyone' };
