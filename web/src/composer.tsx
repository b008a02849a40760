import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { PageAbilities, PageMessage, PagePerson, PageQuestion, SideName } from '../../src/sandbox/page.types.js';
import { plainText } from '../../src/sandbox/shown-text.js';
import { Aside, asideIcons, Attach } from './composer-asides.js';
import { texts } from './language-in-use.js';
import { PersonPicker } from './person-picker.js';
import { PollForm } from './poll-form.js';
import { ThreadTitle } from './thread-title.js';

/** What the field is for at the moment. */
export type Draft =
  { readonly kind: 'say' } | { readonly kind: 'reply' | 'thread' | 'edit'; readonly message: PageMessage };

/** Writes in the name of one of the people. Enter sends, Shift and Enter begins a new line, Escape gives up. */
export function Composer({
  name,
  people,
  chosen,
  onChoose,
  isShown,
  draft,
  onDone,
  can,
  onSend,
  onAsk,
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
  readonly can: PageAbilities;
  /** `title`: of the thread that it begins, or empty. False where it was not taken. */
  readonly onSend: (text: string, title: string) => Promise<boolean>;
  readonly onAsk: (asked: PageQuestion) => Promise<boolean>;
  readonly onSendFiles: (files: readonly File[], text: string) => Promise<boolean>;
  readonly onEditLast: () => void;
  readonly problem: string | undefined;
}) {
  const [text, setText] = useState('');
  /** Of the thread that the next message begins; undefined where it begins none. */
  const [title, setTitle] = useState<string>();
  const [isAsking, setAsking] = useState(false);
  /** What stood in the field before an edit. */
  const kept = useRef('');
  const isSending = useRef(false);
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => fitHeight(field.current), [text, isShown, isAsking]);
  // Before anybody can type into what the field held until then.
  useLayoutEffect(() => {
    if (draft.kind === 'say') return undefined;
    field.current?.focus();
    if (draft.kind !== 'edit') return undefined;
    setText((now) => {
      kept.current = now;
      return draft.message.typed ?? '';
    });
    return () => setText(kept.current);
  }, [draft]);

  const send = (): Promise<void> =>
    text.trim() === '' ? Promise.resolve() : sendBy((words) => onSend(words, title?.trim() ?? ''));
  const sendBy = async (take: (text: string) => Promise<boolean>): Promise<void> => {
    if (isSending.current) return;
    isSending.current = true;
    const isTaken = await take(text);
    isSending.current = false;
    field.current?.focus();
    if (!isTaken) return;
    setTitle(undefined);
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
  const picker = <PersonPicker name={name} people={people} chosen={chosen} onChoose={onChoose} />;
  if (isAsking && can.mostOptions !== undefined) {
    return (
      <PollForm mostOptions={can.mostOptions} problem={problem} onAsk={onAsk} onDone={() => setAsking(false)}>
        {picker}
      </PollForm>
    );
  }
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {picker}
      {draft.kind === 'say' && title !== undefined && (
        <ThreadTitle title={title} onTitle={setTitle} onNext={() => field.current?.focus()} />
      )}
      {draft.kind !== 'say' && <About draft={draft} onDone={onDone} />}
      <div class="line">
        {draft.kind === 'say' && <Attach onFiles={(files) => void sendBy((words) => onSendFiles(files, words))} />}
        {draft.kind === 'say' && can.mostOptions !== undefined && (
          <Aside icon={asideIcons.poll} words={texts.poll.ask} onPress={() => setAsking(true)} />
        )}
        {draft.kind === 'say' && can.threads === 'titled' && (
          <Aside
            icon={asideIcons.thread}
            words={texts.thread.begin}
            onPress={() => setTitle(title === undefined ? '' : undefined)}
          />
        )}
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

const titles = {
  reply: texts.replying,
  thread: texts.thread.replying,
  edit: () => texts.editing,
} as const;

function About({ draft, onDone }: { readonly draft: Exclude<Draft, { kind: 'say' }>; readonly onDone: () => void }) {
  const { message, kind } = draft;
  return (
    <p class="about">
      <strong>{titles[kind](message.author.name)}</strong>
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
