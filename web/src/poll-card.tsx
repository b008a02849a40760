import { useId, useState } from 'preact/hooks';
import type { PageMessage, PagePoll, SideName } from '../../src/sandbox/page.types.js';
import { texts } from './language-in-use.js';
import type { MessageActs } from './message-acts.js';

/**
 * A poll as clients of Talk and Matrix show it: who has voted sees how it stands, unless that is hidden until the end. In Talk people
 * choose and then vote, in Matrix a choice is the vote.
 */
export function PollCard({
  side,
  message,
  poll,
  self,
  isActive,
  acts,
}: {
  readonly side: SideName;
  readonly message: PageMessage;
  readonly poll: PagePoll;
  readonly self: string;
  /** Whether it is in the order of the Tab key. */
  readonly isActive: boolean;
  readonly acts: MessageActs;
}) {
  const name = useId();
  const [draft, setDraft] = useState<readonly number[]>();
  const { options, maxVotes, state, results, votes } = poll;
  const own = votes.find(({ person }) => person.id === self)?.choices;
  const isOpen = state === 'open';
  const isSeen = !isOpen || (results === 'shown' && own !== undefined);
  const votesAtOnce = side === 'matrix';
  const isChoosing = isOpen && (votesAtOnce || own === undefined || draft !== undefined);
  const chosen = draft ?? own ?? [];
  const isSingle = maxVotes === 1;
  const tabIndex = isActive ? 0 : -1;
  const vote = (choices: readonly number[]): void => {
    setDraft(undefined);
    acts.vote(message, choices);
  };
  const choose = (option: number, isChosen: boolean): void => {
    const others = isSingle ? [] : chosen.filter((each) => each !== option);
    const now = isChosen ? [...others, option].sort((a, b) => a - b) : others;
    if (votesAtOnce) vote(now);
    else setDraft(now);
  };
  const button = (words: string, press: () => void, isOff = false) => (
    <button type="button" tabIndex={tabIndex} disabled={isOff} onClick={press}>
      {words}
    </button>
  );
  return (
    <div class="poll" role="group" aria-label={texts.poll.of(poll.question)}>
      <ul>
        {options.map((option, at) => {
          const count = votes.filter(({ choices }) => choices.includes(at)).length;
          const isChosen = chosen.includes(at);
          const isFull = !isSingle && !isChosen && maxVotes > 0 && chosen.length >= maxVotes;
          return (
            <li key={at}>
              <label class={isChosen ? 'chosen' : ''}>
                {isChoosing && (
                  <input
                    type={isSingle ? 'radio' : 'checkbox'}
                    name={name}
                    tabIndex={tabIndex}
                    checked={isChosen}
                    disabled={isFull}
                    onChange={({ currentTarget }) => choose(at, currentTarget.checked)}
                  />
                )}
                <span class="option">
                  {option}
                  {!isChoosing && isChosen && <span class="mine"> ✓</span>}
                </span>
                {isSeen && <span class="count">{texts.poll.votes(count)}</span>}
              </label>
              {isSeen && <progress value={count} max={Math.max(1, votes.length)} aria-hidden="true" />}
            </li>
          );
        })}
      </ul>
      <p class="quiet">{standing(poll, isSeen)}</p>
      <div class="presses">
        {isChoosing &&
          !votesAtOnce &&
          button(texts.poll.vote, () => vote(chosen), draft === undefined || draft.length === 0)}
        {isOpen && !isChoosing && button(texts.poll.change, () => setDraft(own))}
        {isOpen && own !== undefined && button(texts.poll.takeBack, () => vote([]))}
        {isOpen && message.author.id === self && button(texts.poll.end, () => acts.endPoll(message))}
      </div>
    </div>
  );
}

function standing({ state, results, votes, maxVotes }: PagePoll, isSeen: boolean): string {
  const voted = texts.poll.voters(votes.length);
  if (state === 'over') return `${texts.poll.over} · ${voted}`;
  const most = maxVotes === 1 ? [] : [maxVotes === 0 ? texts.poll.several : texts.poll.upTo(maxVotes)];
  return [...most, results === 'hidden' ? texts.poll.secret : isSeen ? voted : texts.poll.notSeen].join(' · ');
}
