import { LinkChanges, LinkRefused } from '../../src/links/link-changes.js';
import type { LinkWish, WishedRoom } from '../../src/links/link-wish.js';
import { type AccountId, accountId, cursor, type RoomId, roomId } from '../../src/model/ids.js';
import { defaultLinkOptions } from '../../src/model/link-options.js';
import { silentLog } from '../../src/observability/log.js';
import { LinkChangeRepository } from '../../src/persistence/link-change.repository.js';
import { StatusRepository } from '../../src/persistence/status.repository.js';
import type { LinkSettings } from '../../src/settings/settings.types.js';
import { systemClock } from '../../src/workers/system-clock.js';
import { Wakeups } from '../../src/workers/wakeups.js';
import { House, left, leftRoom, MadeUpNetwork, noSignal, payload, right, rightRoom, sent } from './house.js';

let house: House;
let source: MadeUpNetwork;
let target: MadeUpNetwork;

beforeEach(async () => {
  house = await House.open();
  source = house.network(new MadeUpNetwork(left));
  target = house.network(new MadeUpNetwork(right));
});

afterEach(async () => {
  await house.close();
});

const settled: LinkSettings = {
  id: 'settled',
  rooms: [
    { account: left, wanted: { room: 's' }, direction: 'both' },
    { account: right, wanted: { room: 't' }, direction: 'both' },
  ],
  mirror: defaultLinkOptions,
};

const changes = (links: readonly LinkSettings[] = []): LinkChanges =>
  new LinkChanges(house.database, new LinkChangeRepository(), {
    accounts: new Set([left, right]),
    settled: links,
    settingsPlace: '/etc/crosstalk.yaml',
  });

const room = (account: AccountId, name: string, more: Partial<WishedRoom> = {}): WishedRoom => ({
  account,
  wanted: { room: name },
  ...more,
});
const both = [room(left, 'a'), room(right, 'b')];
const wish = (rooms: readonly WishedRoom[] = both, more: Partial<LinkWish> = {}): LinkWish => ({
  key: 'team',
  rooms,
  turns: [],
  mirror: {},
  ...more,
});

async function resolveAll(): Promise<void> {
  for (const account of [left, right]) {
    for (const { portal, wanted } of await house.links.unresolved(account)) {
      if ('room' in wanted) await house.links.resolved(portal, account, roomId(wanted.room));
    }
  }
}

async function linked(more: Partial<LinkWish> = {}): Promise<{ lane: string }> {
  await changes().link(wish(both, more));
  await resolveAll();
  const [portal] = await house.rows<{ id: string }>(`select id from portals where account = 'right' and room = 'b'`);
  return { lane: portal?.id ?? '' };
}

async function portals(): Promise<string[]> {
  const rows = await house.rows<{ key: string; account: string; name: string; direction: string; there: boolean }>(
    `select l.key, p.account, coalesce(p.room, p.wanted ->> 'room', 'new') as name, p.direction, p.removed_at is null as there
       from portals p join links l on l.id = p.link order by p.id`,
  );
  return rows.map((row) => `${row.key} ${row.account} ${row.name} ${row.there ? row.direction : 'out of it'}`);
}

const links = async () =>
  (await new StatusRepository(house.database).links()).map(({ key, owner, state }) => `${key} ${owner} ${state}`);

const refused = (sentence: string) => new LinkRefused(sentence);

describe('link', () => {
  it('makes a link of the database that is active and mirrors what is usual', async () => {
    expect(await changes().link(wish())).toEqual({ link: 'made', state: 'active' });
    expect(await links()).toEqual(['team database active']);
    expect(await portals()).toEqual(['team left a both', 'team right b both']);
    expect(await house.rows(`select options from links`)).toEqual([{ options: defaultLinkOptions }]);
    expect(await house.links.unresolved(left)).toMatchObject([{ link: 'team', wanted: { room: 'a' } }]);
  });

  it('puts more rooms into it, turns those that it has, and sets what it mirrors', async () => {
    await linked();
    const more = {
      turns: [{ account: right, direction: 'in' as const }],
      mirror: { members: 'line' as const },
    };
    expect(await changes().link(wish([room(left, 'c', { direction: 'out' })], more))).toEqual({
      link: 'changed',
      state: 'active',
    });
    expect(await portals()).toEqual(['team left a both', 'team right b in', 'team left c out']);
    expect(await house.rows(`select options from links`)).toEqual([
      { options: { ...defaultLinkOptions, members: 'line' } },
    ]);
  });

  it('says who speaks in a room, for one that comes and one that it has; what is not said stays', async () => {
    const speakers = async () =>
      (await house.rows(`select speaker from portals order by id`)).map((row) => row['speaker']);
    const { lane } = await linked();
    expect(await house.links.speakerWishes()).toEqual(new Map());
    await changes().link(
      wish([room(left, 'c', { speaker: 'guest' })], { speakers: [{ account: right, speaker: 'relay' }] }),
    );
    expect(await speakers()).toEqual(['auto', 'relay', 'guest']);
    await changes().link(wish([room(left, 'c')], { turns: [{ account: right, direction: 'in' }] }));
    expect(await speakers()).toEqual(['auto', 'relay', 'guest']);
    expect((await house.links.speakerWishes()).get(lane)).toBe('relay');
    await changes().unlink('team', { account: right });
    expect((await house.links.speakerWishes()).has(lane)).toBe(false);
  });

  it('a room that it has is not put in twice, by neither of its names', async () => {
    await changes().link(wish([room(left, '#a'), room(right, 'b')]));
    const [unresolved] = await house.links.unresolved(left);
    await house.links.resolved(unresolved?.portal ?? '', left, leftRoom.id);
    await changes().link(wish([room(left, 'a', { direction: 'out' }), room(left, '#a')]));
    expect(await portals()).toEqual(['team left a out', 'team right b both']);
  });

  it.each<[string, LinkWish, string]>([
    ['one room', wish([room(left, 'a')]), 'A link needs at least two rooms.'],
    [
      'an unknown account',
      wish([room(accountId('lef'), 'a'), room(right, 'b')]),
      'There is no account "lef". Did you mean "left"?',
    ],
    [
      'a name that the settings could not have',
      wish(both, { key: 'my team' }),
      '"my team" cannot be the name of a link. A key begins with a letter, has letters, digits and single - or _ inside, and is at most 64 characters long.',
    ],
    [
      'a name that is too long to be shown',
      wish(both, { key: 'a'.repeat(65) }),
      `"${'a'.repeat(64)}…" cannot be the name of a link. A key begins with a letter, has letters, digits and single - or _ inside, and is at most 64 characters long.`,
    ],
    ['a room twice', wish([...both, room(left, 'a')]), 'The room a of left is named twice.'],
    [
      'two rooms to be made on one account',
      wish([
        { account: left, wanted: { create: { name: 'One', invite: [] } } },
        { account: left, wanted: { create: { name: 'Two', invite: [] } } },
      ]),
      'One room is made on left for a link, and that is a new room "One".',
    ],
    [
      'directions that let nothing flow',
      wish([room(left, 'a', { direction: 'in' }), room(right, 'b', { direction: 'in' })]),
      'Nothing would flow: no room speaks while another listens. Let one of them be both.',
    ],
    [
      'a link of the settings',
      wish([room(left, 'c')], { key: 'settled' }),
      'The link settled belongs to the settings: change it under links.settled in /etc/crosstalk.yaml. Here it can be paused and resumed.',
    ],
    [
      'a room of a link of the settings',
      wish([room(left, 's'), room(right, 'b')]),
      'The room s of left is in the link settled already. A room is in one link at most: add the other rooms to settled, or take it out there first.',
    ],
  ])('%s is refused and leaves nothing', async (_, given, sentence) => {
    await expect(changes([settled]).link(given)).rejects.toThrow(refused(sentence));
    expect(await portals()).toEqual([]);
    expect(await links()).toEqual([]);
  });

  it('a room of another link is refused by its name and by its id', async () => {
    await changes().link(wish([room(left, '#a'), room(right, 'b')]));
    const [unresolved] = await house.links.unresolved(left);
    await house.links.resolved(unresolved?.portal ?? '', left, leftRoom.id);
    for (const name of ['#a', 'a']) {
      await expect(changes().link(wish([room(left, name), room(right, 'c')], { key: 'other' }))).rejects.toThrow(
        refused(
          `The room ${name} of left is in the link team already. A room is in one link at most: ` +
            'add the other rooms to team, or take it out there first.',
        ),
      );
    }
    expect(await links()).toEqual(['team database active']);
  });

  it('running services hear of it at once', async () => {
    const heard: unknown[] = [];
    const stop = new AbortController();
    const wakeups = new Wakeups(house.database, house.url, systemClock, silentLog);
    const listening = wakeups.listen({ wakeup: (wakeup) => heard.push(wakeup), typing: () => undefined }, stop.signal);
    // Until it listens, nothing is heard: what is told before is told again.
    while (heard.length === 0) {
      await changes().link(wish());
      await systemClock.sleep(20);
    }
    stop.abort();
    await listening;
    expect(heard[0]).toEqual({ lanes: [], rooms: [] });
  });
});

describe('unlink and relink', () => {
  it('unlink frees the rooms and keeps what is known of their messages; relink finds it', async () => {
    const { lane } = await linked();
    await house.ingest.accept(source, [payload('k1', sent('1'))]);
    const shards = house.shards();
    await shards.tick();
    await house.laneWorker(shards).run(await house.lane(lane), () => false, noSignal);
    expect(await changes().unlink('team', 'all')).toBe('changed');
    expect(await links()).toEqual(['team database ended']);
    await changes().link(wish(both, { key: 'other' }));
    await changes().unlink('other', 'all');
    expect(await changes().relink('team')).toBe('changed');
    expect((await portals()).slice(0, 2)).toEqual(['team left a both', 'team right b both']);
    const reply = sent('2', { replyTo: sent('1').message });
    await house.ingest.accept(source, [payload('k2', reply)]);
    await house.laneWorker(shards).run(await house.lane(lane), () => false, noSignal);
    expect(target.requests.at(-1)?.replyTo).toMatchObject({ id: 'right-1' });
  });

  it('relink is refused while another link has one of the rooms, and nothing is written', async () => {
    await linked();
    await changes().unlink('team', 'all');
    await changes().link(wish([room(left, 'a'), room(right, 'z')], { key: 'other' }));
    await expect(changes().relink('team')).rejects.toThrow('The room a of left is in the link other already.');
    expect(await links()).toEqual(['other database active', 'team database ended']);
  });

  it('relink brings back the rooms that were there last, not those that had left before', async () => {
    await linked();
    await changes().link(wish([room(left, 'c')]));
    await resolveAll();
    await changes().unlink('team', { account: left, room: 'a' });
    await changes().unlink('team', 'all');
    await changes().relink('team');
    expect(await portals()).toEqual(['team left a out of it', 'team right b both', 'team left c both']);
  });

  it('a room that is put into its link again has its mappings', async () => {
    await linked();
    await changes().link(wish([room(left, 'c')]));
    await changes().unlink('team', { account: left, room: 'a' });
    await changes().link(wish([room(left, 'a')]));
    expect(await portals()).toEqual(['team left a both', 'team right b both', 'team left c both']);
  });

  it('what was said before rooms were relinked is not waited for', async () => {
    await linked();
    await house.rows(`update portals set began_at = now() - interval '1 day'`);
    await changes().unlink('team', 'all');
    await changes().relink('team');
    expect(await house.rows(`select 1 from portals where began_at < now() - interval '1 minute'`)).toEqual([]);
  });

  it('relinked rooms are read from now on', async () => {
    await linked();
    await readUpTo('long ago');
    await changes().unlink('team', 'all');
    await changes().relink('team');
    expect(await house.rooms.cursor(leftRoom)).toBeNull();
  });

  it('one of several rooms of an account has to be named, and two rooms have to stay', async () => {
    await linked();
    await expect(changes().unlink('team', { account: left })).rejects.toThrow(
      refused('The link team has no other two rooms: put another one in first, or end it by `crosstalk unlink team`.'),
    );
    await changes().link(wish([room(left, 'c')]));
    await expect(changes().unlink('team', { account: left })).rejects.toThrow(
      refused('Which room of left in the link team? It has left=a, left=c.'),
    );
    await expect(changes().unlink('team', { account: accountId('other') })).rejects.toThrow(
      refused('The link team has no room of other.'),
    );
    expect(await changes().unlink('team', { account: right, room: 'b' })).toBe('changed');
    expect(await portals()).toEqual(['team left a both', 'team right b out of it', 'team left c both']);
  });

  it('an unknown link is told with those that there are', async () => {
    await linked();
    await expect(changes().unlink('teem', 'all')).rejects.toThrow(
      refused('There is no link "teem". Did you mean "team"?'),
    );
    await expect(changes().pause('elsewhere')).rejects.toThrow(
      refused('There is no link "elsewhere". There are: team.'),
    );
  });

  it('what is so already is not changed', async () => {
    await linked();
    expect(await changes().relink('team')).toBe('was so');
    expect(await changes().resume('team', 'now')).toBe('was so');
    await changes().pause('team');
    expect(await changes().pause('team')).toBe('was so');
    await changes().unlink('team', 'all');
    expect(await changes().unlink('team', 'all')).toBe('was so');
    await expect(changes().pause('team')).rejects.toThrow(
      refused('The link team was ended and has no rooms: `crosstalk relink team` brings it back.'),
    );
  });

  it('a link that left the settings is taken over by relink, or ended by unlink', async () => {
    await house.link();
    await house.links.declare([]);
    expect(await links()).toEqual(['team database left']);
    await expect(changes().resume('team', 'now')).rejects.toThrow(
      refused('The link team left the settings and has no rooms: `crosstalk relink team` brings it back.'),
    );
    await changes().relink('team');
    expect(await links()).toEqual(['team database active']);
    await house.links.declare([]);
    expect(await links()).toEqual(['team database active']);
    expect(await portals()).toEqual(['team left a both', 'team right b both']);
    await changes().unlink('team', 'all');
    expect(await links()).toEqual(['team database ended']);
  });

  it('a link of the settings is not unlinked, nor one that a running service still takes for theirs', async () => {
    await house.link();
    const owned = { ...settled, id: 'team' };
    await expect(changes([owned]).unlink('team', 'all')).rejects.toThrow(
      'The link team belongs to the settings: change it under links.team in /etc/crosstalk.yaml.',
    );
    await expect(changes().unlink('team', 'all')).rejects.toThrow(
      'The link team belongs to settings that a service still runs with, though it is not in /etc/crosstalk.yaml: start the service anew',
    );
    expect(await portals()).toEqual(['team left a both', 'team right b both']);
  });
});

async function readUpTo(at: string): Promise<void> {
  const shards = house.shards();
  await shards.tick();
  await house.rooms.begin(leftRoom, cursor(at), shards.fence(await shardOf(leftRoom.id)));
}

async function shardOf(name: RoomId): Promise<number> {
  const [row] = await house.rows<{ shard: number }>(`select shard from rooms where room = $1`, [name]);
  return row?.shard ?? 0;
}

describe('pause and resume', () => {
  it('a link of the settings may be paused, and stays so when the service starts anew', async () => {
    await house.link();
    const owned = changes([{ ...settled, id: 'team' }]);
    await owned.pause('team');
    await house.links.declare([
      {
        key: 'team',
        portals: [leftRoom, rightRoom].map(({ account, id }) => ({
          account,
          wanted: { room: id },
          direction: 'both' as const,
        })),
      },
    ]);
    expect(await links()).toEqual(['team settings paused']);
    await owned.resume('team', 'now');
    expect(await links()).toEqual(['team settings active']);
  });

  it('while it is paused nothing is queued or read for it, and what is queued waits', async () => {
    const { lane } = await linked();
    const shards = house.shards();
    await shards.tick();
    await house.ingest.accept(source, [payload('k1', sent('1'))]);
    const running = await house.lane(lane);
    await changes().pause('team');
    await house.ingest.accept(source, [payload('k2', sent('2'))]);
    expect(await house.states(lane)).toEqual(['waiting']);
    expect(await house.deliveries.dueLanes(shards.owned())).toEqual([]);
    expect(await house.rooms.ofShards([left], shards.owned())).toEqual([]);
    // A lane that is under way ends.
    await house.laneWorker(shards).run(running, () => false, noSignal);
    expect(target.said).toEqual([]);
    await changes().resume('team', 'now');
    await house.laneWorker(shards).run(running, () => false, noSignal);
    expect(target.said).toEqual(['text of 1']);
  });

  it('resume goes on from now: the place in a pulled room is forgotten, and nothing pushed is asked for', async () => {
    await linked();
    await readUpTo('here');
    await changes().pause('team');
    await changes().resume('team', 'now');
    expect(await house.rooms.cursor(leftRoom)).toBeNull();
    expect(await house.rows(`select catch_up_asked_at from portals`)).toEqual([
      { catch_up_asked_at: null },
      { catch_up_asked_at: null },
    ]);
  });

  it('resume --catch-up goes on where it stopped, also past a batch that was under way when it was paused', async () => {
    const { lane } = await linked();
    await readUpTo('here');
    await changes().pause('team');
    await house.ingest.accept(source, [payload('k1', sent('1'))]);
    await house.rows(`update rooms set cursor = 'past it' where room = 'a'`);
    await changes().resume('team', 'where it stopped');
    expect(await house.rooms.cursor(leftRoom)).toBe('here');
    await house.ingest.accept(source, [payload('k1', sent('1'))]);
    expect(await house.states(lane)).toEqual(['waiting']);
  });

  it('a room that is added while the link is paused is looked for when it is resumed, and catches up with nothing', async () => {
    await linked();
    await changes().pause('team');
    expect(await changes().link(wish([room(left, 'c')]))).toEqual({ link: 'changed', state: 'paused' });
    expect(await house.links.unresolved(left)).toEqual([]);
    await changes().resume('team', 'where it stopped');
    expect(await house.links.unresolved(left)).toMatchObject([{ wanted: { room: 'c' } }]);
    expect(await house.rows(`select room from portals where catch_up_asked_at is not null order by room`)).toEqual([
      { room: 'a' },
      { room: 'b' },
    ]);
  });
});
