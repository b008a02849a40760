import { useState } from 'preact/hooks';
import type { Api } from './api.js';
import type { Sight } from './api.types.js';
import { duration, moment, msBetween } from './format.js';
import { texts } from './texts-in-use.js';
import { useFeed } from './use-service.js';

interface FeedProps {
  readonly api: Api;
  readonly again: number;
  readonly onTrace: (id: string) => void;
}

/** What goes through as it goes through: kinds, rooms and times, never what is said. */
export function Feed({ api, again, onTrace }: FeedProps) {
  const [flow, setFlow] = useState<'on' | 'held'>('on');
  const sights = useFeed(api, again, flow);
  const { feed } = texts;
  return (
    <section class="card feed" aria-labelledby="feed">
      <div class="title">
        <div>
          <h2 id="feed">{feed.title}</h2>
          <p class="quiet small">{flow === 'on' ? feed.about : feed.stopped}</p>
        </div>
        <button type="button" aria-pressed={flow === 'held'} onClick={() => setFlow(flow === 'on' ? 'held' : 'on')}>
          {flow === 'on' ? feed.stop : feed.go}
        </button>
      </div>
      {sights.length === 0 ? (
        <p class="quiet centered">{feed.nothing}</p>
      ) : (
        <ol class="sights">
          {sights.map((sight) => (
            <SightRow key={sight.id} sight={sight} onTrace={onTrace} />
          ))}
        </ol>
      )}
    </section>
  );
}

function SightRow({ sight, onTrace }: { sight: Sight; onTrace: (id: string) => void }) {
  const { delivery, kind, state, reason, link, from, to, storedAt, finishedAt } = sight;
  const name = texts.kinds[kind] ?? kind;
  return (
    <li>
      <button type="button" class="sight" title={texts.feed.look(name)} onClick={() => onTrace(delivery)}>
        <time dateTime={storedAt}>{moment(storedAt)}</time>
        <span class="what">
          <strong>{name}</strong> <span class="quiet">{link}</span>
        </span>
        <span class={`state ${state}`}>
          {state === 'delivered' && finishedAt !== null
            ? duration(Math.max(0, msBetween(storedAt, finishedAt)))
            : texts.states[state]}
        </span>
        <span class="where quiet small">
          <span class="cut">{from === null ? texts.feed.somewhere : `${from.account} ${from.room ?? ''}`}</span>
          <span aria-hidden="true">→</span>
          <span class="cut">{`${to.account} ${to.room ?? ''}`}</span>
        </span>
        {reason !== null && state !== 'delivered' && <span class="why small">{reason}</span>}
      </button>
    </li>
  );
}
