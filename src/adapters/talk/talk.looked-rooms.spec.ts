import { memoryStore } from '../../../test/contract/talk-at-sandbox.js';
import { MovedClock } from '../../../test/support/moved-clock.js';
import type { AccountStore } from '../../model/account-store.js';
import { roomId } from '../../model/ids.js';
import { LookedRooms } from './talk.looked-rooms.js';

const room = roomId('abcd1234');

describe('talk.looked-rooms', () => {
  let clock: MovedClock;
  let store: AccountStore;
  let looked: LookedRooms;

  beforeEach(() => {
    clock = new MovedClock();
    store = memoryStore();
    looked = new LookedRooms(store, clock);
  });

  const now = async (by = looked): Promise<string[]> => [...(await by.now())];

  it('a room is looked at for 15 s after it was told that somebody types', async () => {
    expect(await now()).toEqual([]);
    expect(looked.isAny).toBe(false);
    await looked.told(room);
    expect(looked.isAny).toBe(true);
    expect(await now()).toEqual([room]);
    await clock.pass(14_999);
    expect(await now()).toEqual([room]);
    expect(looked.isAny).toBe(true);
    await clock.pass(1);
    expect(await now()).toEqual([]);
    expect(looked.isAny).toBe(false);
  });

  it('what another replica heard is known to the owner, which leaves nothing behind', async () => {
    await new LookedRooms(store, new MovedClock()).told(room);
    expect(await now()).toEqual([room]);
    expect(await store.list('')).toEqual([]);
  });

  it('is written down once in 5 s, however often it is told', async () => {
    let written = 0;
    const counting = new LookedRooms({ ...store, put: () => Promise.resolve(void (written += 1)) }, clock);
    for (let second = 0; second < 20; second += 1) {
      await counting.told(room);
      await counting.told(room);
      await clock.pass(1000);
    }
    expect(written).toBe(4);
  });

  it('is so as long as it is told every ten seconds', async () => {
    for (let second = 0; second < 60; second += 1) {
      if (second % 10 === 0) await looked.told(room);
      expect(await now()).toEqual([room]);
      await clock.pass(1000);
    }
  });

  it('ten rooms are looked at, at most: those of which it was told last', async () => {
    const rooms = Array.from({ length: 12 }, (_, at) => roomId(`room${String(at)}`));
    for (const each of rooms) {
      await looked.told(each);
      await looked.now();
    }
    expect(await now()).toEqual(rooms.slice(2));
  });
});
