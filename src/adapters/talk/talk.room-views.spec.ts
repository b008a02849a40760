import { NetworkUnavailable } from '../../model/errors.js';
import { roomId } from '../../model/ids.js';
import { silentLog } from '../../observability/log.js';
import { MovedClock } from '../../../test/support/moved-clock.js';
import { talkRoom, type TalkRoom } from './talk.payloads.js';
import { RoomViews, viewOf } from './talk.room-views.js';

const room = roomId('abcd1234');
const open = { token: 'abcd1234', type: 3, participantType: 1 };
const read = (more: object): TalkRoom => talkRoom.parse({ ...open, ...more });

describe('viewOf', () => {
  it('a public room lets everybody in, unless it asks for a password, waits, is locked or is on another server', () => {
    expect(viewOf(read({}))).toEqual({ letsGuestsIn: true, letsUsersIn: true });
    for (const more of [{ hasPassword: true }, { lobbyState: 1 }, { readOnly: 1 }, { remoteServer: 'https://there' }]) {
      expect(viewOf(read(more))).toEqual({ letsGuestsIn: false, letsUsersIn: false });
    }
  });

  it('one that is listed lets those in who have an account', () => {
    expect(viewOf(read({ type: 2, listable: 1, participantType: 3 }))).toEqual({
      letsGuestsIn: false,
      letsUsersIn: true,
    });
  });
});

describe('RoomViews', () => {
  const answers: (() => Promise<TalkRoom>)[] = [];
  let clock: MovedClock;
  let views: RoomViews;
  let asked: number;

  beforeEach(() => {
    answers.length = 0;
    asked = 0;
    clock = new MovedClock();
    const get = (): Promise<TalkRoom> => {
      asked += 1;
      return answers.shift()?.() ?? Promise.reject(new NetworkUnavailable('away', { certainty: 'notSent' }));
    };
    const client = { rooms: { get } } as unknown as ConstructorParameters<typeof RoomViews>[0];
    views = new RoomViews(client, clock, silentLog, { believedForMs: 1000, timeoutMs: 1000 });
  });

  it('is asked once for a while, by those together who ask at the same time', async () => {
    answers.push(() => Promise.resolve(read({})));
    const [one, two] = await Promise.all([views.of(room), views.of(room)]);
    expect(one).toBe(two);
    await views.of(room);
    expect(asked).toBe(1);
  });

  it('one that lets nobody in is believed for ten times as long', async () => {
    answers.push(() => Promise.resolve(read({ type: 2 })));
    await views.of(room);
    await clock.pass(9_999);
    await views.of(room);
    expect(asked).toBe(1);
    await clock.pass(1);
    await views.of(room);
    expect(asked).toBe(2);
  });

  it.each([
    'guests_allowed',
    'guests_disallowed',
    'password_set',
    'password_removed',
    'lobby_none',
    'lobby_non_moderators',
    'lobby_timer_reached',
    'listable_none',
    'listable_users',
    'listable_all',
    'read_only',
    'read_only_off',
    'moderator_promoted',
    'moderator_demoted',
  ])('%s tells that it is another one now, what people say does not', async (systemMessage) => {
    answers.push(() => Promise.resolve(read({})));
    await views.of(room);
    expect(views.notice(room, '')).toBe(false);
    expect(views.notice(room, 'user_added')).toBe(false);
    await views.of(room);
    expect(asked).toBe(1);
    expect(views.notice(room, systemMessage)).toBe(true);
    await views.of(room);
    expect(asked).toBe(2);
  });

  it('an old view holds while it is asked anew, and where nobody answers', async () => {
    answers.push(() => Promise.resolve(read({})));
    await views.of(room);
    await clock.pass(1500);
    expect(await views.of(room)).toMatchObject({ letsGuestsIn: true });
    expect(asked).toBe(2);
    expect(await views.of(room)).toMatchObject({ letsGuestsIn: true });
  });

  it('a row that tells of a change has it asked at once, also where an answer is under way', async () => {
    let answer: (room: TalkRoom) => void = () => undefined;
    answers.push(() => new Promise((done) => (answer = done)));
    const early = views.of(room);
    views.notice(room, 'guests_disallowed');
    answers.push(() => Promise.resolve(read({ type: 2 })));
    expect(await views.of(room)).toMatchObject({ letsGuestsIn: false });
    answer(read({}));
    expect(await early).toMatchObject({ letsGuestsIn: true });
    expect(await views.of(room)).toMatchObject({ letsGuestsIn: false });
    views.notice(room, 'call_started');
    await views.of(room);
    expect(asked).toBe(2);
  });

  it('of a room that does not answer nothing is known', async () => {
    expect(await views.of(room)).toBeUndefined();
  });
});
