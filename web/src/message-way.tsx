import { copySteps, sharedSteps, type PageCopyWay, type PageWay, type WayStep } from '../../src/sandbox/page.types.js';
import { duration, exactClock, texts } from './language-in-use.js';

/** The last message's way from its server to the others, step by step. */
export function MessageWay({ way, isUp }: { readonly way: PageWay | undefined; readonly isUp: boolean }) {
  return (
    <section class="way" aria-label={texts.way.title}>
      <h2>{texts.way.title}</h2>
      {way === undefined ? <p class="quiet">{texts.way.nothing}</p> : <Steps way={way} isUp={isUp} />}
    </section>
  );
}

function Steps({ way, isUp }: { readonly way: PageWay; readonly isUp: boolean }) {
  const { from, author, words, atMs, copies } = way;
  const totalMs = totalOf(way);
  const next = sharedSteps.find((step) => atMs[step] === undefined);
  return (
    <>
      <p class="of">
        <span class="words" dir="auto">
          {words}
        </span>
        <span class="quiet">{texts.way.from(author, texts.networks[from])}</span>
        {totalMs !== undefined && <strong class="total">{texts.way.total(duration(totalMs))}</strong>}
      </p>
      <div class="ways">
        <ol class="steps shared">
          {sharedSteps.map((step, at) => (
            <Step
              key={step}
              step={step}
              atMs={atMs[step]}
              beforeMs={at === 0 ? undefined : atMs[sharedSteps[at - 1] ?? step]}
              isNext={step === next}
              isUp={isUp}
            />
          ))}
        </ol>
        <ul class="copies">
          {copies.map((copy) => (
            <Copy key={copy.to} copy={copy} routedAtMs={atMs.routed} isUp={isUp} />
          ))}
        </ul>
      </div>
    </>
  );
}

/** From where the ways part. */
function Copy({
  copy: { to, atMs },
  routedAtMs,
  isUp,
}: {
  readonly copy: PageCopyWay;
  readonly routedAtMs: number | undefined;
  readonly isUp: boolean;
}) {
  const next = routedAtMs === undefined ? undefined : copySteps.find((step) => atMs[step] === undefined);
  return (
    <li class={`copy ${atMs.sent === undefined ? '' : 'sent'}`} data-to={to}>
      <span class="to">{texts.networks[to]}</span>
      <ol class="steps">
        {copySteps.map((step, at) => (
          <Step
            key={step}
            step={step}
            atMs={atMs[step]}
            beforeMs={at === 0 ? routedAtMs : atMs.sent}
            isNext={step === next}
            isUp={isUp}
          />
        ))}
      </ol>
    </li>
  );
}

function Step({
  step,
  atMs,
  beforeMs,
  isNext,
  isUp,
}: {
  readonly step: WayStep;
  readonly atMs: number | undefined;
  /** When the step before it was reached. */
  readonly beforeMs: number | undefined;
  readonly isNext: boolean;
  readonly isUp: boolean;
}) {
  const look = atMs !== undefined ? 'reached' : isNext ? 'next' : 'ahead';
  return (
    <li class={look} title={texts.way.hints[step]} data-step={step}>
      <span class="mark" aria-hidden="true" />
      <span class="name">{texts.way.steps[step]}</span>
      <span class="time">{timeOf(atMs, beforeMs) ?? (isNext && !isUp ? texts.way.waits : '…')}</span>
    </li>
  );
}

/** The first one by the clock, the others from the one before. */
function timeOf(atMs: number | undefined, beforeMs: number | undefined): string | undefined {
  if (atMs === undefined) return undefined;
  return beforeMs === undefined ? exactClock(atMs) : `+${duration(Math.max(0, atMs - beforeMs))}`;
}

/** Until it is seen in all rooms. */
function totalOf({ atMs, copies }: PageWay): number | undefined {
  const shown = copies.flatMap((copy) => (copy.atMs.shown === undefined ? [] : [copy.atMs.shown]));
  return atMs.seen === undefined || shown.length < copies.length ? undefined : Math.max(...shown) - atMs.seen;
}
