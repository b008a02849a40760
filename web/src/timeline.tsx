import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { PageMessage, PagePerson, PageSide } from '../../src/sandbox/page.types.js';
import { MessageRow } from './message-row.js';

const sameBreathMs = 5 * 60_000;
/** Closer to the end than this counts as being there. */
const nearEndPx = 60;

/** The messages, always at the newest one unless the reader has scrolled back. */
export function Timeline({
  side,
  other,
  self,
  isShown,
}: {
  readonly side: PageSide;
  readonly other: PageSide;
  /** The person who reads: their own messages look it. */
  readonly self: string;
  readonly isShown: boolean;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const { messages } = side;
  const toEnd = (): void => {
    if (box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  };
  useLayoutEffect(() => {
    if (isAtEnd) toEnd();
    // What is hidden has no height: it is brought to its end when it is shown.
  }, [messages, isAtEnd, isShown]);
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
  return (
    <div class="timeline-frame">
      {/* Reached by keyboard, so that it can be scrolled by it. */}
      <div
        class="timeline"
        ref={box}
        onScroll={onScroll}
        role="log"
        aria-label={`Messages, ${side.network}`}
        tabIndex={0}
      >
        {messages.length === 0 && <Nothing here={side.people} there={other} />}
        {messages.map((message, at) => (
          <MessageRow
            key={message.id}
            message={message}
            isOwn={message.author.id === self}
            goesOn={goesOn(messages[at - 1], message)}
            otherNetwork={other.network}
          />
        ))}
      </div>
      {!isAtEnd && (
        <button type="button" class="to-end" onClick={toEnd}>
          Newest ↓
        </button>
      )}
    </div>
  );
}

/** Whether the same person speaks again, in one breath. */
function goesOn(before: PageMessage | undefined, message: PageMessage): boolean {
  return before?.author.id === message.author.id && message.atMs - before.atMs < sameBreathMs;
}

function Nothing({ here, there }: { readonly here: readonly PagePerson[]; readonly there: PageSide }) {
  return (
    <div class="nothing quiet">
      <p>Nothing here yet.</p>
      <p>
        Write as {namesOf(here)}; {namesOf(there.people, 'and')} will see it in {there.network}.
      </p>
    </div>
  );
}

function namesOf(people: readonly PagePerson[], word: 'and' | 'or' = 'or'): string {
  return people.map(({ name }) => name).join(` ${word} `);
}
