import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { type Api, Away } from './api.js';
import type { Way } from './api.types.js';
import { duration, exactMoment, moment, msBetween } from './format.js';
import { texts } from './texts-in-use.js';

type Found = { readonly id: string; readonly ways: readonly Way[] } | { readonly problem: string };

/** One message's way: inbox, deliveries, copies, with their times. */
export function WayView({ api, asked }: { api: Api; asked: string | undefined }) {
  const [id, type] = useState(asked ?? '');
  const [found, show] = useState<Found>();
  const t = texts.way;
  const find = useCallback(
    async (wanted: string) => {
      try {
        show({ id: wanted, ways: await api.ways(wanted) });
      } catch (error) {
        const why = error instanceof Away ? texts.away : error instanceof Error ? error.message : String(error);
        show({ problem: texts.unexpected(why) });
      }
    },
    [api],
  );
  useEffect(() => {
    if (asked !== undefined) void find(asked);
  }, [asked, find]);
  return (
    <div class="list">
      <form
        class="card"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          if (id.trim() !== '') void find(id.trim());
        }}
      >
        <h2>{t.title}</h2>
        <p class="quiet small">{t.about}</p>
        <label class="small" for="wanted">
          {t.field}
        </label>
        <div class="line">
          <input
            id="wanted"
            type="search"
            autocomplete="off"
            spellcheck={false}
            value={id}
            onInput={({ currentTarget }) => type(currentTarget.value)}
          />
          <button type="submit" class="main">
            {t.find}
          </button>
        </div>
      </form>
      <div aria-live="polite">{found !== undefined && <Result found={found} />}</div>
    </div>
  );
}

function Result({ found }: { found: Found }) {
  if ('problem' in found) return <p class="why centered">{found.problem}</p>;
  if (found.ways.length === 0) return <p class="quiet centered">{texts.way.none(found.id)}</p>;
  return (
    <div class="list">
      {found.ways.length > 1 && <p class="quiet">{texts.way.several(found.ways.length)}</p>}
      {found.ways.map((way, at) => (
        <WayCard key={at} way={way} />
      ))}
    </div>
  );
}

function WayCard({ way: { link, message, inbox, deliveries, copies } }: { way: Way }) {
  const t = texts.way;
  const begin = message?.sentAt ?? inbox[0]?.receivedAt ?? deliveries[0]?.storedAt;
  return (
    <section class="card way" aria-label={link ?? ''}>
      <p class="head">
        {link !== null && <strong>{link}</strong>}
        {message !== null && (
          <span class="quiet">
            {t.said} <time dateTime={message.sentAt}>{exactMoment(message.sentAt)}</time>
          </span>
        )}
        {message?.deletedAt != null && <span class="state bad">{`${t.deleted} ${moment(message.deletedAt)}`}</span>}
      </p>
      <div class="steps">
        <Step name={t.inbox}>
          {inbox.map(({ id, account, state, receivedAt }) => (
            <li key={id}>
              <p class="head">
                <strong>{account}</strong>
                <span class={`state ${state === 'routed' ? 'good' : state === 'malformed' ? 'bad' : 'quiet'}`}>
                  {t.inboxStates[state]}
                </span>
              </p>
              <Stamp begin={begin} at={receivedAt} />
            </li>
          ))}
        </Step>
        <Step name={t.deliveries}>
          {deliveries.map((each) => (
            <li key={each.delivery}>
              <p class="head">
                <strong>{texts.kinds[each.kind] ?? each.kind}</strong>
                <span class={`state ${each.state}`}>{texts.states[each.state]}</span>
              </p>
              <p class="quiet small cut" title={each.room ?? ''}>
                → {each.account} {each.room}
              </p>
              <Stamp begin={begin} at={each.finishedAt ?? each.storedAt} />
              {each.reason !== null && each.state !== 'delivered' && <p class="why small">{each.reason}</p>}
              <p class="quiet small">
                {each.attempts > 0 && <span>{t.attempts(each.attempts)} · </span>}
                {each.againAt !== null && each.state === 'waiting' && <span>{t.again(moment(each.againAt))} · </span>}
                <code>{each.delivery}</code>
              </p>
            </li>
          ))}
        </Step>
        <Step name={t.copies}>
          {copies.map(({ account, room, id, part, delivery, madeAt }) => (
            <li key={`${account}\n${room}\n${id}`}>
              <p class="head">
                <strong>{account}</strong>
                <code class="cut" title={id}>
                  {id}
                </code>
                {delivery === null ? (
                  <span class="state quiet">{t.origin}</span>
                ) : (
                  part > 0 && <span class="state quiet">{t.part(part)}</span>
                )}
              </p>
              <p class="quiet small cut">{room}</p>
              <Stamp begin={begin} at={madeAt} />
            </li>
          ))}
        </Step>
      </div>
    </section>
  );
}

function Step({ name, children }: { name: string; children: ComponentChildren[] }) {
  return (
    <section class="step" aria-label={name}>
      <h3>{name}</h3>
      {children.length === 0 ? <p class="quiet small">{texts.way.nothing}</p> : <ol class="rows">{children}</ol>}
    </section>
  );
}

/** A time, with how long after the beginning it was. */
function Stamp({ begin, at }: { begin: string | undefined; at: string }) {
  const later = begin === undefined ? 0 : msBetween(begin, at);
  return (
    <p class="stamp small">
      <time dateTime={at}>{exactMoment(at)}</time>
      {later > 0 && <span class="quiet"> {texts.way.later(duration(later))}</span>}
    </p>
  );
}
