import type { PageMessage, PageThread } from '../../src/sandbox/page.types.js';
import { plainText } from '../../src/sandbox/shown-text.js';
import { texts } from './language-in-use.js';

const longest = 140;

/** Which thread a message stands in; leads to its first message. */
export function ThreadMark({
  thread: { first, title },
  begins,
  onGoTo,
}: {
  readonly thread: PageThread;
  readonly begins: PageMessage | undefined;
  readonly onGoTo: (id: string | undefined) => void;
}) {
  const name = title === '' ? texts.thread.word : title;
  const words = begins?.text === undefined || begins.text === null ? '' : plainText(begins.text).slice(0, longest);
  return (
    <button
      type="button"
      class="quote"
      tabIndex={-1}
      onClick={() => onGoTo(first)}
      aria-label={texts.thread.goTo(title)}
    >
      <strong>🧵 {name}</strong>
      {/* What bears the title says it itself. */}
      <span>{title !== '' && words.startsWith('🧵') ? '' : words}</span>
    </button>
  );
}

/** What a message replies to, as it is now; leads there. */
export function Quote({
  answered,
  onGoTo,
}: {
  readonly answered: PageMessage | undefined;
  readonly onGoTo: (id: string | undefined) => void;
}) {
  if (answered === undefined) return <p class="quote unknown">{texts.unknownMessage}</p>;
  const { author, text, id } = answered;
  return (
    <button
      type="button"
      class="quote"
      tabIndex={-1}
      onClick={() => onGoTo(id)}
      aria-label={texts.replyTo(author.name)}
    >
      <strong>{author.name}</strong>
      <span>{text === null ? texts.deleted : plainText(text).slice(0, longest)}</span>
    </button>
  );
}
