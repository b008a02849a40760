import { RoomClosed } from '../../model/errors.js';
import { DeadRooms } from './talk.dead-rooms.js';

describe('talk.dead-rooms', () => {
  let nowMs = 0;
  const clock = { now: () => new Date(nowMs), monotonicMs: () => nowMs, sleep: () => Promise.resolve() };

  it('after three times a room that is gone is asked for ever more seldom, at least once an hour', () => {
    const dead = new DeadRooms(clock, 60_000);
    const asked: number[] = [];
    for (nowMs = 0; nowMs < 6 * 3_600_000; nowMs += 1000) {
      try {
        dead.check('token');
        asked.push(nowMs / 1000);
        dead.missed('token');
      } catch (error) {
        expect(error).toBeInstanceOf(RoomClosed);
      }
    }
    expect(asked).toEqual([0, 1, 2, 62, 182, 422, 902, 1862, 3782, 7382, 10982, 14582, 18182]);
  });

  it('a room that was found again is asked for at once, and other rooms always', () => {
    const dead = new DeadRooms(clock, 60_000);
    for (let times = 0; times < 5; times += 1) dead.missed('token');
    expect(() => dead.check('token')).toThrow(RoomClosed);
    expect(() => dead.check('another')).not.toThrow();
    dead.found('token');
    expect(() => dead.check('token')).not.toThrow();
  });
});
