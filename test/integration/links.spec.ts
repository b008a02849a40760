import { RoomTaken } from '../../src/persistence/link.repository.js';
import { cursor } from '../../src/model/ids.js';
import { StatusRepository } from '../../src/persistence/status.repository.js';
import { AccountRepository } from '../../src/persistence/account.repository.js';
import { accountId, networkName, roomId } from '../../src/model/ids.js';
import { House, left, leftRoom, MadeUpNetwork, noSignal, payload, right, rightRoom, sent } from './house.js';

let house: House;
let source: MadeUpNetwork;

beforeEach(async () => {
  house = await House.open();
  source = house.network(new MadeUpNetwork(left));
  house.network(new MadeUpNetwork(right));
});

afterEach(async () => {
  await house.close();
});

const portal = (room: typeof leftRoom, direction: 'both' | 'in' | 'out' = 'both') => ({
  account: room.account,
  wanted: { room: room.id },
  direction,
});
const team = { key: 'team', portals: [portal(leftRoom), portal(rightRoom)] };
const another = (key: string) => ({ account: right, id: leftRoom.id, key });

async function resolveAll(): Promise<void> {
  for (const account of [left, right]) {
    for (const { portal: id, wanted } of await house.links.unresolved(account)) {
      if ('room' in wanted) await house.links.resolved(id, account, wanted.room as typeof leftRoom.id);
    }
  }
}

async function portals(): Promise<string[]> {
  const rows = await house.rows<{ key: string; account: string; room: string | null; there: boolean }>(
    `select l.key, p.account, p.room, p.removed_at is null as there from portals p join links l on l.id = p.link order by p.id`,
  );
  return rows.map(({ key, account, room, there }) => `${key} ${account} ${room ?? '?'}${there ? '' : ' removed'}`);
}

const stateOf = async (key: string) => (await house.rows(`select owner, state from links where key = $1`, [key]))[0];

describe('LinkRepository', () => {
  it('declared twice, also by two replicas at once, a link is there once', async () => {
    await Promise.all([house.links.declare([team]), house.links.declare([team])]);
    await resolveAll();
    await house.links.declare([team]);
    expect(await portals()).toEqual(['team left a', 'team right b']);
    expect(await house.links.unresolved(left)).toEqual([]);
  });

  it.each<['both' | 'in' | 'out', 'both' | 'in' | 'out', string[], string[]]>([
    ['both', 'both', ['b'], ['a']],
    ['in', 'both', [], ['a']],
    ['both', 'out', [], ['a']],
    ['out', 'in', ['b'], []],
  ])(
    'what happens in a room (%s) is shown beside it (%s) as the directions say',
    async (here, there, besideLeft, besideRight) => {
      await house.links.declare([{ key: 'team', portals: [portal(leftRoom, here), portal(rightRoom, there)] }]);
      expect(await house.links.beside(leftRoom)).toEqual([]);
      await resolveAll();
      expect((await house.links.beside(leftRoom)).map(({ id }) => id)).toEqual(besideLeft);
      expect((await house.links.beside(rightRoom)).map(({ id }) => id)).toEqual(besideRight);
    },
  );

  it('beside a room of a paused link, and beside one of no link, nothing is shown', async () => {
    await house.links.declare([team]);
    await resolveAll();
    await house.rows(`update links set state = 'paused'`);
    expect(await house.links.beside(leftRoom)).toEqual([]);
    expect(await house.links.beside({ account: left, id: roomId('nowhere') })).toEqual([]);
  });

  it('where ids hold for a network, a conversation is read through one account of it', async () => {
    const accounts = new AccountRepository(house.database);
    const third = accountId('third');
    await accounts.declare([
      { id: left, network: networkName('shared') },
      { id: right, network: networkName('other') },
      { id: third, network: networkName('shared') },
    ]);
    const second = {
      key: 'second',
      portals: [portal({ account: third, id: leftRoom.id }), portal({ account: right, id: roomId('c') })],
    };
    await house.links.declare([team, second]);
    await resolveAll();
    const [again] = await house.links.unresolved(third);
    await expect(house.links.resolved(again?.portal ?? '', third, leftRoom.id, 'network')).rejects.toThrow(
      'the same room is in the link team already, through the account left: a conversation is read through one account',
    );
    await house.links.resolved(again?.portal ?? '', third, leftRoom.id);
  });

  it('who speaks in a room is as the settings say, and the best that it has again where they say no more', async () => {
    await house.link();
    await house.links.declare([
      { key: 'team', portals: [{ ...portal(leftRoom), speaker: 'relay' }, portal(rightRoom)] },
    ]);
    expect([...(await house.links.speakerWishes()).values()]).toEqual(['relay']);
    await house.links.declare([{ key: 'team', portals: [portal(leftRoom), portal(rightRoom)] }]);
    expect([...(await house.links.speakerWishes()).values()]).toEqual([]);
  });

  it('a direction that the settings change is changed', async () => {
    await house.link();
    await house.links.declare([{ key: 'team', portals: [portal(leftRoom, 'out'), portal(rightRoom)] }]);
    expect(await house.rows(`select direction from portals order by id`)).toEqual([
      { direction: 'out' },
      { direction: 'both' },
    ]);
  });

  it('a link that left the settings is paused, passes to the database and frees its rooms', async () => {
    await house.link();
    await house.links.declare([]);
    expect(await stateOf('team')).toEqual({ owner: 'database', state: 'paused' });
    await house.links.declare([{ key: 'other', portals: team.portals }]);
    await resolveAll();
    expect(await portals()).toEqual(['team left a removed', 'team right b removed', 'other left a', 'other right b']);
  });

  it('it comes back with its portals and mappings', async () => {
    const [, lane] = await house.link();
    await house.ingest.accept(source, [payload('k1', sent('1'))]);
    await house.links.declare([]);
    expect(await house.deliveries.lanes([lane ?? ''])).toEqual([]);
    await house.links.declare([team]);
    expect(await stateOf('team')).toEqual({ owner: 'settings', state: 'active' });
    expect(await portals()).toEqual(['team left a', 'team right b']);
    expect(await house.rows(`select remote from copies`)).toEqual([{ remote: '1' }]);
    expect(await house.deliveries.lanes([lane ?? ''])).toHaveLength(1);
  });

  it('a link that comes back goes on from now, not from where it stopped', async () => {
    await house.link();
    const shards = house.shards();
    await shards.tick();
    await house.rooms.begin(leftRoom, cursor('long ago'), shards.fence(0));
    await house.links.declare([team]);
    expect(await house.rooms.cursor(leftRoom)).toBe('long ago');
    await house.links.declare([]);
    await house.links.declare([team]);
    expect(await house.rooms.cursor(leftRoom)).toBeNull();
  });

  it('a room that passes to another link goes on from now too', async () => {
    await house.link();
    const shards = house.shards();
    await shards.tick();
    await house.rooms.begin(leftRoom, cursor('long ago'), shards.fence(0));
    await house.links.declare([{ key: 'other', portals: team.portals }]);
    await resolveAll();
    expect(await house.rooms.cursor(leftRoom)).toBeNull();
  });

  it('a pause outlives a restart', async () => {
    await house.link();
    await house.rows(`update links set state = 'paused', paused_by = 'person', paused_at = now()`);
    await house.links.declare([team]);
    expect(await stateOf('team')).toEqual({ owner: 'settings', state: 'paused' });
  });

  it('a pause by a person outlives also that the link leaves the settings and comes back', async () => {
    await house.link();
    await house.rows(`update links set state = 'paused', paused_by = 'person', paused_at = now()`);
    await house.links.declare([]);
    await house.links.declare([team]);
    expect(await stateOf('team')).toEqual({ owner: 'settings', state: 'paused' });
    expect(await portals()).toEqual(['team left a', 'team right b']);
  });

  it('what a link mirrors is as the settings say, and whole where they say nothing', async () => {
    const usual = {
      name: true,
      topic: true,
      avatar: true,
      members: 'state',
      clearedHistory: 'notice',
      moderators: 'state',
      calls: 'notice',
      access: 'line',
      expired: 'delete',
      moderation: 'off',
      otherReactions: 'off',
    } as const;
    await house.links.declare([team]);
    expect(await house.rows(`select options from links`)).toEqual([{ options: usual }]);
    await house.links.declare([{ ...team, options: { ...usual, members: 'line' } }]);
    expect(await house.rows(`select options from links`)).toEqual([{ options: { ...usual, members: 'line' } }]);
  });

  it('a room that is named in another way keeps its portal, and so its mappings', async () => {
    const [old] = await house.link();
    const byAlias = { key: 'team', portals: [{ ...portal(leftRoom), wanted: { room: '#alias' } }, portal(rightRoom)] };
    await house.links.declare([byAlias]);
    const [unresolved] = await house.links.unresolved(left);
    await house.links.resolved(unresolved?.portal ?? '', left, leftRoom.id);
    expect(await portals()).toEqual(['team left a', 'team right b']);
    await house.links.declare([team]);
    expect(await house.rows(`select id from portals where removed_at is null and account = 'left'`)).toEqual([
      { id: old },
    ]);
  });

  it('a room in two links is refused with a sentence', async () => {
    await house.links.declare([team, { key: 'other', portals: [portal(leftRoom), portal(another('x'))] }]);
    const [first, second] = await house.links.unresolved(left);
    await house.links.resolved(first?.portal ?? '', left, leftRoom.id);
    await expect(house.links.resolved(second?.portal ?? '', left, leftRoom.id)).rejects.toThrow(
      new RoomTaken('the room is in the link team already: a room is in at most one'),
    );
  });

  it('rooms that two links exchange, and exchange again, are where the settings say', async () => {
    const [c, d] = [
      { account: left, id: 'c' as typeof leftRoom.id },
      { account: right, id: 'd' as typeof leftRoom.id },
    ];
    const straight = [team, { key: 'other', portals: [portal(c), portal(d)] }];
    const crossed = [
      { key: 'team', portals: [portal(leftRoom), portal(d)] },
      { key: 'other', portals: [portal(c), portal(rightRoom)] },
    ];
    for (const links of [straight, crossed, straight, crossed]) {
      await house.links.declare(links);
      await resolveAll();
    }
    expect((await portals()).filter((row) => !row.endsWith('removed')).sort()).toEqual([
      'other left c',
      'other right b',
      'team left a',
      'team right d',
    ]);
  });

  it('a room that another link took meanwhile does not keep the service from starting', async () => {
    await house.link();
    const byAlias = { key: 'other', portals: [{ ...portal(leftRoom), wanted: { room: '#alias' } }, portal(rightRoom)] };
    await house.links.declare([byAlias]);
    const [taken] = await house.links.unresolved(left);
    await house.links.resolved(taken?.portal ?? '', left, leftRoom.id);
    await house.links.declare([byAlias, { key: 'team', portals: [portal(leftRoom)] }]);
    expect(await portals()).toContain('team left ?');
  });

  it('a portal that left its link is delivered to no more', async () => {
    const [, lane] = await house.link();
    const shards = house.shards();
    await shards.tick();
    await house.ingest.accept(source, [payload('k1', sent('1'))]);
    await house.links.declare([{ key: 'team', portals: [portal(leftRoom)] }]);
    expect(await house.deliveries.dueLanes(shards.owned())).toEqual([]);
    expect(await house.deliveries.lanes([lane ?? ''])).toEqual([]);
  });

  it('has another fingerprint when links change, or how their rooms are read, and the same whatever is said there', async () => {
    const prints = [await house.links.fingerprint()];
    const note = async () => prints.push(await house.links.fingerprint());
    await house.links.declare([team]);
    await note();
    await resolveAll();
    await note();
    await house.rooms.watch(left, new Map([[leftRoom.id, 'webhook']]));
    await note();
    await house.rows(`update portals set speaker = 'guest' where account = 'left'`);
    await note();
    await house.rows(`update links set state = 'paused'`);
    await note();
    await house.links.declare([]);
    await note();
    expect(new Set(prints).size).toBe(7);
    await house.rows(`update rooms set cursor = '7', activity_at = now(), pushed_at = now(), read_at = now()`);
    expect(await house.links.fingerprint()).toBe(prints.at(-1));
  });

  it('the rooms that a link names are known by both their names', async () => {
    await house.links.declare([{ key: 'team', portals: [{ ...portal(leftRoom), wanted: { room: '#alias' } }] }]);
    expect(await house.links.linkedRooms(left)).toEqual(['#alias']);
    const [unresolved] = await house.links.unresolved(left);
    await house.links.resolved(unresolved?.portal ?? '', left, leftRoom.id);
    expect(await house.links.linkedRooms(left)).toEqual(['#alias', 'a']);
  });
});

describe('StatusRepository', () => {
  it('reports a replica that has been silent for a minute only while its lease lasts', async () => {
    const status = new StatusRepository(house.database);
    const seen = async () => (await status.report()).replicas.map(({ shards }) => shards);
    await house.shards({ leaseMs: 600_000 }).tick();
    await house.rows(`update replicas set renewed_at = renewed_at - interval '5 minutes'`);
    expect(await seen()).toEqual([64]);
    await house.rows(`update shards set free_at = now() - interval '1 second'`);
    expect(await seen()).toEqual([]);
    expect(Math.abs((await status.now()).getTime() - Date.now())).toBeLessThan(60_000);
  });

  it('reports replicas, accounts, links with their lanes, and what is parked', async () => {
    const [, lane] = await house.link();
    const accounts = new AccountRepository(house.database);
    await accounts.declare([left, right].map((id) => ({ id, network: networkName('madeUp') })));
    await accounts.opened(left, 'me', 'me at home');
    await accounts.closed(right, 'revoked');
    const shards = house.shards();
    await shards.tick();
    await house.ingest.accept(source, [payload('k1', sent('1'), sent('2'))]);
    await house.rows(`update deliveries set state = 'parked', reason = 'too long', finished_at = now() where seq = 1`);
    const report = await new StatusRepository(house.database).report();
    const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/) as string;
    const idle = { waiting: 0, parked: 0, failingSince: null, reason: null };
    const read = { mode: 'push', state: 'open', reason: null, readAt: null };
    const stands = { mute: null, note: null };
    const portal = { direction: 'both', speaker: 'auto', problem: null, catchesUpFrom: null, read, ...stands };
    expect(report).toEqual({
      replicas: [{ id: shards.replica.id, host: 'a made-up host', renewedAt: iso, shards: 64 }],
      accounts: [
        { id: 'left', network: 'madeUp', state: 'open', since: iso, says: 'me at home', lent: 0 },
        { id: 'right', network: 'madeUp', state: 'closed', since: iso, says: 'revoked', lent: 0 },
      ],
      links: [
        {
          key: 'team',
          owner: 'settings',
          state: 'active',
          pausedAt: null,
          mirror: {
            name: true,
            topic: true,
            avatar: true,
            members: 'state',
            clearedHistory: 'notice',
            moderators: 'state',
            calls: 'notice',
            access: 'line',
            expired: 'delete',
            moderation: 'off',
            otherReactions: 'off',
          },
          portals: [
            { ...portal, account: 'left', room: 'a', wanted: { room: 'a' }, lane: idle },
            { ...portal, account: 'right', room: 'b', wanted: { room: 'b' }, lane: { ...idle, waiting: 1, parked: 1 } },
          ],
        },
      ],
      held: 0,
      malformed: 0,
      parked: [
        {
          delivery: (await house.deliveries.parked())[0],
          account: 'right',
          room: 'b',
          kind: 'messageSent',
          reason: 'too long',
          since: iso,
        },
      ],
    });
    expect(await new StatusRepository(house.database).counts()).toEqual([{ account: 'right', waiting: 1, parked: 1 }]);
    expect(lane).toBeDefined();
  });

  it('a retried delivery stands at the end of its lane, whose turn it is', async () => {
    const [, lane = ''] = await house.link();
    const shards = house.shards();
    await shards.tick();
    await house.ingest.accept(source, [payload('k1', sent('1'), sent('2'))]);
    await house.rows(`update deliveries set state = 'parked', reason = 'too long' where seq = 1`);
    await house.laneWorker(shards).run(await house.lane(lane), () => false, noSignal);
    const [parked] = await house.deliveries.parked();
    if (parked === undefined) throw new Error('nothing is parked');
    expect(await house.deliveries.retry(parked)).toEqual({ became: 'waiting', lane });
    expect(await house.deliveries.retry(parked)).toEqual({ became: 'notParked' });
    expect(await house.rows(`select seq, state from deliveries order by seq`)).toEqual([
      { seq: '2', state: 'delivered' },
      { seq: '3', state: 'waiting' },
    ]);
    expect(await house.deliveries.dueLanes(shards.owned())).toMatchObject([{ id: lane }]);
  });
});
