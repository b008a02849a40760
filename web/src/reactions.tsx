import type { PageReaction } from '../../src/sandbox/page.types.js';
import { texts } from './language-in-use.js';

/** Networks differ in whether they ask for the picture where a sign could stand as well. */
function pictured(emoji: string): string {
  return /^\p{Emoji}$/u.test(emoji) && !/\p{Emoji_Presentation}/u.test(emoji) ? `${emoji}\ufe0f` : emoji;
}

/** Who reacted with what, with counts. A press adds one's own or takes it back. */
export function Reactions({
  reactions,
  self,
  isActive,
  onReact,
}: {
  readonly reactions: readonly PageReaction[];
  readonly self: string;
  readonly isActive: boolean;
  readonly onReact: (emoji: string) => void;
}) {
  return (
    <ul class="reactions">
      {reactions.map(({ emoji, by }) => {
        const names = by.map(({ name }) => name).join(', ');
        return (
          <li key={emoji}>
            <button
              type="button"
              tabIndex={isActive ? 0 : -1}
              aria-pressed={by.some(({ id }) => id === self) ? 'true' : 'false'}
              aria-label={`${texts.reactedBy(emoji, names)}: ${String(by.length)}`}
              title={names}
              onClick={() => onReact(emoji)}
            >
              <span class="emoji">{pictured(emoji)}</span> {by.length}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
