import type { PageEntry, PageMessage, PageNote } from '../../src/sandbox/page.types.js';

/** What stands in a timeline, from above: messages, and what the room tells of itself between two of them. */
export type EntryGroup =
  | {
      readonly kind: 'message';
      readonly message: PageMessage;
      /** The same person speaks again, in one breath. */
      readonly goesOn: boolean;
      /** It stands under the message that it replies to. */
      readonly inThread: boolean;
      /** How many stand under it, or in the thread that it begins. */
      readonly replies: number;
    }
  | { readonly kind: 'notes'; readonly notes: readonly [PageNote, ...PageNote[]] };

/** `threads`: replies stand under the first message of theirs, and what was deleted is not there any more. */
export type TimelineForm = 'flat' | 'threads';

const sameBreathMs = 5 * 60_000;

/** Pure. */
export function groupsOf(entries: readonly PageEntry[], form: TimelineForm): readonly EntryGroup[] {
  const threads = form === 'threads' ? threadsIn(entries) : new Map<string, readonly PageMessage[]>();
  const isReply = ({ answers }: PageMessage): boolean => answers !== undefined && threads.has(answers);
  const inThreads = repliesIn(entries);
  const groups: EntryGroup[] = [];
  const put = (message: PageMessage, inThread: boolean, replies: number): void => {
    const last = groups.at(-1);
    const isNext = last?.kind === 'message' && last.inThread === inThread && goesOn(last.message, message, inThread);
    groups.push({ kind: 'message', message, goesOn: isNext, inThread, replies });
  };
  for (const entry of entries) {
    const last = groups.at(-1);
    if (entry.kind === 'note') {
      if (last?.kind === 'notes') groups[groups.length - 1] = { kind: 'notes', notes: [...last.notes, entry] };
      else groups.push({ kind: 'notes', notes: [entry] });
      continue;
    }
    if (isReply(entry)) continue;
    const replies = threads.get(entry.id) ?? [];
    if (form === 'threads' && entry.text === null && replies.length === 0) continue;
    put(entry, false, form === 'threads' ? replies.length : (inThreads.get(entry.id) ?? 0));
    for (const reply of replies) put(reply, true, 0);
  }
  return groups;
}

/** Where threads stand in the same line as all else: how many belong to each first message. */
function repliesIn(entries: readonly PageEntry[]): ReadonlyMap<string, number> {
  const replies = new Map<string, number>();
  for (const entry of entries) {
    if (entry.kind !== 'message' || entry.thread === undefined || entry.text === null) continue;
    replies.set(entry.thread.first, (replies.get(entry.thread.first) ?? 0) + 1);
  }
  return replies;
}

/** The replies that are left to each message that is shown itself. */
function threadsIn(entries: readonly PageEntry[]): ReadonlyMap<string, readonly PageMessage[]> {
  const shown = new Set(entries.map(({ id }) => id));
  const threads = new Map<string, PageMessage[]>();
  for (const entry of entries) {
    if (entry.kind !== 'message' || entry.answers === undefined || !shown.has(entry.answers)) continue;
    const thread = threads.get(entry.answers) ?? [];
    threads.set(entry.answers, thread);
    if (entry.text !== null) thread.push(entry);
  }
  return threads;
}

function goesOn(before: PageMessage, message: PageMessage, inThread: boolean): boolean {
  // A quote stands by itself, under its author's name.
  const hasQuote = message.answers !== undefined && !inThread;
  return before.author.id === message.author.id && message.atMs - before.atMs < sameBreathMs && !hasQuote;
}
