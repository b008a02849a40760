import { useLayoutEffect, useRef } from 'preact/hooks';
import { texts } from './language-in-use.js';

/** The title of the thread that the next message begins. Enter goes on to the message, Escape gives the title up. */
export function ThreadTitle({
  title,
  onTitle,
  onNext,
}: {
  readonly title: string;
  readonly onTitle: (title: string | undefined) => void;
  readonly onNext: () => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => input.current?.focus(), []);
  return (
    <p class="titled">
      <input
        ref={input}
        type="text"
        dir="auto"
        value={title}
        maxLength={200}
        placeholder={texts.thread.title}
        aria-label={texts.thread.title}
        onInput={({ currentTarget }) => onTitle(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.isComposing || (event.key !== 'Enter' && event.key !== 'Escape')) return;
          event.preventDefault();
          if (event.key === 'Escape') onTitle(undefined);
          onNext();
        }}
      />
    </p>
  );
}
