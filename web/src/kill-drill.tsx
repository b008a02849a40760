import { useState } from 'preact/hooks';
import {
  otherSides,
  sideNames,
  type PageCount,
  type PageService,
  type SideName,
} from '../../src/sandbox/page.types.js';
import { duration, texts } from './language-in-use.js';
import { kill, type Outcome } from './page-api.js';

/** Kills the service, and shows by what all servers show what that did to the messages. */
export function KillDrill({
  service,
  counts,
}: {
  readonly service: PageService;
  readonly counts: readonly PageCount[];
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
            <th scope="col">{texts.kill.written}</th>
            {sideNames.map((side) => (
              <th key={side} scope="col">
                {texts.kill.in(texts.networks[side])}
              </th>
            ))}
            {(['waiting', 'lost', 'doubled'] as const).map((column) => (
              <th key={column} scope="col">
                {texts.kill[column]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sideNames.map((side) => (
            <Row key={side} side={side} counts={counts.filter(({ from }) => from === side)} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

const sum = (counts: readonly PageCount[], of: (count: PageCount) => number): number =>
  counts.reduce((total, count) => total + of(count), 0);

/** Of messages that were deleted before they came to one of the others, that one knows nothing. */
const writtenIn = (counts: readonly PageCount[]): number => Math.max(0, ...counts.map(({ written }) => written));

/** All sides together. */
function Sum({ counts }: { readonly counts: readonly PageCount[] }) {
  const written = sideNames.map((side) => writtenIn(counts.filter(({ from }) => from === side)));
  const item = (name: string, count: number, look: string) => (
    <span class={count > 0 ? look : ''}>
      {name} <b>{count}</b>
    </span>
  );
  return (
    <p class="sum">
      {item(
        texts.kill.written,
        written.reduce((total, each) => total + each, 0),
        '',
      )}
      {item(
        texts.kill.copies,
        sum(counts, ({ arrived }) => arrived),
        '',
      )}
      {item(texts.kill.waiting, sum(counts, waitingOf), 'waiting')}
      {item(
        texts.kill.lost,
        sum(counts, ({ lost }) => lost),
        'bad',
      )}
      {item(
        texts.kill.doubled,
        sum(counts, ({ doubled }) => doubled),
        'bad',
      )}
    </p>
  );
}

/** What one side's people said, and what of it each of the others shows. */
function Row({ side, counts }: { readonly side: SideName; readonly counts: readonly PageCount[] }) {
  const others = otherSides(side);
  const cell = (name: 'waiting' | 'lost' | 'doubled', count: number, look: string) => (
    <td data-count={name} class={count > 0 ? look : ''}>
      {count}
    </td>
  );
  return (
    <tr data-from={side}>
      <th scope="row">{texts.networks[side]}</th>
      <td data-count="written">{writtenIn(counts)}</td>
      {sideNames.map((to) => {
        const count = counts.find((each) => each.to === to);
        return others.includes(to) && count !== undefined ? (
          <td key={to} data-count={`arrived-${to}`} class={count.arrived < count.written ? 'waiting' : ''}>
            {count.arrived}
          </td>
        ) : (
          <td key={to} class="itself" aria-hidden="true">
            ·
          </td>
        );
      })}
      {cell('waiting', sum(counts, waitingOf), 'waiting')}
      {cell(
        'lost',
        sum(counts, ({ lost }) => lost),
        'bad',
      )}
      {cell(
        'doubled',
        sum(counts, ({ doubled }) => doubled),
        'bad',
      )}
    </tr>
  );
}

function waitingOf({ written, arrived, lost }: PageCount): number {
  return Math.max(0, written - arrived - lost);
}

function story({ state, killed }: PageService, counts: readonly PageCount[]): string {
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
      const isAllThere = counts.every((count) => waitingOf(count) + count.lost + count.doubled === 0);
      return isAllThere ? `${back} ${texts.kill.allThere}` : back;
    }
  }
}
