import { waySteps, type PageSide, type PageWay, type SideName, type WayStep } from '../../src/sandbox/page.types.js';
import { duration, exactClock, texts } from './language-in-use.js';

/** The last message's way from one server to the other, step by step. */
export function MessageWay({
  way,
  sides,
  isUp,
}: {
  readonly way: PageWay | undefined;
  readonly sides: Readonly<Record<SideName, PageSide>>;
  readonly isUp: boolean;
}) {
  return (
    <section class="way" aria-label={texts.way.title}>
      <h2>{texts.way.title}</h2>
      {way === undefined ? <p class="quiet">{texts.way.nothing}</p> : <Steps way={way} sides={sides} isUp={isUp} />}
    </section>
  );
}

function Steps({
  way,
  sides,
  isUp,
}: {
  readonly way: PageWay;
  readonly sides: Readonly<Record<SideName, PageSide>>;
  readonly isUp: boolean;
}) {
  const { from, author, words, atMs } = way;
  const other = from === 'talk' ? 'matrix' : 'talk';
  const { seen, shown } = atMs;
  const next = waySteps.find((step) => atMs[step] === undefined);
  return (
    <>
      <p class="of">
        <span class="words" dir="auto">
          {words}
        </span>
        <span class="quiet">{texts.way.from(author, sides[from].network, sides[other].network)}</span>
        {seen !== undefined && shown !== undefined && (
          <strong class="total">{texts.way.total(duration(shown - seen))}</strong>
        )}
      </p>
      <ol class={`steps from-${from}`}>
        {waySteps.map((step, at) => (
          <li key={step} class={look(step, next, atMs)} title={texts.way.hints[step]} data-step={step}>
            <span class="mark" aria-hidden="true" />
            <span class="name">{texts.way.steps[step]}</span>
            <span class="time">
              {timeOf(step, waySteps[at - 1], atMs) ?? (step === next && !isUp ? texts.way.waits : '…')}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}

function look(step: WayStep, next: WayStep | undefined, atMs: PageWay['atMs']): string {
  if (atMs[step] !== undefined) return 'reached';
  return step === next ? 'next' : 'ahead';
}

/** The first one by the clock, the others from the one before. */
function timeOf(step: WayStep, before: WayStep | undefined, atMs: PageWay['atMs']): string | undefined {
  const at = atMs[step];
  if (at === undefined) return undefined;
  const since = before === undefined ? undefined : atMs[before];
  return since === undefined ? exactClock(at) : `+${duration(Math.max(0, at - since))}`;
}
