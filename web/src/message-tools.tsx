import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { PageMessage } from '../../src/sandbox/page.types.js';
import { texts } from './language-in-use.js';
import type { MessageActs } from './message-acts.js';

const usualEmoji = ['👍', '❤️', '😂', '🎉', '😮', '😢'] as const;

const icons = {
  react: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8.5 14.5c.9 1.2 2.1 1.8 3.5 1.8s2.6-.6 3.5-1.8M9 9.5v.6M15 9.5v.6',
  reply: 'M9 6l-5 5 5 5M4 11h9c4 0 6 2 7 6',
  thread: 'M5 5h14v10H10l-4 4v-4H5zM8.5 8.7h7M8.5 11.6h4.5',
  edit: 'M4 20l1-4L16 5l3 3L8 19zM14 7l3 3',
  delete: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
} as const;

/** What can be done with a message: in sight under the pointer, with the keyboard's focus, or once opened. */
export function MessageTools({
  message,
  canChange,
  canThread,
  isActive,
  isOpen,
  setOpen,
  acts,
}: {
  readonly message: PageMessage;
  readonly canChange: boolean;
  readonly canThread: boolean;
  readonly isActive: boolean;
  readonly isOpen: boolean;
  readonly setOpen: (isOpen: boolean) => void;
  readonly acts: MessageActs;
}) {
  const [isChoosing, setChoosing] = useState(false);
  const first = useRef<HTMLButtonElement>(null);
  // Before another key can be pressed.
  useLayoutEffect(() => {
    if (isChoosing) first.current?.focus();
  }, [isChoosing]);
  useEffect(() => {
    if (!isOpen) setChoosing(false);
  }, [isOpen]);
  const tabIndex = isActive ? 0 : -1;
  const button = (icon: keyof typeof icons, label: string, press: () => void, more = {}) => (
    <button type="button" tabIndex={tabIndex} aria-label={label} title={label} onClick={press} {...more}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d={icons[icon]} />
      </svg>
    </button>
  );
  const then = (done: () => void) => () => {
    done();
    setOpen(false);
  };
  return (
    <div class="tools-frame">
      {/* Where nothing hovers, this brings the others. */}
      {button('more', texts.acts.of(message.author.name), () => setOpen(!isOpen), {
        class: 'bring-tools',
        'aria-expanded': isOpen ? 'true' : 'false',
      })}
      <div
        class="tools"
        role="group"
        aria-label={texts.acts.of(message.author.name)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || !isChoosing) return;
          event.stopPropagation();
          setOpen(false);
          event.currentTarget.closest<HTMLElement>('article')?.focus();
        }}
      >
        {isChoosing ? (
          usualEmoji.map((emoji, at) => (
            <button
              key={emoji}
              type="button"
              class="emoji"
              {...(at === 0 ? { ref: first } : {})}
              tabIndex={tabIndex}
              aria-label={texts.reactWith(emoji)}
              onClick={(event) => {
                acts.react(message, emoji);
                // The buttons go away: the focus stays with the message.
                event.currentTarget.closest<HTMLElement>('article')?.focus();
                setOpen(false);
                setChoosing(false);
              }}
            >
              {emoji}
            </button>
          ))
        ) : (
          <>
            {button('react', texts.acts.react, () => {
              setOpen(true);
              setChoosing(true);
            })}
            {button(
              'reply',
              texts.acts.reply,
              then(() => acts.reply(message)),
            )}
            {canThread &&
              button(
                'thread',
                texts.thread.under,
                then(() => acts.thread(message)),
              )}
            {canChange &&
              message.poll === undefined &&
              button(
                'edit',
                texts.acts.edit,
                then(() => acts.edit(message)),
              )}
            {canChange &&
              button(
                'delete',
                texts.acts.delete,
                then(() => acts.remove(message)),
              )}
          </>
        )}
      </div>
    </div>
  );
}
