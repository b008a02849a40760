import { memoryStore, talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { MovedClock } from '../../../test/support/moved-clock.js';
import { roomId } from '../../model/ids.js';
import type { WatchedRoom } from '../../model/network-adapter.js';
import type { RoomStanding } from '../../model/network-definition.js';
import { newCursor } from './talk.cursor.js';
import { talkRoom } from './talk.payloads.js';
import { standingOf, TalkStandings } from './talk.standings.js';

const token = 'abcd1234';
const room = roomId(token);
const participant = 246;
const listed = (more: object = {}) =>
  talkRoom.parse({
    token,
    type: 2,
    participantType: 1,
    permissions: participant,
    lastMessage: { id: 7, timestamp: 700 },
    ...more,
  });
const watchedUpTo = (id: number): WatchedRoom => ({
  room,
  watch: 'swept',
  cursor: newCursor({ at: { id, seconds: id * 100 }, began: { id: 1, seconds: 100 } }),
  pushedAt: null,
  state: 'open',
});

describe('talk.standings: standingOf', () => {
  it.each<[string, object, Partial<RoomStanding>]>([
    ['lets us write', {}, { mute: null, note: null }],
    ['is read-only, of which a row tells', { readOnly: 1 }, { mute: 'the room is read-only', toldBy: 'itself' }],
    [
      'was a conversation of two, of which nothing tells',
      { type: 5, readOnly: 1 },
      {
        mute: 'it was a conversation of two, of whom one is no more: nobody can write there',
        toldBy: 'nobody',
      },
    ],
    [
      'took the permission to chat from us, of which nothing tells',
      { participantType: 3, permissions: participant - 128 },
      { mute: 'a moderator took the permission to chat from our account', toldBy: 'nobody' },
    ],
    ['says nothing of permissions', { permissions: 0 }, { mute: null }],
    ['has us in its lobby: then it is closed, as reading finds', { participantType: 3, lobbyState: 1 }, { mute: null }],
    ['has us as no moderator', { participantType: 3 }, { mute: null, note: 'our account is no moderator there' }],
    ['is archived', { isArchived: true }, { note: 'our account has it in its archive, which changes nothing' }],
  ])('a room that %s', (_, more, wanted) => {
    expect(standingOf(listed(more))).toMatchObject({ room, ...wanted });
  });

  it('of a room where others speak for themselves, and we may not, nothing is said of its writing', () => {
    expect(standingOf(listed({ type: 3, participantType: 3, permissions: participant - 128 }))).not.toHaveProperty(
      'mute',
    );
  });
});

describe('talk.standings', () => {
  let clock: MovedClock;
  let told: RoomStanding[][];
  let linked: boolean;
  let standings: TalkStandings;
  const readOnly = listed({ readOnly: 1 });

  beforeEach(() => {
    clock = new MovedClock();
    told = [];
    linked = true;
    standings = new TalkStandings({
      store: memoryStore(),
      clock,
      isLinked: () => linked,
      roomsStand: (given) => {
        told.push([...given]);
        return Promise.resolve();
      },
    });
  });
  const lines = () => told.flat().filter(({ toldBy }) => toldBy === 'nobody');
  const learn = async (given: typeof readOnly, upTo = 7): Promise<void> => {
    standings.learn([given]);
    await standings.tell([watchedUpTo(upTo)]);
  };

  it('tells once how a room stands, and again when that changes', async () => {
    await learn(listed());
    await learn(listed({ lastMessage: { id: 8, timestamp: 800 } }));
    await learn(readOnly);
    expect(told.map(([standing]) => standing?.mute)).toEqual([null, 'the room is read-only']);
  });

  it('tells of a room as soon as it is linked', async () => {
    linked = false;
    await learn(readOnly);
    expect(told).toEqual([]);
    linked = true;
    await standings.tell([]);
    expect(told).toHaveLength(1);
  });

  it('what could not be told is told the next time', async () => {
    const failing = new TalkStandings({
      store: memoryStore(),
      clock,
      isLinked: () => true,
      roomsStand: (given) => {
        told.push([...given]);
        return told.length === 1 ? Promise.reject(new Error('the database is away')) : Promise.resolve();
      },
    });
    failing.learn([readOnly]);
    await expect(failing.tell([])).rejects.toThrow('the database is away');
    await failing.tell([]);
    await failing.tell([]);
    expect(told).toHaveLength(2);
  });

  it('a row that tells that the room is read-only makes a line unnecessary', async () => {
    await learn(readOnly);
    await standings.noticeRow(room, { systemMessage: 'read_only' });
    await clock.pass(60_000);
    await standings.tell([watchedUpTo(7)]);
    expect(lines()).toEqual([]);
  });

  it('where no row does, a line is needed, once the room was read up to what the list showed', async () => {
    await standings.noticeRow(room, { systemMessage: 'read_only' });
    await standings.noticeRow(room, { systemMessage: 'read_only_off' });
    await learn(readOnly);
    await standings.tell([watchedUpTo(7)]);
    await clock.pass(10_000);
    await standings.tell([watchedUpTo(6)]);
    await standings.tell([]);
    expect(lines()).toEqual([]);
    await standings.tell([watchedUpTo(7)]);
    await standings.tell([watchedUpTo(8)]);
    expect(lines()).toMatchObject([{ room, mute: 'the room is read-only' }]);
  });

  it('a room that lets us write again meanwhile needs none', async () => {
    await learn(readOnly);
    await learn(listed());
    await clock.pass(60_000);
    await standings.tell([watchedUpTo(7)]);
    expect(lines()).toEqual([]);
  });
});

describe('talk.standings at a server', () => {
  let at: TalkAtSandbox;
  const stop = new AbortController();

  afterEach(async () => {
    stop.abort();
    await at.close();
  });

  it('the room list tells that a conversation of two is over, though nobody writes there', async () => {
    const told: RoomStanding[] = [];
    const often = { sweepIntervalMs: 10, idleSweepIntervalMs: 10, holdIntervalMs: 10, fullListIntervalMs: 10 };
    at = await talkAtSandbox({}, often, {
      roomsStand: (given) => {
        told.push(...given);
        return Promise.resolve();
      },
    });
    const watching = {
      rooms: () => Promise.resolve([]),
      wake: () => Promise.resolve(),
      watch: () => Promise.resolve(),
      joined: () => Promise.resolve({ rooms: [], upTo: '' }),
    };
    const running = at.pulling.watch(watching, stop.signal);
    const until = async (holds: () => boolean): Promise<void> => {
      const endMs = performance.now() + 10_000;
      while (!holds()) {
        if (performance.now() > endMs) throw new Error('it did not come to that');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    await until(() => told.some((standing) => standing.room === at.room && standing.mute === null));
    Object.assign(at.talk.state.rooms.get(at.token)!, { type: 5 });
    await until(() => told.some((standing) => standing.room === at.room && typeof standing.mute === 'string'));
    stop.abort();
    await running;
  });
});
