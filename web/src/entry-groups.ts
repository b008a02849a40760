import type { PageEntry, PageMessage, PageNote } from '../../src/sandbox/page.types.js';

/** What stands in a timeline, from above: messages, and what the room tells of itself between two of them. */
export type EntryGroup =
  | { readonly kind: 'message'; readonly message: PageMessage; readonly goesOn: boolean }
  | { readonly kind: 'notes'; readonly notes: readonly [PageNote, ...PageNote[]] };

const sameBreathMs = 5 * 60_000;

/** Pure. `goesOn`: the same person speaks again, in one breath. */
export function groupsOf(entries: readonly PageEntry[]): readonly EntryGroup[] {
  const groups: EntryGroup[] = [];
  for (const entry of entries) {
    const last = groups.at(-1);
    if (entry.kind === 'message') {
      groups.push({ kind: 'message', message: entry, goesOn: last?.kind === 'message' && goesOn(last.message, entry) });
    } else if (last?.kind === 'notes') groups[groups.length - 1] = { kind: 'notes', notes: [...last.notes, entry] };
    else groups.push({ kind: 'notes', notes: [entry] });
  }
  return groups;
}

function goesOn(before: PageMessage, message: PageMessage): boolean {
  // A quote stands by itself, under its author's name.
  return (
    before.author.id === message.author.id && message.atMs - before.atMs < sameBreathMs && message.answers === undefined
  );
}
