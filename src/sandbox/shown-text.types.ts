/** What people are shown of a text, as a tree of the few elements that there are. It never holds markup. */
export type ShownText = readonly ShownNode[];

export type ShownNode = string | ShownElement;

export interface ShownElement {
  readonly is: ShownKind;
  readonly of: ShownText;
  /** Of a link: begins with `http:`, `https:` or `mailto:`. */
  readonly href?: string;
  /** Of an ordered list: its first number, unless that is 1. */
  readonly start?: number;
  /** Of an emoji: the side's own picture of it. */
  readonly file?: string;
  /** Of an item that is a task: whether it is done. */
  readonly checked?: boolean;
}

export type ShownKind =
  | 'paragraph'
  | 'heading'
  | 'quote'
  | 'list'
  | 'orderedList'
  | 'item'
  | 'codeBlock'
  | 'table'
  | 'row'
  | 'headCell'
  | 'cell'
  | 'rule'
  | 'bold'
  | 'italic'
  | 'strike'
  | 'underline'
  | 'raised'
  | 'lowered'
  | 'code'
  | 'spoiler'
  | 'mention'
  | 'emoji'
  | 'link'
  | 'break';
