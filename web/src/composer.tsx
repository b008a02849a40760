import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { PageMessage, PagePerson, SideName } from '../../src/sandbox/page.types.js';
import { plainText } from '../../src/sandbox/shown-text.js';
import { texts } from './language-in-use.js';
import { PersonPicker } from './person-picker.js';

/** What the field is for at the moment. */
export type Draft = { readonly kind: 'say' } | { readonly kind: 'reply' | 'edit'; readonly message: PageMessage };

/** Writes in the name of one of the people. Enter sends, Shift and Enter begins a new line, Escape gives up. */
export function Composer({
  name,
  people,
  chosen,
  onChoose,
  isShown,
  draft,
  onDone,
  onSend,
  onSendFiles,
  onEditLast,
  problem,
}: {
  readonly name: SideName;
  readonly people: readonly PagePerson[];
  readonly chosen: string;
  readonly onChoose: (person: string) => void;
  readonly isShown: boolean;
  readonly draft: Draft;
  /** The reply or edit is sent, or given up. */
  readonly onDone: () => void;
  /** False where it was not taken. */
  readonly onSend: (text: string) => Promise<boolean>;
  readonly onSendFiles: (files: readonly File[], text: string) => Promise<boolean>;
  readonly onEditLast: () => void;
  readonly problem: string | undefined;
}) {
  const [text, setText] = useState('');
  /** What stood in the field before an edit. */
  const kept = useRef('');
  const isSending = useRef(false);
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => fitHeight(field.current), [text, isShown]);
  // Before anybody can type into what the field held until then.
  useLayoutEffect(() => {
    if (draft.kind === 'say') return undefined;
    field.current?.focus();
    if (draft.kind === 'reply') return undefined;
    setText((now) => {
      kept.current = now;
      return draft.message.typed ?? '';
    });
    return () => setText(kept.current);
  }, [draft]);

  const send = (): Promise<void> => (text.trim() === '' ? Promise.resolve() : sendBy(onSend));
  const sendBy = async (take: (text: string) => Promise<boolean>): Promise<void> => {
    if (isSending.current) return;
    isSending.current = true;
    const isTaken = await take(text);
    isSending.current = false;
    field.current?.focus();
    if (!isTaken) return;
    // What was typed while it was sent stays.
    if (draft.kind !== 'edit') setText((now) => (now.startsWith(text) ? now.slice(text.length) : now));
    if (draft.kind !== 'say') onDone();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method composes a word, the keys belong to it.
    if (event.isComposing) return;
    if (event.key === 'Escape' && draft.kind !== 'say') onDone();
    else if (event.key === 'ArrowUp' && text === '' && draft.kind === 'say') onEditLast();
    else if (event.key === 'Enter' && !event.shiftKey) void send();
    else return;
    event.preventDefault();
  };
  const speaker = people.find(({ id }) => id === chosen)?.name ?? '';
  const label = draft.kind === 'edit' ? texts.editing : texts.messageAs(speaker);
  const action = draft.kind === 'edit' ? texts.save : texts.send;
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <PersonPicker name={name} people={people} chosen={chosen} onChoose={onChoose} />
      {draft.kind !== 'say' && <About draft={draft} onDone={onDone} />}
      <div class="line">
        {draft.kind === 'say' && <Attach onFiles={(files) => void sendBy((words) => onSendFiles(files, words))} />}
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          value={text}
          placeholder={draft.kind === 'edit' ? texts.editing : texts.writeAsPerson(speaker)}
          aria-label={label}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <button type="submit" aria-label={action} title={action} disabled={text.trim() === ''}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            {draft.kind === 'edit' ? (
              <path d="M9.5 17.8 4.2 12.5l1.7-1.7 3.6 3.6 8.6-8.6 1.7 1.7z" />
            ) : (
              <path d="M4 11.2V4.6c0-.5.5-.8 1-.6l15 7.3c.5.3.5 1 0 1.3L5 20c-.5.2-1-.1-1-.6v-6.6L13 12z" />
            )}
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

/** Lets people choose files, which are sent with what stands in the field. */
function Attach({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          // The same one may be chosen again.
          currentTarget.value = '';
          if (files.length > 0) onFiles(files);
        }}
      />
      <button
        type="button"
        class="attach"
        aria-label={texts.attach}
        title={texts.attach}
        onClick={() => input.current?.click()}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M19.5 11.6l-7.6 7.6a4.6 4.6 0 0 1-6.5-6.5l8-8a3.1 3.1 0 0 1 4.4 4.4l-7.9 7.9a1.5 1.5 0 0 1-2.2-2.2l7-7" />
        </svg>
      </button>
    </>
  );
}

function About({ draft, onDone }: { readonly draft: Exclude<Draft, { kind: 'say' }>; readonly onDone: () => void }) {
  const { message, kind } = draft;
  return (
    <p class="about">
      <strong>{kind === 'reply' ? texts.replying(message.author.name) : texts.editing}</strong>
      <span>{plainText(message.text ?? [])}</span>
      <button type="button" onClick={onDone} aria-label={texts.cancel} title={texts.cancel}>
        ×
      </button>
    </p>
  );
}

function fitHeight(field: HTMLTextAreaElement | null): void {
  if (field === null) return;
  field.style.height = 'auto';
  field.style.height = `${String(field.scrollHeight)}px`;
}
