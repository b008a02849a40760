import { cursor } from '../../src/model/ids.js';
import type { RoomRow } from '../../src/persistence/room.repository.js';
import { StatusRepository } from '../../src/persistence/status.repository.js';
import { House, left, leftRoom, right } from './house.js';

let house: House;

beforeEach(async () => {
  house = await House.open();
  await house.link();
});
afterEach(() => house.close());

const everyShard = Array.from({ length: 64 }, (_, shard) => shard);
const closed = async (): Promise<unknown[]> =>
  (await house.rooms.ofShards([left, right], everyShard)).map((row) => [row.account, row.closed]).sort();

describe('RoomRepository', () => {
  it('a room says why it is closed, until it is open', async () => {
    expect(await closed()).toEqual([
      ['left', null],
      ['right', null],
    ]);
    await house.rooms.closed(leftRoom, 'the lobby is on');
    expect(await closed()).toEqual([
      ['left', 'the lobby is on'],
      ['right', null],
    ]);
    expect(await house.rooms.reopened(left, [leftRoom.id])).toEqual(['a']);
    expect(await closed()).toEqual([
      ['left', null],
      ['right', null],
    ]);
  });

  it('keeps where a room began to be read, and lets nobody begin whose shard is lost', async () => {
    const [row] = await house.rooms.ofShards([left], everyShard);
    const { shard } = row!;
    await house.rooms.begin(leftRoom, cursor('10'), { shard, fence: '0' });
    await house.rooms.begin(leftRoom, cursor('20'), { shard, fence: '0' });
    expect(await house.rooms.cursor(leftRoom)).toBe('10');
    await house.rows(`update rooms set cursor = null`);
    await house.rows(`update shards set fence = fence + 1`);
    await expect(house.rooms.begin(leftRoom, cursor('30'), { shard, fence: '0' })).rejects.toThrow('shard');
    expect(await house.rooms.cursor(leftRoom)).toBeNull();
  });

  it('who is woken is taken once, by the owner of its shard', async () => {
    const [row] = await house.rooms.ofShards([left], everyShard);
    const others = everyShard.filter((shard) => shard !== row!.shard);
    await house.rooms.wake(left, [leftRoom.id]);
    expect(await house.rooms.takeWoken(others)).toEqual([]);
    expect(await house.rooms.takeWoken(everyShard)).toEqual([leftRoom]);
    expect(await house.rooms.takeWoken(everyShard)).toEqual([]);
  });

  it('is found where another room came into its link later than it did, once', async () => {
    const { rooms, upTo } = await house.rooms.joined(left, null);
    expect(rooms).toEqual([]);
    expect(await house.rooms.joined(left, upTo)).toEqual({ rooms: [], upTo });
    await house.rows(`update portals set began_at = now() where account = 'right'`);
    const later = await house.rooms.joined(left, upTo);
    expect(later.rooms).toEqual(['a']);
    expect(await house.rooms.joined(right, upTo)).toEqual({ ...later, rooms: [] });
    expect(await house.rooms.joined(left, later.upTo)).toEqual({ ...later, rooms: [] });
  });

  it('is watched as its account chose, whatever a program of before that choice wrote about held polls', async () => {
    const watch = async () => (await house.rooms.ofAccount(left)).map((row) => row.watch);
    const shown = async () => (await new StatusRepository(house.database).links())[0]!.portals[0]!.read.mode;
    await house.rows(`update rooms set cursor = '10'`);
    expect([await watch(), await shown()]).toEqual([['swept'], 'sweep']);
    for (const [mode, name] of [
      ['webhook', 'bot webhook'],
      ['signaling', 'signaling'],
      ['held', 'held poll'],
    ] as const) {
      await house.rooms.watch(left, new Map([[leftRoom.id, mode]]));
      expect([await watch(), await shown()]).toEqual([[mode], name]);
    }
    await house.rows(`update rooms set held_poll = false`);
    expect([await watch(), await shown()]).toEqual([['swept'], 'sweep']);
    await house.rows(`update rooms set watch = 'webhook', held_poll = true`);
    expect([await watch(), await shown()]).toEqual([['held'], 'held poll']);
  });

  it('are listed with the busiest first, and those in which nothing happened last', async () => {
    await house.rows(
      `insert into rooms (account, room, shard, activity_at) values
         ('left', 'b', 7, '2026-11-22T10:00:00.25Z'), ('left', 'c', 7, '2026-11-22T11:00:00Z'), ('left', 'd', 7, null)`,
    );
    await house.rows(
      `insert into portals (link, account, room, wanted, direction) select link, account, r.room, wanted, direction
         from portals, (values ('b'), ('c'), ('d')) as r (room) where account = 'left'`,
    );
    const expected = [
      ['c', new Date('2026-11-22T11:00:00Z')],
      ['b', new Date('2026-11-22T10:00:00.25Z')],
      ['a', null],
      ['d', null],
    ];
    const shown = ({ room, activityAt }: RoomRow) => [room, activityAt];
    expect((await house.rooms.ofAccount(left)).map(shown)).toEqual(expected);
    expect((await house.rooms.ofShards([left], everyShard)).map(shown)).toEqual(expected);
    expect(await house.rooms.ofShards([left], [7])).toMatchObject([{ room: 'c' }, { room: 'b' }, { room: 'd' }]);
    expect(await house.rooms.ofAccount(right)).toHaveLength(1);
    expect(await house.rooms.ofShards([], everyShard)).toEqual([]);
  });

  it('that a room was told of is written down where that is news', async () => {
    const pushedAt = async () => (await house.rooms.ofAccount(left))[0]!.pushedAt;
    expect(await pushedAt()).toBeNull();
    await house.rooms.watch(left, new Map([[leftRoom.id, 'webhook']]));
    await house.rooms.pushed(left, [leftRoom.id]);
    const first = await pushedAt();
    expect(first).toBeInstanceOf(Date);
    await house.rooms.pushed(left, [leftRoom.id]);
    expect(await pushedAt()).toEqual(first);
    await house.rooms.watch(left, new Map([[leftRoom.id, 'swept']]));
    await house.rooms.pushed(left, [leftRoom.id]);
    expect((await pushedAt())!.getTime()).toBeGreaterThanOrEqual(first!.getTime());
    expect(await house.rows(`select 1 from rooms where pushed_at is not null`)).toHaveLength(1);
  });
});
