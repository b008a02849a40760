import { useState } from 'preact/hooks';
import type { PageCount, PageService, PageSide, PageState, SideName } from '../../src/sandbox/page.types.js';
import { duration, texts } from './language-in-use.js';
import { kill, type Outcome } from './page-api.js';

const sides = ['talk', 'matrix'] as const;

/** Kills the service, and shows by both ledgers what that did to the messages. */
export function KillDrill({
  service,
  counts,
  sides: shown,
}: {
  readonly service: PageService;
  readonly counts: PageState['counts'];
  readonly sides: Readonly<Record<SideName, PageSide>>;
}) {
  const [problem, setProblem] = useState<Outcome>();
  const isReady = service.state === 'ready';
  const press = async (): Promise<void> => {
    if (isReady) setProblem(await kill());
  };
  return (
    <section class="drill" aria-label={texts.kill.title}>
      {/* Not disabled while it is gone: the focus would be lost. */}
      <button type="button" class="kill" aria-disabled={isReady ? 'false' : 'true'} onClick={() => void press()}>
        {texts.kill.button}
      </button>
      <p class="outcome" role="status">
        {problem === undefined ? story(service, counts) : texts.kill.refused}
      </p>
      <Sum counts={counts} />
      <table class="counts">
        <caption class="only-read">{texts.kill.counts}</caption>
        <thead>
          <tr>
            <td />
            {(['written', 'arrived', 'waiting', 'lost', 'doubled'] as const).map((column) => (
              <th key={column} scope="col">
                {texts.kill[column]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sides.map((side) => (
            <Row key={side} side={side} count={counts[side]} name={nameOf(shown, side)} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Both directions together. */
function Sum({ counts }: { readonly counts: PageState['counts'] }) {
  const sum = (of: (count: PageCount) => number): number => of(counts.talk) + of(counts.matrix);
  const item = (name: string, count: number, look: string) => (
    <span class={count > 0 ? look : ''}>
      {name} <b>{count}</b>
    </span>
  );
  return (
    <p class="sum">
      {item(
        texts.kill.written,
        sum(({ written }) => written),
        '',
      )}
      {item(
        texts.kill.arrived,
        sum(({ arrived }) => arrived),
        '',
      )}
      {item(texts.kill.waiting, sum(waitingOf), 'waiting')}
      {item(
        texts.kill.lost,
        sum(({ lost }) => lost),
        'bad',
      )}
      {item(
        texts.kill.doubled,
        sum(({ doubled }) => doubled),
        'bad',
      )}
    </p>
  );
}

function Row({ side, count, name }: { readonly side: SideName; readonly count: PageCount; readonly name: string }) {
  const { written, arrived, lost, doubled } = count;
  const waiting = waitingOf(count);
  return (
    <tr data-from={side}>
      <th scope="row">{name}</th>
      <td data-count="written">{written}</td>
      <td data-count="arrived">{arrived}</td>
      <td data-count="waiting" class={waiting > 0 ? 'waiting' : ''}>
        {waiting}
      </td>
      <td data-count="lost" class={lost > 0 ? 'bad' : ''}>
        {lost}
      </td>
      <td data-count="doubled" class={doubled > 0 ? 'bad' : ''}>
        {doubled}
      </td>
    </tr>
  );
}

function nameOf(shown: Readonly<Record<SideName, PageSide>>, side: SideName): string {
  return `${shortOf(shown[side])} → ${shortOf(shown[side === 'talk' ? 'matrix' : 'talk'])}`;
}

/** The last word of what the network is called: nobody takes it for another one. */
function shortOf({ network }: PageSide): string {
  return network.split(' ').at(-1) ?? network;
}

function waitingOf({ written, arrived, lost }: PageCount): number {
  return Math.max(0, written - arrived - lost);
}

function story({ state, killed }: PageService, counts: PageState['counts']): string {
  switch (state) {
    case 'gone':
      return killed === undefined ? texts.service.gone : texts.kill.gone(killed.process);
    case 'restarting':
      return texts.kill.restarting;
    case 'starting':
      return texts.service.starting;
    case 'ready': {
      if (killed?.readyAtMs === undefined) return texts.kill.invitation;
      const back = texts.kill.back(killed.process, duration(killed.readyAtMs - killed.atMs));
      const isAllThere = sides.every((side) => {
        const { lost, doubled } = counts[side];
        return waitingOf(counts[side]) + lost + doubled === 0;
      });
      return isAllThere ? `${back} ${texts.kill.allThere}` : back;
    }
  }
}
