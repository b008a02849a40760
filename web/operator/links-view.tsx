import { useState } from 'preact/hooks';
import type { Act } from './act.js';
import type { Api } from './api.js';
import type { Link, Portal, RoomLag } from './api.types.js';
import { ago, duration, moment, number } from './format.js';
import { texts } from './texts-in-use.js';

interface LinksProps {
  readonly api: Api;
  readonly links: readonly Link[];
  readonly lags: readonly RoomLag[];
  readonly act: Act;
}

const atOnce = 50;

export function LinksView({ api, links, lags, act }: LinksProps) {
  const [wanted, filter] = useState('');
  const [most, showMore] = useState(atOnce);
  const lagOf = new Map(lags.map((lag) => [`${lag.account}\n${lag.room}`, lag]));
  const fitting = links.filter((link) => wordsOf(link).includes(wanted.trim().toLowerCase()));
  if (links.length === 0) return <p class="quiet centered">{texts.links.none}</p>;
  return (
    <div class="list">
      <input
        class="filter"
        type="search"
        aria-label={texts.links.filter}
        placeholder={texts.links.filter}
        value={wanted}
        onInput={({ currentTarget }) => filter(currentTarget.value)}
      />
      {fitting.length === 0 && <p class="quiet centered">{texts.links.noneFits}</p>}
      {fitting.slice(0, most).map((link) => (
        <LinkCard key={link.key} api={api} link={link} lagOf={lagOf} act={act} />
      ))}
      {fitting.length > most && (
        <button type="button" onClick={() => showMore(most + atOnce)}>
          {texts.links.more(Math.min(atOnce, fitting.length - most))}
        </button>
      )}
    </div>
  );
}

function wordsOf({ key, portals }: Link): string {
  return [key, ...portals.flatMap((portal) => [portal.account, nameOf(portal)])].join(' ').toLowerCase();
}

const nameOf = ({ room, wanted }: Portal): string =>
  room ?? ('room' in wanted ? wanted.room : texts.rooms.create(wanted.create.name));

const tones = { active: 'good', paused: 'waiting', left: 'waiting', ended: 'quiet' } as const;

interface LinkCardProps {
  readonly api: Api;
  readonly link: Link;
  readonly lagOf: ReadonlyMap<string, RoomLag>;
  readonly act: Act;
}

function LinkCard({ api, link, lagOf, act }: LinkCardProps) {
  const { key, owner, state, pausedAt, portals } = link;
  const t = texts.links;
  return (
    <section class="card link" aria-labelledby={`link-${key}`}>
      <div class="title">
        <div>
          <h2 id={`link-${key}`}>{key}</h2>
          <p class="small">
            <span class={`state ${tones[state]}`}>
              {state === 'paused' && pausedAt !== null ? t.pausedSince(moment(pausedAt)) : t.states[state]}
            </span>{' '}
            <span class="quiet">{t.owner[owner]}</span>
          </p>
        </div>
        <LinkActs api={api} link={link} act={act} />
      </div>
      {portals.length === 0 ? (
        <p class="quiet small">{t.noRooms}</p>
      ) : (
        <table>
          <thead>
            <tr>
              {(['room', 'direction', 'watch', 'lag', 'lane'] as const).map((column) => (
                <th key={column} scope="col">
                  {texts.rooms[column]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {portals.map((portal) => (
              <RoomRow
                key={`${portal.account}\n${nameOf(portal)}`}
                link={link}
                portal={portal}
                lag={lagOf.get(`${portal.account}\n${portal.room ?? ''}`)}
              />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function LinkActs({ api, link: { key, state, portals }, act }: Omit<LinkCardProps, 'lagOf'>) {
  const t = texts.links;
  const [busy, work] = useState<'idle' | 'busy'>('idle');
  const button = (label: string, done: string, does: () => Promise<unknown>) => (
    // Somebody else may pause or resume it meanwhile: what is under the hand does not become another act.
    <button
      key={label}
      type="button"
      disabled={busy === 'busy'}
      aria-label={t.doing(label, key)}
      onClick={() => {
        work('busy');
        void act(async () => {
          await does();
          return done;
        }).finally(() => work('idle'));
      }}
    >
      {label}
    </button>
  );
  if (portals.length === 0) return null;
  if (state === 'active') return <div class="acts">{button(t.pause, t.paused(key), () => api.pause(key))}</div>;
  if (state !== 'paused') return null;
  return (
    <div class="acts">
      {button(t.resume, t.resumed(key), () => api.resume(key, 'now'))}
      {button(t.catchUp, t.resumed(key), () => api.resume(key, 'where it stopped'))}
    </div>
  );
}

function RoomRow({ link, portal, lag }: { link: Link; portal: Portal; lag: RoomLag | undefined }) {
  const { account, direction, speaker, problem } = portal;
  const t = texts.rooms;
  return (
    <tr>
      <th scope="row">
        <strong>{account}</strong>
        <code class="cut" title={nameOf(portal)}>
          {nameOf(portal)}
        </code>
        {problem !== null && <span class="why small">{problem}</span>}
      </th>
      <td data-column={t.direction}>
        <span>{t.directions[direction]}</span>
        {speaker !== 'auto' && <span class="quiet small">{t.speakers[speaker]}</span>}
      </td>
      <td data-column={t.watch}>
        <Watch link={link} portal={portal} />
      </td>
      <td data-column={t.lag}>
        <Lag lag={lag} />
      </td>
      <td data-column={t.lane}>
        <Lane portal={portal} lag={lag} />
      </td>
    </tr>
  );
}

function Watch({ link, portal: { room, read, mute, note, catchesUpFrom } }: { link: Link; portal: Portal }) {
  const t = texts.rooms;
  if (link.state !== 'active') return <span class="quiet">{t.notWatched}</span>;
  if (room === null) return <span class="state waiting">{t.looking}</span>;
  if (read.state === 'closed') return <span class="why">{t.closed(read.reason ?? '')}</span>;
  return (
    <span>
      {t.modes[read.mode]}
      {read.readAt !== null && <span class="quiet small block">{t.readAt(ago(read.readAt))}</span>}
      {mute !== null && <span class="why small block">{t.mute(mute)}</span>}
      {note !== null && <span class="quiet small block">{note}</span>}
      {catchesUpFrom !== null && <span class="state waiting block">{t.catchesUp}</span>}
    </span>
  );
}

function Lag({ lag }: { lag: RoomLag | undefined }) {
  const t = texts.rooms;
  const says = [
    ...(typeof lag?.readMs === 'number' ? [t.readLag(duration(lag.readMs))] : []),
    ...(typeof lag?.deliverMs === 'number' ? [t.deliverLag(duration(lag.deliverMs))] : []),
  ];
  if (says.length === 0) return <span class="quiet">{t.noLag}</span>;
  return (
    <span>
      {says.map((each) => (
        <span key={each} class="block">
          {each}
        </span>
      ))}
    </span>
  );
}

function Lane({ portal: { lane }, lag }: { portal: Portal; lag: RoomLag | undefined }) {
  const t = texts.rooms;
  const since = lag?.waitingSince ?? null;
  return (
    <span>
      {lane.waiting === 0 && lane.parked === 0 && <span class="quiet">{t.idle}</span>}
      {lane.waiting > 0 && (
        <span class="block">
          <span class="state waiting">{t.waiting(number(lane.waiting))}</span>
          {since !== null && (
            <span class="quiet small"> {t.waitingSince(duration(Math.max(0, Date.now() - Date.parse(since))))}</span>
          )}
        </span>
      )}
      {lane.parked > 0 && <span class="state bad block">{t.parked(number(lane.parked))}</span>}
      {lane.reason !== null && <span class="why small">{t.heldUp(lane.reason)}</span>}
    </span>
  );
}
