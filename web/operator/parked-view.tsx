import { useState } from 'preact/hooks';
import type { Act } from './act.js';
import type { Api } from './api.js';
import type { Parked } from './api.types.js';
import { moment, number } from './format.js';
import { texts } from './texts-in-use.js';

interface ParkedProps {
  readonly api: Api;
  readonly parked: readonly Parked[];
  readonly act: Act;
  readonly onTrace: (id: string) => void;
}

const mostReported = 1_000;

export function ParkedView({ api, parked, act, onTrace }: ParkedProps) {
  const [busy, work] = useState<'idle' | 'busy'>('idle');
  const t = texts.parked;
  const retry = (which: readonly string[] | 'all'): void => {
    work('busy');
    void act(async () => {
      const retried = (await api.retry(which)).filter(({ became }) => became === 'put at the end of its lane');
      return retried.length === 0 ? t.notParked : t.retried(retried.length);
    }).finally(() => work('idle'));
  };
  return (
    <section class="card" aria-labelledby="parked">
      <div class="title">
        <div>
          <h2 id="parked">
            {texts.views.parked} {parked.length > 0 && <span class="quiet">{number(parked.length)}</span>}
          </h2>
          <p class="quiet small">{t.about}</p>
        </div>
        {parked.length > 1 && (
          <button type="button" disabled={busy === 'busy'} onClick={() => retry('all')}>
            {t.retryAll}
          </button>
        )}
      </div>
      {parked.length === 0 ? (
        <p class="quiet centered">{t.none}</p>
      ) : (
        <ul class="rows parked">
          {parked.map((each) => (
            <li key={each.delivery}>
              <div>
                <p class="head">
                  <strong>{texts.kinds[each.kind] ?? each.kind}</strong>
                  <span class="quiet cut">
                    → {each.account} {each.room}
                  </span>
                </p>
                <p class="why">{each.reason ?? t.noReason}</p>
                <p class="quiet small">
                  {each.since !== null && <time dateTime={each.since}>{texts.since(moment(each.since))}</time>} ·{' '}
                  <code>{each.delivery}</code>
                </p>
              </div>
              <div class="acts">
                <button type="button" onClick={() => onTrace(each.delivery)}>
                  {t.way}
                </button>
                <button
                  type="button"
                  class="main"
                  disabled={busy === 'busy'}
                  aria-label={t.retryOf(nameOf(each))}
                  onClick={() => retry([each.delivery])}
                >
                  {t.retry}
                </button>
              </div>
            </li>
          ))}
        </ul>
      )}
      {parked.length === mostReported && <p class="quiet small">{t.first}</p>}
    </section>
  );
}

function nameOf({ kind, account, room }: Parked): string {
  return `${texts.kinds[kind] ?? kind} → ${account}${room === null ? '' : ` ${room}`}`;
}
