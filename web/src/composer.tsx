import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { PagePerson, SideName } from '../../src/sandbox/page.types.js';
import { post } from './page-api.js';
import { PersonPicker } from './person-picker.js';

/** Writes in the name of one of the people. Enter sends, Shift and Enter begins a new line. */
export function Composer({
  name,
  people,
  chosen,
  onChoose,
  isShown,
}: {
  readonly name: SideName;
  readonly people: readonly PagePerson[];
  readonly chosen: string;
  readonly onChoose: (person: string) => void;
  readonly isShown: boolean;
}) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string>();
  const isSending = useRef(false);
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => fitHeight(field.current), [text, isShown]);

  const send = async (): Promise<void> => {
    if (isSending.current || text.trim() === '') return;
    isSending.current = true;
    const why = await post({ side: name, person: chosen, text });
    isSending.current = false;
    setProblem(why);
    // What was typed while it was sent stays.
    if (why === undefined) setText((now) => (now.startsWith(text) ? now.slice(text.length) : now));
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method composes a word, Enter belongs to it.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void send();
  };
  const speaker = people.find(({ id }) => id === chosen)?.name ?? '';
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <PersonPicker name={name} people={people} chosen={chosen} onChoose={onChoose} />
      <div class="line">
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          value={text}
          placeholder={`Write as ${speaker}`}
          aria-label={`Message as ${speaker}`}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <button type="submit" aria-label="Send" disabled={text.trim() === ''}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M4 11.2V4.6c0-.5.5-.8 1-.6l15 7.3c.5.3.5 1 0 1.3L5 20c-.5.2-1-.1-1-.6v-6.6L13 12z" />
          </svg>
        </button>
      </div>
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}

function fitHeight(field: HTMLTextAreaElement | null): void {
  if (field === null) return;
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
}
