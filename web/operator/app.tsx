import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Act } from './act.js';
import { Api, Away, Locked } from './api.js';
import { number } from './format.js';
import { LinksView } from './links-view.js';
import { Overview } from './overview.js';
import { ParkedView } from './parked-view.js';
import { texts } from './texts-in-use.js';
import { TokenForm } from './token-form.js';
import { type ServiceView, useService } from './use-service.js';
import { WayView } from './way-view.js';

const views = ['overview', 'links', 'parked', 'way'] as const;
type ViewName = (typeof views)[number];

export function App() {
  const api = useMemo(() => new Api(), []);
  const [again, ask] = useState(0);
  const [shown, show] = useState<ViewName>('overview');
  const [asked, askWay] = useState<string>();
  const [said, say] = useState<string>();
  const view = useService(api, again);
  const heading = useRef<HTMLElement>(null);

  const act: Act = useCallback(
    async (work) => {
      say(undefined);
      try {
        say(await work());
      } catch (error) {
        if (error instanceof Locked) ask((before) => before + 1);
        else if (error instanceof Away) say(texts.away);
        else say(texts.unexpected(error instanceof Error ? error.message : String(error)));
      }
    },
    [ask],
  );
  useEffect(() => {
    if (said === undefined) return undefined;
    const timer = setTimeout(() => say(undefined), 8_000);
    return () => clearTimeout(timer);
  }, [said]);
  const trace = useCallback((id: string) => {
    askWay(id);
    show('way');
    heading.current?.focus();
    window.scrollTo({ top: 0 });
  }, []);

  return (
    <div class="page">
      <a class="skip" href="#content" onClick={(event) => (event.preventDefault(), heading.current?.focus())}>
        {texts.skip}
      </a>
      <header class="top">
        <h1>
          Crosstalk <span>{texts.title}</span>
        </h1>
        <Readiness view={view} />
        {view.status !== undefined && view.connection !== 'locked' && (
          <nav aria-label={texts.title}>
            {views.map((name) => (
              <button
                key={name}
                type="button"
                aria-current={shown === name ? 'page' : undefined}
                onClick={() => show(name)}
              >
                {texts.views[name]}
                {name === 'parked' && (view.status?.parked.length ?? 0) > 0 && (
                  <span class="count">{number(view.status?.parked.length ?? 0)}</span>
                )}
              </button>
            ))}
          </nav>
        )}
      </header>
      {view.connection === 'lost' && (
        <p class="banner" role="alert">
          {texts.lost}
        </p>
      )}
      <main id="content" ref={heading} tabIndex={-1}>
        {view.connection === 'locked' ? (
          <TokenForm
            onToken={(token) => {
              api.useToken(token);
              ask((before) => before + 1);
            }}
          />
        ) : view.status === undefined || view.activity === undefined ? (
          <p class="quiet centered">{texts.loading}</p>
        ) : shown === 'overview' ? (
          <Overview api={api} again={again} status={view.status} activity={view.activity} onTrace={trace} />
        ) : shown === 'links' ? (
          <LinksView api={api} links={view.status.links} lags={view.activity.rooms} act={act} />
        ) : shown === 'parked' ? (
          <ParkedView api={api} parked={view.status.parked} act={act} onTrace={trace} />
        ) : (
          <WayView key={asked} api={api} asked={asked} />
        )}
      </main>
      <p class={said === undefined ? 'said' : 'said shown'} role="status">
        {said}
      </p>
    </div>
  );
}

function Readiness({ view: { connection, readiness } }: { view: ServiceView }) {
  if (readiness === undefined || connection === 'locked') return null;
  if (connection === 'lost') return <p class="state bad">{texts.away}</p>;
  if (readiness.ready) return <p class="state good">{texts.ready}</p>;
  const { waitsFor } = readiness;
  return <p class="state waiting">{waitsFor.length === 0 ? texts.notReady : texts.waitsFor(waitsFor)}</p>;
}
