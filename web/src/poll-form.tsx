import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { PageQuestion } from '../../src/sandbox/page.types.js';
import { texts } from './language-in-use.js';

const fewestOptions = 2;

/** Asks something in the place of a message. Escape gives up. */
export function PollForm({
  children,
  mostOptions,
  problem,
  onAsk,
  onDone,
}: {
  /** Who asks. */
  readonly children: ComponentChildren;
  readonly mostOptions: number;
  readonly problem: string | undefined;
  /** False where it was not taken. */
  readonly onAsk: (asked: PageQuestion) => Promise<boolean>;
  /** It is asked, or given up. */
  readonly onDone: () => void;
}) {
  const [question, setQuestion] = useState('');
  const [options, setOptions] = useState<readonly string[]>(['', '']);
  const [isSeveral, setSeveral] = useState(false);
  const [isHidden, setHidden] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => first.current?.focus(), []);
  const given = options.filter((option) => option.trim() !== '');
  const isWhole = question.trim() !== '' && given.length >= fewestOptions;
  // One more is there for as long as it may be.
  const write = (at: number, words: string): void => {
    const now = options.map((option, each) => (each === at ? words : option));
    setOptions(now.at(-1) === '' || now.length >= mostOptions ? now : [...now, '']);
  };
  const ask = async (): Promise<void> => {
    if (!isWhole) return;
    const results = isHidden ? 'hidden' : 'shown';
    if (await onAsk({ question, options: given, results, maxVotes: isSeveral ? 0 : 1 })) onDone();
  };
  return (
    <form
      class="composer asking"
      aria-label={texts.poll.ask}
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.isComposing) onDone();
      }}
    >
      {children}
      <input
        ref={first}
        type="text"
        dir="auto"
        value={question}
        maxLength={1000}
        placeholder={texts.poll.question}
        aria-label={texts.poll.question}
        onInput={({ currentTarget }) => setQuestion(currentTarget.value)}
      />
      {options.map((option, at) => (
        <input
          key={at}
          type="text"
          dir="auto"
          value={option}
          maxLength={200}
          placeholder={texts.poll.option(at + 1)}
          aria-label={texts.poll.option(at + 1)}
          onInput={({ currentTarget }) => write(at, currentTarget.value)}
        />
      ))}
      <div class="choices">
        <Choice words={texts.poll.several} isChosen={isSeveral} onChange={setSeveral} />
        <Choice words={texts.poll.hidden} isChosen={isHidden} onChange={setHidden} />
      </div>
      <div class="presses">
        <button type="button" onClick={onDone}>
          {texts.cancel}
        </button>
        <button type="submit" disabled={!isWhole}>
          {texts.poll.askNow}
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

function Choice({
  words,
  isChosen,
  onChange,
}: {
  readonly words: string;
  readonly isChosen: boolean;
  readonly onChange: (isChosen: boolean) => void;
}) {
  return (
    <label>
      <input type="checkbox" checked={isChosen} onChange={({ currentTarget }) => onChange(currentTarget.checked)} />
      {words}
    </label>
  );
}
