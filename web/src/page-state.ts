import type { PageEvent, PageMessage, PageSide, PageState, SideName } from '../../src/sandbox/page.types.js';

/** `lost`: the sandbox does not answer, and is asked again. `locked`: it does not know our token. */
export type Connection = 'connecting' | 'live' | 'lost' | 'locked';

export interface View {
  readonly connection: Connection;
  /** Undefined until the sandbox was heard for the first time. */
  readonly board: PageState | undefined;
  /** Where one panel is shown at a time: which. */
  readonly shown: SideName;
  /** How many messages came to a panel while the other one was shown. */
  readonly unseen: Readonly<Record<SideName, number>>;
}

export type Change =
  | PageEvent
  | { readonly type: 'connection'; readonly connection: Connection }
  | { readonly type: 'shown'; readonly side: SideName };

export const firstView: View = {
  connection: 'connecting',
  board: undefined,
  shown: 'talk',
  unseen: { talk: 0, matrix: 0 },
};

/** Pure. */
export function changed(view: View, change: Change): View {
  switch (change.type) {
    case 'connection':
      return { ...view, connection: change.connection };
    case 'shown':
      return { ...view, shown: change.side, unseen: { ...view.unseen, [change.side]: 0 } };
    case 'state':
      return { ...view, connection: 'live', board: change.state };
    case 'service':
      return onBoard(view, (board) => ({ ...board, service: change.service }));
    case 'message': {
      const isNew = view.board?.sides[change.side].messages.every(({ id }) => id !== change.message.id) ?? false;
      const count = view.unseen[change.side] + (isNew && view.shown !== change.side ? 1 : 0);
      const next = { ...view, unseen: { ...view.unseen, [change.side]: count } };
      return onSide(next, change.side, (messages) => withMessage(messages, change.message));
    }
    case 'messageGone':
      return onSide(view, change.side, (messages) => messages.filter(({ id }) => id !== change.id));
  }
}

function onBoard(view: View, change: (board: PageState) => PageState): View {
  return view.board === undefined ? view : { ...view, board: change(view.board) };
}

function onSide(view: View, side: SideName, change: (messages: readonly PageMessage[]) => PageSide['messages']): View {
  return onBoard(view, (board) => {
    const before = board.sides[side];
    return { ...board, sides: { ...board.sides, [side]: { ...before, messages: change(before.messages) } } };
  });
}

function withMessage(messages: readonly PageMessage[], message: PageMessage): readonly PageMessage[] {
  const at = messages.findIndex(({ id }) => id === message.id);
  return at < 0 ? [...messages, message] : [...messages.slice(0, at), message, ...messages.slice(at + 1)];
}
