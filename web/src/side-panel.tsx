import { useCallback, useMemo, useState } from 'preact/hooks';
import type { Act, PageEntry, PageSide, SideName } from '../../src/sandbox/page.types.js';
import { Composer, type Draft } from './composer.js';
import { texts } from './language-in-use.js';
import { Members } from './members.js';
import { isOwn, type MessageActs } from './message-acts.js';
import { act, type Outcome, share } from './page-api.js';
import { type OtherSide, Timeline } from './timeline.js';

/** Talk's is drawn. */
const emblems: Readonly<Record<SideName, string>> = { talk: '', matrix: '[m]', slack: '#' };
const fresh: Draft = { kind: 'say' };

/** One room as a person of its network sees it. */
export function SidePanel({
  name,
  side,
  others,
  isShown,
}: {
  readonly name: SideName;
  readonly side: PageSide;
  readonly others: readonly OtherSide[];
  readonly isShown: boolean;
}) {
  const [self, choose] = useState(side.people[0]?.id ?? '');
  const [draft, setDraft] = useState<Draft>(fresh);
  const [problem, setProblem] = useState<string>();

  const isTaken = useCallback(
    (why: Outcome): boolean => {
      setProblem(why === undefined ? undefined : texts.refusal(why, side.network));
      return why === undefined;
    },
    [side.network],
  );
  const does = useCallback(
    async (what: Act): Promise<boolean> => isTaken(await act({ side: name, person: self, act: what })),
    [name, self, isTaken],
  );
  /** One after the other; the words go with the first. */
  const sendFiles = async (files: readonly File[], text: string): Promise<boolean> => {
    for (const [at, file] of files.entries()) {
      const caption = at === 0 ? text.trim() : '';
      const what = { side: name, person: self, name: file.name, type: file.type, caption };
      if (!isTaken(await share(what, file))) return false;
    }
    return true;
  };
  const send = async (text: string, title: string): Promise<boolean> => {
    switch (draft.kind) {
      case 'edit':
        return does({ do: 'edit', message: draft.message.id, text });
      case 'reply':
        return does({ do: 'say', text, answers: draft.message.id });
      case 'thread':
        return does({ do: 'say', text, thread: { under: draft.message.id } });
      case 'say':
        return does({ do: 'say', text, ...(title === '' ? {} : { thread: { title } }) });
    }
  };
  const acts = useMemo<MessageActs>(
    () => ({
      reply: (message) => setDraft({ kind: 'reply', message }),
      thread: (message) => setDraft({ kind: 'thread', message }),
      edit: (message) => setDraft({ kind: 'edit', message }),
      remove: ({ id }) => void does({ do: 'delete', message: id }),
      vote: ({ id }, choices) => void does({ do: 'vote', message: id, choices }),
      endPoll: ({ id }) => void does({ do: 'endPoll', message: id }),
      press: ({ id }, action, values) => void does({ do: 'press', message: id, action, values }),
      react: ({ id, reactions }, emoji) => {
        const known = reactions.find((each) => bare(each.emoji) === bare(emoji));
        const isTakenBack = known?.by.some((person) => person.id === self) === true;
        void does({ do: isTakenBack ? 'unreact' : 'react', message: id, emoji: known?.emoji ?? emoji });
      },
    }),
    [does, self],
  );
  const seen = useMemo(
    () => ({ ...side, entries: side.entries.filter((entry) => isSeenBy(entry, self)) }),
    [side, self],
  );
  const editLast = (): void => {
    const last = side.entries.findLast(
      (entry) => entry.kind === 'message' && isOwn(entry, self) && entry.poll === undefined,
    );
    if (last?.kind === 'message') acts.edit(last);
  };
  return (
    <section class={`side ${name} ${isShown ? 'shown' : ''}`} aria-label={`${side.room}, ${side.network}`}>
      <header>
        <span class="emblem" aria-hidden="true">
          {emblems[name]}
        </span>
        <div class="room">
          <h2>{side.room}</h2>
          <p class="quiet">{side.network}</p>
        </div>
        <Members members={side.members} />
      </header>
      <Timeline name={name} side={seen} others={others} self={self} isShown={isShown} acts={acts} />
      <Composer
        name={name}
        people={side.people}
        chosen={self}
        onChoose={(person) => {
          choose(person);
          // What one person began to edit is not another one's.
          if (draft.kind === 'edit') setDraft(fresh);
        }}
        isShown={isShown}
        draft={draft}
        onDone={() => setDraft(fresh)}
        onSend={send}
        can={side.can}
        onAsk={(asked) => does({ do: 'ask', ...asked })}
        onSendFiles={sendFiles}
        onEditLast={editLast}
        problem={problem}
      />
    </section>
  );
}

function isSeenBy(entry: PageEntry, person: string): boolean {
  return entry.kind !== 'message' || entry.onlyFor === undefined || entry.onlyFor === person;
}

/** Networks differ in whether they write the selector of the picture's form. */
function bare(emoji: string): string {
  return emoji.replaceAll('\ufe0f', '');
}
