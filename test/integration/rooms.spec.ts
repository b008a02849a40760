import { cursor } from '../../src/model/ids.js';
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
    await house.rooms.opened(leftRoom);
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
});
