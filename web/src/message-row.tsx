import { useEffect, useRef, useState } from 'preact/hooks';
import { otherSides, type PageMessage, type SideName } from '../../src/sandbox/page.types.js';
import { Avatar } from './avatar.js';
import { BlockLines } from './block-lines.js';
import { clock, texts } from './language-in-use.js';
import { MessageTools } from './message-tools.js';
import { PollCard } from './poll-card.js';
import { Quote, ThreadMark } from './quote.js';
import { Reactions } from './reactions.js';
import { RichText } from './rich-text.js';
import { isOwn, type MessageActs } from './message-acts.js';
import { SharedFiles } from './shared-files.js';
import { steady } from './steady.js';

/** A message with all that is seen of it, and what can be done with it. */
export const MessageRow = steady(function MessageRow({
  side,
  message,
  answered,
  begins,
  goesOn,
  inThread,
  replies,
  self,
  isActive,
  onActive,
  onGoTo,
  canThread,
  acts,
}: {
  readonly side: SideName;
  readonly message: PageMessage;
  /** What it replies to, where that is still shown. */
  readonly answered: PageMessage | undefined;
  /** The first message of its thread, where that is still shown. */
  readonly begins: PageMessage | undefined;
  /** Its author and time stand above it already. */
  readonly goesOn: boolean;
  /** It stands under what it replies to. */
  readonly inThread: boolean;
  /** How many stand under it. */
  readonly replies: number;
  readonly self: string;
  /** Whether it is in the order of the Tab key, with its buttons. */
  readonly isActive: boolean;
  readonly onActive: (id: string) => void;
  readonly onGoTo: (id: string | undefined) => void;
  /** Whether one can answer in a thread under it. */
  readonly canThread: boolean;
  readonly acts: MessageActs;
}) {
  const [isOpen, setOpen] = useState(false);
  const row = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!isOpen) return undefined;
    const close = ({ target }: PointerEvent): void => {
      if (row.current?.contains(target as Node) !== true) setOpen(false);
    };
    document.addEventListener('pointerdown', close);
    return () => document.removeEventListener('pointerdown', close);
  }, [isOpen]);
  const {
    id,
    author,
    atMs,
    text,
    files,
    delivery,
    style,
    isEdited,
    answers,
    reactions,
    onlyFor,
    poll,
    blocks,
    thread,
  } = message;
  const at = new Date(atMs);
  const isMine = author.id === self;
  const looks = [
    'message',
    isMine ? 'own' : '',
    goesOn ? 'goes-on' : '',
    inThread ? 'in-thread' : '',
    `in-${style}`,
    isOpen ? 'open' : '',
  ];
  return (
    <article
      ref={row}
      class={looks.filter(Boolean).join(' ')}
      data-id={id}
      tabIndex={isActive ? 0 : -1}
      aria-label={`${author.name}, ${clock(atMs)}`}
      onFocusIn={() => onActive(id)}
      onFocusOut={({ currentTarget, relatedTarget }) => {
        // Without one it went to nothing: a button that was pressed has gone away.
        if (relatedTarget instanceof Node && !currentTarget.contains(relatedTarget)) setOpen(false);
      }}
    >
      {!goesOn && <Avatar person={author} />}
      <p class={goesOn ? 'by only-read' : 'by'}>
        <strong>{author.name}</strong> {/* Slack marks what apps post, in whoever's name. */}
        {side === 'slack' && message.origin === 'bridged' && <span class="app">{texts.app}</span>}
        <time dateTime={at.toISOString()}>{clock(atMs)}</time>
        {onlyFor !== undefined && <span class="only-you">{texts.onlyYou}</span>}
      </p>
      <div class="said">
        <div class="text" dir="auto">
          {thread !== undefined && <ThreadMark thread={thread} begins={begins} onGoTo={onGoTo} />}
          {answers !== undefined && answers !== thread?.first && !inThread && (
            <Quote answered={answered} onGoTo={onGoTo} />
          )}
          {text === null ? (
            <p class="gone">{texts.deleted}</p>
          ) : blocks !== undefined ? (
            <BlockLines message={message} blocks={blocks} isActive={isActive} acts={acts} />
          ) : (
            <div class="words">
              {style === 'act' && <strong>* {author.name} </strong>}
              <RichText text={text} side={side} />
            </div>
          )}
          {poll !== undefined && (
            <PollCard side={side} message={message} poll={poll} self={self} isActive={isActive} acts={acts} />
          )}
          {files !== undefined && <SharedFiles side={side} files={files} isActive={isActive} />}
          {isEdited && <span class="edited">{texts.edited}</span>}
        </div>
        {delivery !== undefined && text !== null && <Delivery delivery={delivery} from={side} />}
      </div>
      {reactions.length > 0 && (
        <Reactions
          reactions={reactions}
          self={self}
          isActive={isActive}
          onReact={(emoji) => acts.react(message, emoji)}
        />
      )}
      {replies > 0 && <p class="replies">{texts.replies(replies)}</p>}
      {text !== null && onlyFor === undefined && (
        <MessageTools
          message={message}
          canChange={isOwn(message, self)}
          canThread={canThread}
          isActive={isActive}
          isOpen={isOpen}
          setOpen={setOpen}
          acts={acts}
        />
      )}
    </article>
  );
});

function Delivery({
  delivery,
  from,
}: {
  readonly delivery: NonNullable<PageMessage['delivery']>;
  readonly from: SideName;
}) {
  const others = otherSides(from);
  const hasArrived = others.every((to) => delivery[to] === 'arrived');
  const words = others
    .map((to) =>
      delivery[to] === 'arrived' ? texts.arrivedIn(texts.networks[to]) : texts.onItsWay(texts.networks[to]),
    )
    .join(', ');
  return (
    <span class={`delivery ${hasArrived ? 'arrived' : 'onItsWay'}`} title={words}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        {hasArrived ? (
          <path d="M3 8.5l3.2 3.2L13 5" />
        ) : (
          <path d="M8 4.5V8l2.4 1.6M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z" />
        )}
      </svg>
      <span class="only-read">{words}</span>
    </span>
  );
}
