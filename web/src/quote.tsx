import type { PageMessage } from '../../src/sandbox/page.types.js';
import { plainText } from '../../src/sandbox/shown-text.js';
import { texts } from './language-in-use.js';

const longest = 140;

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
