import { Reader, talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { NetworkUnavailable } from '../../model/errors.js';
import { lastCommonRead } from '../../sandbox/talk/state/room.js';
import { ReadMarkers } from './talk.read-markers.js';

const signal = new AbortController().signal;

describe('talk.read-markers', () => {
  let nowMs: number;
  let marked: number[];
  let fails: Error | undefined;
  let hangs: Promise<void>;

  const markersEvery = (readMarkerIntervalMs: number): ReadMarkers => {
    const markRead = ({ lastReadMessage }: { lastReadMessage: number }) => {
      marked.push(lastReadMessage);
      return fails === undefined ? hangs : Promise.reject(fails);
    };
    const clock = { now: () => new Date(nowMs), monotonicMs: () => nowMs, sleep: () => Promise.resolve() };
    const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };
    return new ReadMarkers({ api: { chat: { markRead } } } as never, { readMarkerIntervalMs }, clock, silent);
  };

  /** And everything that follows from it. */
  const follow = async (markers: ReadMarkers, row: number): Promise<void> => {
    markers.follow('room', row, signal);
    await new Promise((resolve) => setImmediate(resolve));
  };

  beforeEach(() => {
    nowMs = 0;
    marked = [];
    fails = undefined;
    hangs = Promise.resolve();
  });

  it('what not everybody has read is marked once, and not before something is written', async () => {
    const markers = markersEvery(60_000);
    markers.saw('room', 5);
    await follow(markers, 9);
    expect(marked).toEqual([]);
    markers.hadActivity('room');
    markers.saw('room', 5);
    await follow(markers, 9);
    nowMs = 60_000;
    await follow(markers, 9);
    expect(marked).toEqual([9]);
  });

  it('nothing is marked where everybody has read it, or where the server does not say', async () => {
    const markers = markersEvery(60_000);
    markers.hadActivity('room');
    await follow(markers, 9);
    markers.saw('room', 9);
    await follow(markers, 9);
    markers.saw('room', undefined);
    await follow(markers, 9);
    expect(marked).toEqual([]);
  });

  it('a room in which people write all the time is marked once in an interval', async () => {
    const markers = markersEvery(60_000);
    for (let row = 1; nowMs < 180_000; nowMs += 3000, row += 1) {
      markers.hadActivity('room');
      markers.saw('room', -2);
      await follow(markers, row);
    }
    expect(marked).toEqual([1, 21, 41]);
  });

  it('what fails is tried again after the interval, and stops no reading', async () => {
    const markers = markersEvery(60_000);
    markers.hadActivity('room');
    markers.saw('room', 5);
    fails = new NetworkUnavailable('not now', { certainty: 'notSent' });
    for (; nowMs <= 60_000; nowMs += 3000) await follow(markers, 9);
    expect(marked).toEqual([9, 9]);
  });

  it('one is said after the other: an earlier row never arrives last', async () => {
    const markers = markersEvery(60_000);
    markers.hadActivity('room');
    markers.saw('room', 5);
    let answer = nothing;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    hangs = answered;
    await follow(markers, 9);
    nowMs = 120_000;
    await follow(markers, 10);
    expect(marked).toEqual([9]);
    answer();
    await answered;
    await follow(markers, 9);
    await follow(markers, 11);
    expect(marked).toEqual([9, 11]);
  });

  it('an interval of 0 never marks', async () => {
    const markers = markersEvery(0);
    markers.hadActivity('room');
    markers.saw('room', 5);
    await follow(markers, 9);
    expect(marked).toEqual([]);
  });

  describe('at a server', () => {
    let at: TalkAtSandbox;

    afterEach(async () => {
      await at.close();
    });

    it('people see that everybody has read a message, though our account is in the room', async () => {
      at = await talkAtSandbox();
      const reader = await new Reader(at.adapter, at.pulling, at.room).begin();
      const row = at.talk.post(at.token, 'bob', 'hello');
      const room = at.talk.state.rooms.get(at.token)!;
      room.attendees.get('users/carol')!.lastReadMessage = row;
      await reader.read();
      expect(lastCommonRead(room)).toBeLessThan(row);
      await reader.read();
      await until(() => lastCommonRead(room) === row);
      expect(room.attendees.get('users/alice')!.lastReadMessage).toBe(row);
    });

    it('a room in which something comes is marked when nothing comes any more, up to its last row', async () => {
      at = await talkAtSandbox();
      const reader = await new Reader(at.adapter, at.pulling, at.room).begin();
      const marks = (): number | undefined =>
        at.talk.state.rooms.get(at.token)!.attendees.get('users/alice')!.lastReadMessage;
      const before = marks();
      for (const text of ['one', 'two', 'three']) {
        at.talk.post(at.token, 'bob', text);
        await reader.read();
      }
      // Whatever was asked at the same time is answered by now.
      await at.adapter.describeRoom(at.room, signal);
      expect(marks()).toBe(before);
      const last = at.talk.post(at.token, 'bob', 'four');
      for (let times = 0; times < 2; times += 1) await reader.read();
      await until(() => marks() === last);
    });

    it('what is written comes, however long the server takes to mark a room as read', async () => {
      at = await talkAtSandbox();
      const marking = at.talk.faults.add({ path: '/read$', fault: { do: 'hang', forMs: 600_000 } });
      const reader = await new Reader(at.adapter, at.pulling, at.room).begin();
      at.talk.post(at.token, 'bob', 'one');
      for (let times = 0; times < 2; times += 1) await reader.read();
      await until(() => marking.struck === 1);
      const { size } = reader.kept;
      at.talk.post(at.token, 'bob', 'two');
      await reader.read();
      expect(reader.kept.size).toBe(size + 1);
    });
  });
});

async function until(holds: () => boolean): Promise<void> {
  const endMs = Date.now() + 30_000;
  while (!holds()) {
    if (Date.now() > endMs) throw new Error('it did not come to pass');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function nothing(): void {
  return;
}
