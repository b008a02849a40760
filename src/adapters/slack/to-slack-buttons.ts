/** Blocks that people press something in. */
export type ButtonBlock =
  | { readonly type: 'section'; readonly text: PlainText; readonly accessory?: Button | Menu }
  | { readonly type: 'actions'; readonly elements: readonly Button[] }
  | { readonly type: 'context'; readonly elements: readonly PlainText[] };

export interface PlainText {
  readonly type: 'plain_text';
  readonly text: string;
  readonly emoji: false;
}

export interface Button {
  readonly type: 'button';
  readonly action_id: string;
  readonly value?: string;
  readonly text: PlainText;
}

export interface Menu {
  readonly type: 'multi_static_select';
  readonly action_id: string;
  readonly placeholder: PlainText;
  readonly max_selected_items: number;
  readonly options: readonly { readonly text: PlainText; readonly value: string }[];
}
