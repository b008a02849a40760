import { setImmediate } from 'node:timers/promises';
import { NetworkUnavailable } from '../../../model/errors.js';
import { RoomsApi } from './rooms.js';

const signal = new AbortController().signal;
const room = (at: number): unknown => ({ token: `room${String(at)}`, type: 2 });
const apiThatLists = (data: unknown): RoomsApi =>
  new RoomsApi({ ask: () => Promise.resolve({ status: 200, headers: {}, data }) });

describe('the room list', () => {
  it('thousands of rooms are read in their order, and something else has its turn between them', async () => {
    let turns = 0;
    let isRead = false;
    const others = (async () => {
      for (; !isRead; turns += 1) await setImmediate();
    })();
    const { rooms } = await apiThatLists(Array.from({ length: 1_050 }, (_, at) => room(at))).list({}, signal);
    isRead = true;
    await others;
    expect(rooms.map(({ token }) => token)).toEqual(Array.from({ length: 1_050 }, (_, at) => `room${String(at)}`));
    expect(turns).toBeGreaterThanOrEqual(10);
  });

  it.each([
    ['no list', { room: 1 }],
    ['one of them is no room', [...Array.from({ length: 150 }, (_, at) => room(at)), { token: 7 }]],
  ])('is refused whole where it is not what was promised: %s', async (_, data) => {
    await expect(apiThatLists(data).list({}, signal)).rejects.toBeInstanceOf(NetworkUnavailable);
  });

  it('may be empty', async () => {
    expect(await apiThatLists([]).list({}, signal)).toEqual({ rooms: [], modifiedBefore: undefined, invitations: 0 });
  });
});
