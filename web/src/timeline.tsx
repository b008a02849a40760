import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { PageMessage, PagePerson, PageSide, SideName } from '../../src/sandbox/page.types.js';
import { groupsOf } from './entry-groups.js';
import { texts } from './language-in-use.js';
import { MessageRow } from './message-row.js';
import { Notes } from './notes.js';
import type { MessageActs } from './message-acts.js';

/** Where what is said here goes. */
export type OtherSide = PageSide & { readonly side: SideName };

/** Closer to the end than this counts as being there. */
const nearEndPx = 60;

/**
 * The messages, always at the newest one unless the reader has scrolled back. One of them is in the order of the Tab key;
 * the arrows go on from there.
 */
export function Timeline({
  name,
  side,
  others,
  self,
  isShown,
  acts,
}: {
  readonly name: SideName;
  readonly side: PageSide;
  readonly others: readonly OtherSide[];
  /** The person who reads: their own messages look it. */
  readonly self: string;
  readonly isShown: boolean;
  readonly acts: MessageActs;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const [active, setActive] = useState<string>();
  const { entries } = side;
  const groups = useMemo(() => groupsOf(entries, name === 'slack' ? 'threads' : 'flat'), [entries, name]);
  const messages = useMemo(
    () => groups.flatMap((group) => (group.kind === 'message' ? [group.message] : [])),
    [groups],
  );
  const byId = useMemo(() => new Map(messages.map((message) => [message.id, message])), [messages]);
  const reached = active !== undefined && byId.has(active) ? active : messages.at(-1)?.id;
  const toEnd = (): void => {
    if (box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  };
  useLayoutEffect(() => {
    if (isAtEnd) toEnd();
    // What is hidden has no height: it is brought to its end when it is shown.
  }, [entries, isAtEnd, isShown]);
  // The field below it grows with what is typed, and would cover the newest message.
  useEffect(() => {
    if (box.current === null || !isAtEnd) return undefined;
    const observer = new ResizeObserver(toEnd);
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [isAtEnd]);
  const onScroll = (): void => {
    const { current: it } = box;
    if (it !== null && it.clientHeight > 0) setAtEnd(it.scrollHeight - it.scrollTop - it.clientHeight < nearEndPx);
  };
  const goTo = useCallback((id: string | undefined): void => {
    if (id === undefined) return;
    const row = box.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`);
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: 'nearest' });
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    const { target } = event;
    if (by === 0 || !(target instanceof HTMLElement) || target.dataset['id'] === undefined) return;
    event.preventDefault();
    goTo(messages[messages.findIndex(({ id }) => id === target.dataset['id']) + by]?.id);
  };
  return (
    <div class="timeline-frame">
      <div
        class="timeline"
        ref={box}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        role="log"
        aria-label={texts.messagesOf(side.network)}
        tabIndex={messages.length === 0 ? 0 : -1}
      >
        {groups.map((group) =>
          group.kind === 'notes' ? (
            <Notes key={group.notes[0].id} notes={group.notes} />
          ) : (
            <MessageRow
              key={group.message.id}
              side={name}
              message={group.message}
              answered={shownAt(group.message.answers, byId)}
              begins={shownAt(group.message.thread?.first, byId)}
              goesOn={group.goesOn}
              inThread={group.inThread}
              replies={group.replies}
              self={self}
              isActive={group.message.id === reached}
              onActive={setActive}
              onGoTo={goTo}
              canThread={side.can.threads === 'onMessage'}
              acts={acts}
            />
          ),
        )}
        {messages.length === 0 && <Nothing here={side.people} there={others} />}
      </div>
      {!isAtEnd && (
        <button type="button" class="to-end" onClick={toEnd}>
          {texts.newest}
        </button>
      )}
    </div>
  );
}

function shownAt(id: string | undefined, byId: ReadonlyMap<string, PageMessage>): PageMessage | undefined {
  return id === undefined ? undefined : byId.get(id);
}

function Nothing({ here, there }: { readonly here: readonly PagePerson[]; readonly there: readonly OtherSide[] }) {
  return (
    <div class="nothing quiet">
      <p>{texts.nothingYet}</p>
      <p>
        {there.length === 0
          ? texts.nothingElsewhere(namesOf(here, texts.or))
          : texts.nothingMore(
              namesOf(here, texts.or),
              there.map(({ people, network }) => texts.inNetwork(namesOf(people, texts.and), network)).join(', '),
            )}
      </p>
    </div>
  );
}

function namesOf(people: readonly PagePerson[], word: string): string {
  const names = people.map(({ name }) => name);
  const last = names.pop() ?? '';
  return names.length === 0 ? last : `${names.join(', ')} ${word} ${last}`;
}
