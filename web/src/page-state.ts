import {
  mostEntries,
  sideNames,
  type PageEntry,
  type PageEvent,
  type PageSide,
  type PageState,
  type SideName,
} from '../../src/sandbox/page.types.js';

/** `lost`: the sandbox does not answer, and is asked again. `locked`: it does not know our token. */
export type Connection = 'connecting' | 'live' | 'lost' | 'locked';

export interface View {
  readonly connection: Connection;
  /** Undefined until the sandbox was heard for the first time. */
  readonly board: PageState | undefined;
  /** Where one panel is shown at a time: which. */
  readonly shown: SideName;
  /** How many messages came to a panel while another one was shown. */
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
  unseen: { talk: 0, matrix: 0, slack: 0 },
};

/** Pure. */
export function changed(view: View, change: Change): View {
  switch (change.type) {
    case 'connection':
      return { ...view, connection: change.connection };
    case 'shown':
      return { ...view, shown: change.side, unseen: { ...view.unseen, [change.side]: 0 } };
    case 'state':
      return { ...view, connection: 'live', board: change.state, shown: shownOf(view.shown, change.state) };
    case 'service':
      return onBoard(view, (board) => ({ ...board, service: change.service }));
    case 'counts':
      return onBoard(view, (board) => ({ ...board, counts: change.counts }));
    case 'way':
      return onBoard(view, (board) => ({ ...board, way: change.way }));
    case 'members':
      return onSide(view, change.side, (side) => ({ ...side, members: change.members }));
    case 'cleared':
      return onSide(view, change.side, (side) => ({ ...side, entries: [] }));
    case 'entry':
      return onSide(counted(view, change.side, change.entry), change.side, (side) => ({
        ...side,
        entries: withEntry(side.entries, change.entry),
      }));
  }
}

/** What was chosen, where that runs. */
function shownOf(chosen: SideName, { sides }: PageState): SideName {
  return sides[chosen] === undefined ? (sideNames.find((name) => sides[name] !== undefined) ?? chosen) : chosen;
}

/** Only messages call for somebody. */
function counted(view: View, side: SideName, entry: PageEntry): View {
  const isNew = view.board?.sides[side]?.entries.every(({ id }) => id !== entry.id) ?? false;
  if (!isNew || view.shown === side || entry.kind !== 'message') return view;
  return { ...view, unseen: { ...view.unseen, [side]: view.unseen[side] + 1 } };
}

function onBoard(view: View, change: (board: PageState) => PageState): View {
  return view.board === undefined ? view : { ...view, board: change(view.board) };
}

function onSide(view: View, side: SideName, change: (side: PageSide) => PageSide): View {
  return onBoard(view, (board) => {
    const before = board.sides[side];
    return before === undefined ? board : { ...board, sides: { ...board.sides, [side]: change(before) } };
  });
}

function withEntry(entries: readonly PageEntry[], entry: PageEntry): readonly PageEntry[] {
  const at = entries.findIndex(({ id }) => id === entry.id);
  return at < 0 ? [...entries, entry].slice(-mostEntries) : [...entries.slice(0, at), entry, ...entries.slice(at + 1)];
}
