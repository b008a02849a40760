import type { Api } from './api.js';
import type { Activity, Status } from './api.types.js';
import { Feed } from './feed.js';
import { ago, duration, moment, number } from './format.js';
import { texts } from './texts-in-use.js';
import { Throughput } from './throughput.js';

interface OverviewProps {
  readonly api: Api;
  readonly again: number;
  readonly status: Status;
  readonly activity: Activity;
  readonly onTrace: (id: string) => void;
}

export function Overview({ api, again, status, activity, onTrace }: OverviewProps) {
  return (
    <div class="overview">
      <Tiles status={status} activity={activity} />
      <div class="column">
        <Throughput activity={activity} />
        <Accounts accounts={status.accounts} />
        <Replicas replicas={status.replicas} />
      </div>
      <Feed api={api} again={again} onTrace={onTrace} />
    </div>
  );
}

interface Tile {
  readonly name: string;
  readonly value: string;
  readonly tone?: 'waiting' | 'bad' | '';
}

function Tiles({ status: { links, parked, held, malformed }, activity }: { status: Status; activity: Activity }) {
  const active = links.filter(({ state }) => state === 'active');
  const portals = active.flatMap((link) => link.portals);
  const watched = portals.filter(({ room, read }) => room !== null && read.state === 'open');
  const waiting = links.flatMap((link) => link.portals).reduce((sum, { lane }) => sum + lane.waiting, 0);
  const { half } = activity.deliveryMs;
  const shown: readonly Tile[] = [
    { name: texts.tiles.links, value: texts.ofAll(number(active.length), number(links.length)) },
    {
      name: texts.tiles.rooms,
      value: texts.ofAll(number(watched.length), number(portals.length)),
      tone: watched.length < portals.length ? 'waiting' : '',
    },
    { name: texts.tiles.half, value: half === null ? '–' : duration(half) },
    { name: texts.tiles.waiting, value: number(waiting) },
    { name: texts.tiles.parked, value: number(parked.length), tone: parked.length > 0 ? 'bad' : '' },
    ...(held > 0 ? [{ name: texts.tiles.held, value: number(held) }] : []),
    ...(malformed > 0 ? [{ name: texts.tiles.malformed, value: number(malformed), tone: 'bad' as const }] : []),
  ];
  return (
    <dl class="tiles">
      {shown.map(({ name, value, tone = '' }) => (
        <div key={name} class={`tile ${tone}`}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const tones = { open: 'good', connecting: 'waiting', closed: 'bad' } as const;

function Accounts({ accounts }: Pick<Status, 'accounts'>) {
  return (
    <section class="card" aria-labelledby="accounts">
      <h2 id="accounts">{texts.accounts}</h2>
      <ul class="rows">
        {accounts.map(({ id, network, state, since, says, lent }) => (
          <li key={id}>
            <p class="head">
              <strong>{id}</strong> <span class="quiet">{network}</span>
              <span class={`state ${tones[state]}`}>{texts.accountStates[state]}</span>
            </p>
            <p class="quiet small">
              {says !== null && <span>{says} · </span>}
              {lent > 0 && <span>{texts.lent(lent)} · </span>}
              <time dateTime={since}>{texts.since(moment(since))}</time>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Replicas({ replicas }: Pick<Status, 'replicas'>) {
  return (
    <section class="card" aria-labelledby="replicas">
      <h2 id="replicas">{texts.replicas}</h2>
      <ul class="rows">
        {replicas.map(({ id, host, renewedAt, shards }) => (
          <li key={id}>
            <p class="head">
              <code>{id.slice(0, 8)}</code> <span class="quiet cut">{host}</span>
            </p>
            <p class="quiet small">
              {texts.shards(shards)} · <time dateTime={renewedAt}>{ago(renewedAt)}</time>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
